"""The monthly review: opened on its day, frozen when published, closed only by name."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from catalog.models import Service
from insights.models import Review
from insights.services import review as acts
from notifications.models import OutboxMessage
from tests.factories.intake import make_work
from tests.factories.reviews import make_review

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)


def test_it_opens_on_the_first_working_day_once(service, lead, berlin):
    # 1 May is a holiday, 2 and 3 May a weekend.
    acts.tend(berlin("2026-05-01 08:00"))
    assert not Review.objects.exists()
    acts.tend(berlin("2026-05-04 08:00"))
    acts.tend(berlin("2026-05-04 08:10"))
    review = Review.objects.get()
    assert (review.month, review.is_published) == (APRIL, False)
    assert [section.service for section in review.sections.all()] == [service]
    assert [d.key for d in review.decisions.all()] == [f"service:{service.pk}"]
    assert OutboxMessage.objects.filter(kind="review_opened").count() == 1


def test_a_draft_is_published_by_itself_on_the_third_working_day(service, lead, sponsor, berlin):
    acts.tend(berlin("2026-05-04 08:00"))
    acts.tend(berlin("2026-05-06 15:50"))
    assert not Review.objects.published().exists()
    acts.tend(berlin("2026-05-06 16:00"))
    review = Review.objects.published().get()
    assert review.published_by is None
    assert review.headline == "No decision was recorded in April."
    assert OutboxMessage.objects.get(kind="review_published").recipient == sponsor


def test_figures_freeze_on_publishing(months, lead, requester, berlin):
    review = make_review(APRIL, lead=lead, at=berlin("2026-05-04 08:00"))
    figures, rows = review.figures, review.rows.get(key="lead").works
    work = make_work(requester, berlin("2026-05-04 09:00"))
    Service.objects.update(state="retired")
    acts.refill(review, at=berlin("2026-05-05 09:00"))
    acts.tend(berlin("2026-05-06 16:00"))
    review.refresh_from_db()
    assert (review.figures, review.rows.get(key="lead").works) == (figures, rows)
    assert work.pk not in rows


def decide(review, *, actor, owner, at, **changes):
    given = {"ending": "change", "note": "Promise 72 h instead.", "decider": actor}
    given |= {"owner": owner, "due_on": date(2026, 6, 1)}
    return acts.decide(review.decisions.first(), **given | changes, actor=actor, at=at)


def test_it_stays_open_until_each_thing_ended_by_name(service, lead, sponsor, berlin):
    at = berlin("2026-05-04 08:00")
    review = make_review(APRIL, lead=lead, at=at)
    assert review.decisions.open().count() == 1
    decision = decide(review, actor=sponsor, owner=lead, at=at)
    assert (decision.decider, decision.owner, decision.ending) == (sponsor, lead, "change")
    assert not review.decisions.open().exists()
    assert OutboxMessage.objects.get(kind="review_owner").recipient == lead
    with pytest.raises(acts.AlreadyDecidedError):
        decide(review, actor=sponsor, owner=lead, at=at, ending="keep")


def test_a_lead_writes_down_what_a_sponsor_decided_in_the_meeting(service, lead, sponsor, berlin):
    at = berlin("2026-05-06 08:00")
    review = make_review(APRIL, lead=lead, at=at)
    on = (at - timedelta(days=1)).date()
    decision = decide(review, actor=lead, owner=lead, at=at, decider=sponsor, met_on=on)
    assert (decision.decider, decision.recorded_by, decision.decided_on) == (sponsor, lead, on)


def test_who_is_no_sponsor_decides_nothing(service, lead, analyst, sponsor, berlin):
    at = berlin("2026-05-04 08:00")
    review = make_review(APRIL, lead=lead, at=at)
    for actor, decider in ((analyst, analyst), (analyst, sponsor), (lead, lead)):
        with pytest.raises(PermissionDenied):
            decide(review, actor=actor, owner=lead, at=at, decider=decider)
    draft = make_review(date(2026, 3, 1), lead=lead, at=at, published=False)
    with pytest.raises(PermissionDenied):
        decide(draft, actor=sponsor, owner=lead, at=at)
