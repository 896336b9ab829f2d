"""The handoffs of a running request of the demo: each is done well within its time."""

from collections.abc import Iterator
from datetime import datetime

from catalog.models import ServiceTier
from intake.blueprints.parts import read_amount
from intake.models import WorkRequest
from intake.services import duties
from intake.states import State
from pmo_portal.demo.working_time import DAY, HOUR, after
from sla.business_time import WorkingCalendar

# How much of the promised time a step takes.
SHARE = 0.6


def handoff_moments(
    service: str, level: str, begun: datetime, calendar: WorkingCalendar
) -> Iterator[datetime]:
    """When the steps of the standard are done, of work that began at this moment."""
    tier = ServiceTier.objects.select_related("version__blueprint").get(
        version__service__slug=service, version__in_force_for__isnull=False, level=level
    )
    moment = begun
    for handoff in tier.version.blueprint.handoffs:
        days = tier.first_result_days
        amount, unit = read_amount(str(handoff.get("within", "")), tier_days=days)
        length = (amount or 0) * (DAY if unit == "days" else HOUR)
        moment = after(calendar, moment, SHARE * length)
        yield moment


def finish_next(work: WorkRequest, at: datetime) -> None:
    """The step whose turn it is, as long as the request runs."""
    if work.state != State.RUNNING:
        return
    for duty in duties.open_duties(work.blueprint)[:1]:
        actor = work.requester if duty.lane == "requester" else work.analyst
        assert actor is not None
        duties.finish(work, duty, actor=actor, at=at)
