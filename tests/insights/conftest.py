"""Four months, worked out by hand: January to March are the baseline, April is looked at."""

from datetime import date, timedelta

import pytest

from intake.models import WorkRequest
from intake.services import agreement
from intake.states import State
from tests.factories.intake import bring_to, make_work
from tests.factories.reviews import checked, close, decided

# Received on, and the days from first asked to decided.
BASELINE = (("2026-01-12 10:00", 14), ("2026-02-09 10:00", 10), ("2026-03-09 10:00", 18))
APRIL = (7, 9, 9, 12, 8)


@pytest.fixture
def months(requester, analyst, silver, berlin):
    """The requests of the four months; those of April by name."""
    urgent = WorkRequest.Urgency.ACCEPTED
    for number, (came, days) in enumerate(BASELINE):
        at = berlin(came)
        work = make_work(requester, at)
        WorkRequest.objects.filter(pk=work.pk, number=work.number).update(
            urgency=urgent if number == 0 else "none"
        )
        _decide(work, at.date(), days, requester, at)
    at = berlin("2026-04-07 10:00")
    quick = make_work(requester, at, quick=True)
    measured = checked(requester, analyst, silver, at)
    unmeasured = checked(requester, analyst, silver, at)
    open_one, urgent_one = make_work(requester, at), make_work(requester, at)
    WorkRequest.objects.filter(pk=urgent_one.pk).update(urgency=urgent)
    works = [quick, measured, unmeasured, open_one, urgent_one]
    for work, days in zip(works, APRIL, strict=True):
        _decide(work, at.date(), days, requester, at + timedelta(days=13))
    bring_to(State.ANSWERED, quick, analyst=analyst, tier=silver, at=at + timedelta(hours=1))
    close(measured, difference="clearly", at=at + timedelta(days=1))
    agreement.record_result(
        unmeasured,
        difference="not-measurable",
        sentence="Not measurable, because the plant was sold.",
        actor=requester,
        at=at + timedelta(days=1),
    )
    return dict(zip(("quick", "measured", "unmeasured", "open", "urgent"), works, strict=True))


def _decide(work, asked, days, actor, at):
    decided(work, on=asked + timedelta(days=days), asked=asked, actor=actor, at=at)


@pytest.fixture
def april():
    return date(2026, 4, 1)
