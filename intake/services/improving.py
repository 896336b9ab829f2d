"""What requests put on the list of improvements of their service (product.md 32)."""

from datetime import date, datetime

from django.db import transaction

from catalog.models import Improvement
from catalog.services.keeping import suggest
from intake.models import PromiseMonth, ResultCheck
from sla.metrics import METRICS


@transaction.atomic
def suggest_from_misses(month: date, *, at: datetime) -> int:
    """Once for each promise of a service that was missed in this month; return how many are new."""
    rows = PromiseMonth.objects.of_months(month, month).filter(missed__gt=0, service__isnull=False)
    return sum(_suggest_miss(row, at) for row in rows.select_related("service__current"))


def _suggest_miss(row: PromiseMonth, at: datetime) -> bool:
    assert row.service is not None
    name = METRICS[row.metric].name if row.metric in METRICS else row.metric
    made = suggest(
        row.service,
        text=f"“{name}” was missed in {row.month:%B %Y}",
        source=Improvement.Source.MISS,
        key=f"miss:{row.month:%Y-%m}:{row.policy_id}:{row.metric}"[:60],
        evidence=[f"{row.missed} of {row.met + row.missed}"],
        actor=None,
        at=at,
    )
    return made is not None


def suggest_from_result(result: ResultCheck, *, at: datetime) -> None:
    """A result that made no difference; joins the act that records it."""
    service = result.work.service
    if service and result.difference == ResultCheck.Difference.NO:
        suggest(
            service,
            text="A result made no difference",
            source=Improvement.Source.FEEDBACK,
            key=f"result:{result.pk}",
            evidence=[result.work.reference],
            actor=None,
            at=at,
        )
