"""How it went with a requester so far, for the analyst: asked how often, promises kept."""

from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import PMO_ROLES, User
from intake.models import WorkRequest
from sla.metrics import METRICS
from sla.models import Clock

SHOWN = [key for key, metric in METRICS.items() if metric.shown_to_requester]


@dataclass(frozen=True)
class Record:
    """`before` is the contact of the newest earlier request that had one, to be asked again."""

    asked: int
    kept: int
    promised: int
    before: User | None
    before_reference: str

    @property
    def words(self) -> str:
        """Such as "asked 4 times, promises kept 9 of 10"."""
        times = {1: "once", 2: "twice"}.get(self.asked, f"{self.asked} times")
        kept = f", promises kept {self.kept} of {self.promised}" if self.promised else ""
        return f"asked {times}{kept}"


def record_of(work: WorkRequest) -> Record:
    """All requests of this requester, and the promises on them that came to an end."""
    asked = WorkRequest.objects.received().filter(requester=work.requester_id)
    ended = Clock.objects.filter(
        subject__work__requester=work.requester_id,
        metric__in=SHOWN,
        outcome__in=(Clock.Outcome.MET, Clock.Outcome.MISSED),
    )
    counts = ended.aggregate(
        promised=Count("pk"), kept=Count("pk", filter=Q(outcome=Clock.Outcome.MET))
    )
    last = last_contact(work)
    return Record(
        asked=asked.count(),
        kept=counts["kept"],
        promised=counts["promised"],
        before=last.analyst if last else None,
        before_reference=last.reference if last else "",
    )


def last_contact(work: WorkRequest) -> WorkRequest | None:
    """The newest other request of this requester whose contact still works at the PMO."""
    others = WorkRequest.objects.received().filter(requester=work.requester_id)
    # By way of this requester's few: everybody who works at the PMO would be looked up first.
    named = others.exclude(pk=work.pk).filter(
        analyst__is_active=True, analyst__groups__name__in=PMO_ROLES
    )
    return named.select_related("analyst").order_by("-id").first()
