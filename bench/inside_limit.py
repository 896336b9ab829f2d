"""Sign-in, addresses and queries of the limit. Run with its settings, like `inside_portal`."""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.conf import settings

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.limit.models import Ask, Clock  # noqa: E402
from bench.limit.views import PAGE  # noqa: E402

DEEP = 100
CSRF = "b" * 32


def main() -> None:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="person1"))
    name = settings.SESSION_COOKIE_NAME
    told: dict[str, Any] = {
        "cookies": {name: client.cookies[name].value, settings.CSRF_COOKIE_NAME: CSRF},
        "pages": {"queue": ["/"], "deep": [deep()]},
        "queries": {
            "queue": queries(client, "/"),
            "submit": queries(client, "/submit/", "Suppliers are late again"),
        },
        "rows": {"requests": Ask.objects.count(), "clocks": Clock.objects.count()},
        "open": Ask.objects.filter(state="open").count(),
    }
    json.dump(told, sys.stdout)


def deep() -> str:
    """The same distance behind the first page as on the portal's queue."""
    asks = Ask.objects.filter(state="open").order_by("queue_at", "pk")
    last = max(min(DEEP * PAGE, asks.count() // PAGE * PAGE) - 1, 0)
    ask = asks[last]
    return f"/?after={ask.queue_at.timestamp()}_{ask.pk}"


def queries(client: Client, path: str, text: str = "") -> int:
    with CaptureQueriesContext(connection) as seen:
        client.post(path, {"text": text}) if text else client.get(path)
    # Where a transaction begins and ends is no question to the database.
    return len([one for one in seen if one["sql"] not in ("BEGIN", "COMMIT")])


if __name__ == "__main__":
    main()
