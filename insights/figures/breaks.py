"""Where decisions hurt: broken steps of decision paths, added up across requests."""

from typing import Any

from django.db.models import Count, Sum

from intake.models import PathStep, WorkRequest
from intake.states import State

HOURS_A_DAY = 8


def heaviest_breaks(most: int) -> list[dict[str, Any]]:
    """The kinds of break that cost most: days of waiting times how often they were told.

    Paths that are for the PMO only are left out, since sponsors read this.
    """
    hidden = WorkRequest.objects.filter(answers__slug="path", answers__is_pmo_only=True)
    steps = PathStep.objects.breaks().exclude(path__work__in=hidden.values("pk"))
    counted = (
        steps.exclude(path__work__state=State.DRAFT)
        .values("break_kind")
        .annotate(times=Count("pk"), hours=Sum("wait_hours"))
        .order_by("break_kind")
    )
    names: dict[str, str] = dict(PathStep.Break.choices)
    found = [
        {
            "name": str(names[row["break_kind"]]),
            "times": row["times"],
            "days": round((row["hours"] or 0) / HOURS_A_DAY),
        }
        for row in counted
    ]
    return sorted(found, key=lambda row: (-row["days"] * row["times"], row["name"]))[:most]
