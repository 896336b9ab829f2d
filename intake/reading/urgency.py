"""What the judge of an urgent request has to know (ux.md 5.7, Urgent)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from accounts.date_words import day_hour_words
from intake.models import Answer, WorkRequest
from intake.reading.triage_page import TriagePage
from intake.services.answers import Line, in_words
from intake.services.lifecycle import POLICY_OF_LANE, URGENT_POLICY
from intake.states import Lane
from sla.business_time import add_working_time
from sla.models import Clock
from sla.services import clocks, hours

SPAN = timedelta(days=90)
ANSWERS = ("when", "urgent", "quick")
Urgency = WorkRequest.Urgency
OUTCOMES = {
    Urgency.ACCEPTED: "treated as urgent",
    Urgency.REFUSED: "planned normally",
    Urgency.ASKED: "not judged yet",
}


@dataclass(frozen=True)
class UrgentCase:
    """Why they ask, the dates of either judgement, and how often this person asked before."""

    lines: Sequence[Line]
    normal: str
    urgent: str
    before: str


def urgent_case(page: TriagePage) -> UrgentCase:
    proposal = _open_proposal(page)
    normal = proposal.due_at if proposal else None
    return UrgentCase(
        lines=[line for answer in _reasons(page) for line in in_words(answer, now=page.now)],
        normal=day_hour_words(normal, now=page.now) if normal else "",
        urgent=_date_under(URGENT_POLICY, proposal, page.now),
        before=_before(page),
    )


@dataclass(frozen=True)
class LaneCase:
    """A move to another lane: its name, and by when we owe a proposal before and after it."""

    words: str
    now_by: str
    then_by: str


def lane_case(page: TriagePage, lane: str) -> LaneCase:
    slug = POLICY_OF_LANE[lane]
    return LaneCase(
        words=str(Lane(lane).label).lower(),
        now_by=normal_date(page),
        then_by=_date_under(slug, _open_proposal(page), page.now),
    )


def normal_date(page: TriagePage) -> str:
    """By when our proposal is due in the normal lane; empty while its clock does not run."""
    proposal = _open_proposal(page)
    due = proposal.due_at if proposal else None
    return day_hour_words(due, now=page.now) if due else ""


def _open_proposal(page: TriagePage) -> Clock | None:
    found = [clock for clock in page.clocks if clock.metric == "proposal" and clock.is_open]
    return found[-1] if found else None


def _date_under(policy: str, proposal: Clock | None, now: datetime) -> str:
    """By when it would be due under a policy; what was counted so far counts there too."""
    target = clocks.policy_targets(policy, at=now).get("proposal")
    if target is None or proposal is None or proposal.running_since is None:
        return ""
    rest = timedelta(seconds=target.target_seconds, microseconds=-proposal.worked_us)
    if rest <= timedelta():
        return day_hour_words(now, now=now)
    calendar = hours.timetable(target.calendar).hours
    due = add_working_time(calendar, proposal.running_since, rest)
    return day_hour_words(due, now=now) if due else ""


def _reasons(page: TriagePage) -> list[Answer]:
    return [page.answers[slug] for slug in ANSWERS if slug in page.answers]


def _before(page: TriagePage) -> str:
    """How many urgent requests of this person came in the last months, and what became of them."""
    asked = WorkRequest.objects.received().filter(
        requester=page.work.requester_id, received_at__gte=page.now - SPAN
    )
    others = asked.exclude(pk=page.work.pk).exclude(urgency=Urgency.NONE)
    counted = others.order_by().values_list("urgency").annotate(number=Count("pk"))
    counts = dict(counted)
    if not counts:
        return "None in the last 90 days"
    parts = [f"{counts[key]} {words}" for key, words in OUTCOMES.items() if key in counts]
    return f"{sum(counts.values())} in the last 90 days: {', '.join(parts)}"
