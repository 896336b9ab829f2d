"""What every page's frame shows: the organisation, the person's theme and their main links."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.http import is_person


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Masthead and footer. Costs no query; counts are read by the page that shows them."""
    user = getattr(request, "user", None)
    person = user if is_person(user) else None
    theme = person.theme if person else request.COOKIES.get("theme", "system")
    return {
        "person": person,
        "theme": theme if theme in {"light", "dark"} else "",
        "pmo_phone": settings.PMO_PHONE,
        "pmo_mail": settings.PMO_MAIL,
        "version": settings.VERSION,
    }
