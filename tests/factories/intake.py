"""Requests in every state, walked there through the services that the pages use."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from catalog.models import ServiceTier
from intake.models import NeedVersion, QuestionVersion, WorkRequest
from intake.services import agreement, submission, triage
from intake.states import State

NEED = "Supplier delays reach us after the trucks are booked. We pay for empty trucks."
FULL: dict[str, dict[str, Any]] = {
    "need": {"need": NEED},
    "kind": {"kind": "better"},
    "who": {"who": "The three plant managers"},
    "decision": {"decision": "How many trucks to book for the week"},
    "decider": {"decider": "Ana Silva", "rhythm": "week", "next_on": ""},
    "limit": {"limit": "time", "last_time": ""},
    "success": {"different": "We book only trucks that leave full"},
    "when": {"when": "none", "date": "", "reason": ""},
}
QUICK: dict[str, dict[str, Any]] = {
    "need": {"need": "Where do I find the calendar of the portfolio board for next year?"},
    "kind": {"kind": "question"},
    "quick": {"who": "Our team", "when": "none", "date": ""},
}
URGENT = {"waits": "Whether to stop the line", "happens": "We lose a day of output"}


def make_draft(
    requester: User, at: datetime, answers: dict[str, dict[str, Any]] | None = None
) -> WorkRequest:
    """A draft with these answers, the full lane's eight unless told otherwise."""
    work = submission.start_draft(requester=requester, actor=requester, at=at)
    questions = {q.slug: q for q in QuestionVersion.objects.current()}
    for slug, value in (FULL if answers is None else answers).items():
        submission.save_answer(work, questions[slug], value=value, actor=requester, at=at)
    return work


def make_work(
    requester: User, at: datetime, *, quick: bool = False, urgent: bool = False, need: str = ""
) -> WorkRequest:
    """A received request."""
    answers = dict(QUICK if quick else FULL)
    if urgent:
        answers |= {"when": {"when": "urgent", "date": ""}, "urgent": URGENT}
    if need:
        answers |= {"need": {"need": need}}
    work = make_draft(requester, at, answers)
    submission.submit(work, actor=requester, at=at)
    return WorkRequest.objects.get(pk=work.pk)


def agree_need(work: WorkRequest, analyst: User, at: datetime) -> WorkRequest:
    need = triage.play_back(
        work, text="Buyers need to know of a late supplier on Thursday.", actor=analyst, at=at
    )
    yes = NeedVersion.Reply.YES
    agreement.answer_play_back(work, need, reply=yes, actor=work.requester, at=at)
    return WorkRequest.objects.get(pk=work.pk)


def bring_to(
    state: State, work: WorkRequest, *, analyst: User, tier: ServiceTier, at: datetime
) -> WorkRequest:
    """Walk a received full-lane request to `state`, one act an hour from `at`."""
    steps = _path(state, work, analyst, tier)
    for number, step in enumerate(steps):
        step(at + timedelta(hours=number))
    return WorkRequest.objects.get(pk=work.pk)


def _path(state: State, work: WorkRequest, analyst: User, tier: ServiceTier) -> list[Any]:
    asker = work.requester
    exits = {
        State.CLAIMED: lambda at: triage.claim(work, actor=analyst, at=at),
        State.DISCOVERY: lambda at: agree_need(work, analyst, at),
        State.ANSWERED: lambda at: triage.answer(
            work, text="It is on the intranet.", actor=analyst, at=at
        ),
        State.DECLINED: lambda at: triage.decline(
            work,
            reason="exists",
            explanation="The weekly capacity call answers this already, with the same data.",
            alternative="Join the capacity call on Mondays.",
            actor=analyst,
            at=at,
        ),
        State.PARKED: lambda at: triage.park(
            work,
            until=(at + timedelta(days=30)).date(),
            event="",
            explanation="The new plan is out then.",
            actor=analyst,
            at=at,
        ),
        State.WITHDRAWN: lambda at: agreement.withdraw(work, actor=asker, at=at),
    }
    if state == State.NEW:
        return []
    if state in exits:
        return [exits[state]]
    way = [
        exits[State.DISCOVERY],
        lambda at: triage.propose(work, tier=tier, why="It fits.", actor=analyst, at=at),
        lambda at: agreement.choose_tier(work, tier=tier, actor=asker, at=at),
        lambda at: _hand_over(work, analyst, at),
        lambda at: agreement.record_result(
            work, difference="clearly", sentence="Trucks leave full.", actor=asker, at=at
        ),
    ]
    last = [State.PROPOSED, State.RUNNING, State.CHECK, State.DONE].index(state) + 2
    return way[:last]


def _hand_over(work: WorkRequest, analyst: User, at: datetime) -> None:
    work = WorkRequest.objects.get(pk=work.pk)
    for criterion in work.blueprint.criteria.all():
        agreement.tick(work, criterion, done=True, actor=analyst, at=at)
    agreement.hand_over(work, actor=analyst, at=at)
