"""The monthly reviews of the demo: each opened, published and decided on its days."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import User
from insights.figures.monthly import first_month, shifted
from insights.models import Review, ReviewDecision, ReviewSection
from insights.services import review as acts
from insights.services.review import working_day
from pmo_portal.demo.mailroom import write_out

DECIDED_IN_NEWEST = 2
LEARNED = (
    "Two risks reached the board in time. We keep looking.",
    "The new step is in the blueprint; nobody missed it since.",
    "Done: asked three departments, and cut one question.",
)
REASONS = ("Holidays and one analyst ill", "Two large requests at once", "Data came late twice")
DOINGS = ("A stand-in for each analyst", "At most three at once", "We ask for the data first")


def make_reviews(people: dict[str, User], now: datetime) -> None:
    """One for each whole month on record, as it would stand at `now`."""
    months = list(_months(now))
    for number, month in enumerate(months):
        opened = _at(working_day(shifted(month, 1), 1, now=now), 7)
        if opened > now:
            return
        acts.open_review(month, at=opened)
        review = Review.objects.get(month=month)
        write_out(opened)
        _follow_up(month, people["lena"], number, opened, now)
        published = _at(working_day(shifted(month, 1), 2, now=now), 10)
        if published > now:
            return
        _explain(review, number, people["lena"], published)
        review = acts.publish(review, actor=people["lena"], at=published)
        write_out(published)
        met = _at(working_day(shifted(month, 1), 4, now=now), 15)
        if met <= now:
            _decide(review, people, met, is_newest=month == months[-1])
            write_out(met)


def _months(now: datetime) -> Iterator[date]:
    month = first_month()
    last = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date().replace(day=1)
    while month is not None and month < last:
        yield month
        month = shifted(month, 1)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(settings.TIME_ZONE))


def _explain(review: Review, number: int, lead: User, at: datetime) -> None:
    """Say why promises were missed, and what is done."""
    sections: list[ReviewSection] = list(review.sections.all())
    told = {
        section.service_id: {
            "reason": REASONS[(number + place) % len(REASONS)],
            "doing": DOINGS[(number + place) % len(DOINGS)],
        }
        for place, section in enumerate(sections)
        if section.figures["missed"]
    }
    acts.write(
        review,
        headline=f"{review.figures['summary']} {_closing(number)}",
        sections=told,
        seen=review.version,
        actor=lead,
        at=at - timedelta(minutes=20),
    )


def _closing(number: int) -> str:
    if number == 0:
        return "Our first month: these figures are the start of the baseline."
    return ("Fewer people ask for a dashboard first.", "Please decide on what was missed.")[
        number % 2
    ]


def _decide(review: Review, people: dict[str, User], at: datetime, *, is_newest: bool) -> None:
    """All of an older month; of the newest the first two, so that a sponsor has some left."""
    asked = list(review.decisions.all())
    if is_newest:
        asked = asked[-DECIDED_IN_NEWEST:]
    for decision in asked:
        is_change = decision.suggested == ReviewDecision.Ending.CHANGE
        acts.decide(
            decision,
            ending=decision.suggested,
            note="Plan one more person for it, and look again next month." if is_change else "",
            decider=people["samuel"],
            owner=people["lena"],
            due_on=(at + timedelta(days=21)).date(),
            actor=people["samuel"],
            at=at,
        )


def _follow_up(month: date, lead: User, number: int, at: datetime, now: datetime) -> None:
    """What came of last month's changes."""
    changed = ReviewDecision.objects.filter(review__month=shifted(month, -1), ending="change")
    for place, decision in enumerate(changed):
        words = LEARNED[(number + place) % len(LEARNED)]
        acts.follow_up(decision, came_of_it=words, actor=lead, at=at)
