"""What a notice of the catalog says, worked out when it is delivered."""

from django.urls import reverse
from django.utils import timezone

from catalog.models import Service
from notifications.models import OutboxMessage
from notifications.registry import Context, register


def service_available(message: OutboxMessage) -> Context:
    """The service that somebody waits for; None when it was closed again or is not for them."""
    visible = Service.objects.visible_to(message.recipient).select_related("current", "owner")
    service = visible.filter(pk=message.payload.get("service")).first()
    if service is None or not service.can_be_asked_for(timezone.localdate()):
        return None
    return {
        "service": service,
        "version": service.current,
        "title": str(service),
        "address": reverse("catalog:service", args=[service.slug]),
        "because": f"you asked to be told about “{service}”",
    }


def register_all() -> None:
    """Say what every notice of the catalog is about."""
    register("service_available", service_available)
