"""What asking takes and what it brings, by lane: questions, minutes, and when you hear from us."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.models import QuestionVersion
from intake.services.lifecycle import POLICY_OF_LANE
from intake.services.submission import URGENT
from intake.states import Lane
from sla.models import SlaTarget
from sla.services import clocks, hours

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Effort:
    """`reply` and `answer` are working durations in words, empty where nothing is promised."""

    questions: int
    minutes: int
    reply: str
    answer: str


def efforts(*, at: datetime) -> dict[str, Effort]:
    """What each lane takes and brings at this moment, from the questions and the policies."""
    questions = [q for q in QuestionVersion.objects.current() if q.slug != URGENT]
    return {lane.value: _effort(lane, questions, at) for lane in Lane}


def _effort(lane: Lane, questions: list[QuestionVersion], at: datetime) -> Effort:
    rules = [q.rules for q in questions if lane in q.rules.get("required", ())]
    seconds = sum(rule.get("seconds", 0) for rule in rules)
    promised = clocks.policy_targets(POLICY_OF_LANE[lane], at=at)
    return Effort(
        questions=sum(rule.get("answers", 1) for rule in rules),
        minutes=max(round(seconds / 60), 1),
        reply=promise_words(promised.get("first_reply")),
        answer=promise_words(promised.get("proposal")),
    )


def promise_words(target: SlaTarget | None) -> str:
    """Write a target as "2 working hours" or "5 working days"; nothing for no target."""
    if target is None:
        return ""
    day = hours.timetable(target.calendar).hours.day_length()
    return working_words(timedelta(seconds=target.target_seconds), day)


def working_words(amount: timedelta, day: timedelta | None) -> str:
    """Write working time in days where a day has one length, in halves, else in hours."""
    if day and amount >= day:
        return _counted(round(amount / day * 2) / 2, "day")
    return _counted(max(round(amount / HOUR), 1), "hour")


def _counted(number: float, unit: str) -> str:
    return f"{number:g} working {unit}{'' if number == 1 else 's'}"
