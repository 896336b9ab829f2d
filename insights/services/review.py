"""The monthly review: opened, filled, decided. Publishing freezes its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from accounts.models import Role, User
from accounts.policies import require
from audit.services import record
from insights import policies
from insights.figures.monthly import shifted
from insights.models import Review, ReviewDecision, ReviewRows, ReviewSection
from insights.services.filling import Filled, fill
from notifications.services import enqueue_many, notice
from sla.services import hours
from sla.services.days_off import organisation_calendar

OPENED_ON, PUBLISHED_BY = 1, 3  # working days of the month that follows
PUBLISHED_AT = time(16)
ANSWER_WITHIN = timedelta(days=14)
# A draft follows the records this often.
FOLLOWS = timedelta(hours=1)
MOST_HEADLINE = 400


@dataclass(frozen=True)
class StaleError(Exception):
    """Somebody else changed the review since this person saw it."""

    review: Review


class AlreadyDecidedError(Exception):
    """The decision was taken by somebody else meanwhile."""


def working_day(month: date, number: int, *, now: datetime) -> date:
    """The n-th working day of a month in the organisation's calendar; Monday to Friday without."""
    calendar = organisation_calendar(now)
    week = hours.timetable(calendar).hours if calendar else None
    day, found = month - timedelta(days=1), 0
    while found < number:
        day += timedelta(days=1)
        is_open = bool(week.windows_on(day.toordinal())) if week else day.isoweekday() <= 5
        found += is_open
        if (day - month).days > 60:  # a calendar without hours
            return month
    return day


def tend(now: datetime) -> int:
    """What time alone brings: open last month's review, fill drafts, publish what is due."""
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    this_month = today.replace(day=1)
    month = shifted(this_month, -1)
    done = 0
    is_due = today >= working_day(this_month, OPENED_ON, now=now)
    if is_due and not Review.objects.filter(month=month).exists():
        done += open_review(month, at=now) is not None
    for review in Review.objects.filter(published_at=None):
        done += _tend_draft(review, now)
    return done


def _tend_draft(review: Review, now: datetime) -> int:
    if now >= published_by_itself_on(review.month, now=now):
        publish(review, actor=None, at=now)
        return 1
    if now - review.figured_at >= FOLLOWS:
        refill(review, at=now)
        return 1
    return 0


@transaction.atomic
def open_review(month: date, *, at: datetime) -> Review | None:
    """Open a month's review, filled; None when it is there already."""
    made = [Review(month=month, opened_at=at, figured_at=at)]
    Review.objects.bulk_create(made, ignore_conflicts=True)
    review = Review.objects.select_for_update().get(month=month)
    if review.figures or review.is_published:
        return None
    _fill(review, at=at)
    record("insights.review_opened", review, actor=None, at=at, month=review.key)
    leads = User.objects.holding(Role.LEAD).distinct()
    enqueue_many(
        notice(
            "review_opened",
            to=lead,
            about=f"review-{review.pk}",
            key=f"review_opened:{review.pk}",
            at=at,
            payload={"review": review.pk},
        )
        for lead in leads
    )
    return review


@transaction.atomic
def refill(review: Review, *, at: datetime) -> Review:
    """Count a draft's month again; what is published stays as it is."""
    review = _locked(review)
    if not review.is_published:
        _fill(review, at=at)
    return review


def _locked(review: Review, seen: int | None = None) -> Review:
    fresh = Review.objects.select_for_update().get(pk=review.pk)
    if seen is not None and fresh.version != seen:
        raise StaleError(fresh)
    return fresh


def _fill(review: Review, *, at: datetime) -> None:
    """Put the month's figures, rows, sections and questions in the place of the old ones."""
    filled = fill(review.month, now=at)
    review.figures, review.figured_at = filled.figures, at
    review.save(update_fields=["figures", "figured_at"])
    review.rows.all().delete()
    ReviewRows.objects.bulk_create(
        [ReviewRows(review=review, key=key, works=works) for key, works in filled.rows.items()]
    )
    _fill_sections(review, filled)
    _fill_questions(review, filled, at)


def _fill_sections(review: Review, filled: Filled) -> None:
    known = {section.service_id: section for section in review.sections.all()}
    for service, section in known.items():
        if service in filled.sections:
            section.figures = filled.sections[service]
    ReviewSection.objects.bulk_update(known.values(), ["figures"])
    ReviewSection.objects.bulk_create(
        [
            ReviewSection(review=review, service_id=service, figures=figures)
            for service, figures in filled.sections.items()
            if service not in known
        ]
    )


def _fill_questions(review: Review, filled: Filled, at: datetime) -> None:
    review.decisions.all().delete()
    answer_by = (at + ANSWER_WITHIN).astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    ReviewDecision.objects.bulk_create(
        [
            ReviewDecision(
                review=review,
                key=asked.key,
                position=place,
                question=asked.words,
                service_id=asked.service,
                pilot_id=asked.pilot,
                suggested=asked.suggested,
                why=asked.why[:120],
                answer_by=answer_by,
            )
            for place, asked in enumerate(filled.questions, start=1)
        ]
    )


@transaction.atomic
def write(
    review: Review,
    *,
    headline: str,
    sections: Mapping[int, Mapping[str, str]],
    seen: int,
    actor: User,
    at: datetime,
) -> Review:
    """Write the headline, and the reason and what we do beside missed promises by service."""
    review = _locked(review, seen)
    require(policies.can_write_review(actor, review))
    review.headline = headline
    review.version += 1
    review.save(update_fields=["headline", "version"])
    for section in review.sections.filter(service__in=sections):
        told = sections[section.service_id]
        section.reason, section.doing = told["reason"], told["doing"]
        section.save(update_fields=["reason", "doing"])
    record("insights.review_written", review, actor=actor, at=at, month=review.key)
    return review


@transaction.atomic
def publish(review: Review, *, actor: User | None, at: datetime, seen: int | None = None) -> Review:
    """Count a last time, freeze, and tell the sponsors. Without an actor the portal does it."""
    review = _locked(review, seen)
    if review.is_published:
        return review
    require(actor is None or policies.can_write_review(actor, review))
    _fill(review, at=at)
    review.headline = review.headline or str(review.figures["summary"])[:MOST_HEADLINE]
    review.published_at, review.published_by = at, actor
    review.version += 1
    review.save(update_fields=["headline", "published_at", "published_by", "version"])
    record("insights.review_published", review, actor=actor, at=at, month=review.key)
    enqueue_many(
        notice(
            "review_published",
            to=sponsor,
            about=f"review-{review.pk}",
            key=f"review_published:{review.pk}",
            at=at,
            payload={"review": review.pk},
        )
        for sponsor in User.objects.holding(Role.SPONSOR).distinct()
    )
    return review


@transaction.atomic
def decide(
    decision: ReviewDecision,
    *,
    ending: str,
    note: str,
    decider: User,
    owner: User,
    due_on: date,
    actor: User,
    at: datetime,
    met_on: date | None = None,
) -> ReviewDecision:
    """Keep, change or retire, by name, with an owner and a due date.

    A sponsor decides; a lead writes down what was decided, and on which day they met.
    """
    decision = _asked(decision)
    require(policies.can_decide(actor, decision.review))
    require(decider.is_sponsor and (decider == actor or actor.is_lead))
    if not decision.is_open:
        raise AlreadyDecidedError
    decision.ending, decision.note = ending, note
    decision.decider, decision.recorded_by, decision.decided_at = decider, actor, at
    decision.met_on = met_on if decider != actor else None
    decision.owner, decision.due_on = owner, due_on
    decision.save()
    record(
        "insights.review_decided",
        decision.review,
        actor=actor,
        at=at,
        question=decision.question,
        ending=ending,
        decider=decider.name,
    )
    if owner != actor:
        _tell_owner(decision, owner, at)
    return decision


def _tell_owner(decision: ReviewDecision, owner: User, at: datetime) -> None:
    enqueue_many(
        [
            notice(
                "review_owner",
                to=owner,
                about=f"review-{decision.review_id}",
                key=f"review_owner:{decision.pk}",
                at=at,
                payload={"decision": decision.pk},
            )
        ]
    )


def _asked(decision: ReviewDecision) -> ReviewDecision:
    asked = ReviewDecision.objects.select_for_update(of=("self",)).select_related("review")
    return asked.get(pk=decision.pk)


@transaction.atomic
def follow_up(
    decision: ReviewDecision, *, came_of_it: str, actor: User, at: datetime
) -> ReviewDecision:
    """Say what came of a decision; the next review shows it."""
    decision = _asked(decision)
    require(policies.can_follow_up(actor, decision.review) and not decision.is_open)
    decision.came_of_it, decision.came_of_it_at = came_of_it, at
    decision.save(update_fields=["came_of_it", "came_of_it_at"])
    told: dict[str, Any] = {"question": decision.question, "came_of_it": came_of_it}
    record("insights.review_followed_up", decision.review, actor=actor, at=at, **told)
    return decision


def first_planned_on(now: datetime) -> date:
    """When the next review opens; what the page says while there is none."""
    this_month = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date().replace(day=1)
    return working_day(shifted(this_month, 1), OPENED_ON, now=now)


def published_by_itself_on(month: date, *, now: datetime) -> datetime:
    """When a draft of this month is published if nobody did: on the third working day at four."""
    last = working_day(shifted(month, 1), PUBLISHED_BY, now=now)
    return datetime.combine(last, PUBLISHED_AT, ZoneInfo(settings.TIME_ZONE))
