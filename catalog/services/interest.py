"""The interest list: who wants to be told, and telling them once, when the service is there."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from audit.services import record
from catalog.models import Interest, Service
from notifications.models import OutboxMessage
from notifications.services import enqueue_many, notice


@transaction.atomic
def join(service: Service, *, actor: User, at: datetime) -> Interest:
    """Ask to be told. Doing it twice is the same; after having been told, it begins again."""
    require(Service.objects.visible_to(actor).filter(pk=service.pk).exists())
    interest, is_new = Interest.objects.get_or_create(
        service=service, person=actor, defaults={"joined_at": at}
    )
    if not is_new and interest.told_at:
        interest.joined_at, interest.told_at = at, None
        interest.save(update_fields=["joined_at", "told_at"])
    if is_new:
        record("service.interest_joined", service, actor=actor, at=at)
    return interest


@transaction.atomic
def leave(service: Service, *, actor: User, at: datetime) -> bool:
    """Take the wish back; return whether there was one."""
    count, _ = Interest.objects.waiting().filter(service=service, person=actor).delete()
    if count:
        record("service.interest_left", service, actor=actor, at=at)
    return bool(count)


@transaction.atomic
def tell_if_available(service: Service, *, at: datetime) -> int:
    """Owe a notice to everybody who waits, if the service can be asked for now; return how many."""
    if not service.can_be_asked_for(timezone.localdate(at)):
        return 0
    found = Interest.objects.waiting().filter(service=service).select_for_update(of=("self",))
    waiting = list(found.select_related("person"))
    if not waiting:
        return 0
    enqueue_many(_notice(interest, at) for interest in waiting)
    Interest.objects.filter(pk__in=[interest.pk for interest in waiting]).update(told_at=at)
    record("service.interest_told", service, actor=None, at=at, people=len(waiting))
    return len(waiting)


def _notice(interest: Interest, at: datetime) -> OutboxMessage:
    return notice(
        "service_available",
        to=interest.person,
        about=f"service-{interest.service_id}",
        key=f"service_available:{interest.pk}:{interest.joined_at:%Y%m%d%H%M%S}",
        at=at,
        payload={"service": interest.service_id},
    )


def tell_all(*, now: datetime) -> int:
    """Tell those whose service became available by its date; what the task does."""
    services = Service.objects.filter(interests__told_at=None, interests__isnull=False).distinct()
    return sum(tell_if_available(service, at=now) for service in services)
