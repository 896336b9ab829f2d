"""What happens next: one sentence on who owes what to whom by when, for every state (ux.md 5.5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from accounts.date_words import day_hour_words, day_words
from accounts.models import User
from intake.models import Hold, NeedVersion, NewDate, Verdict, WorkRequest
from intake.reading.promises import Chip, chip_of, is_late, next_promise, promised
from intake.services.lifecycle import WAITING
from intake.states import IN_TRIAGE, State
from sla.models import Clock

COUNTS = ("one question", "two questions", "three questions")
ON_TRACK = Chip("ok", "On track")


@dataclass(frozen=True)
class NextStep:
    """The box. `tone` is "late", "plain" for nothing owed, or empty; `details` follow one by one.

    `explained` names the metric whose date the page can explain.
    """

    sentence: str
    heading: str = "What happens next"
    tone: str = ""
    details: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    chip: Chip | None = None
    action: str = ""
    address: str = ""
    explained: str = ""


@dataclass(frozen=True)
class Facts:
    """What the box is worked out from. `hold` is the oldest that waits, with its questions.

    `reader_answers` says that the reader is on the requester's side; others are told about them.
    """

    work: WorkRequest
    clocks: Sequence[Clock]
    now: datetime
    reader_answers: bool
    hold: Hold | None = None
    need: NeedVersion | None = None
    verdict: Verdict | None = None
    new_date: NewDate | None = None

    @property
    def you(self) -> str:
        return "you" if self.reader_answers else self.work.requester.name

    def address(self, name: str) -> str:
        """The page to act on; only those who may act get a button."""
        return reverse(f"intake:{name}", args=[self.work.reference]) if self.reader_answers else ""

    def day(self, at: datetime | None) -> str:
        return day_words(at, now=self.now) if at else ""


def next_step(facts: Facts) -> NextStep:
    work = facts.work
    if work.is_closed:
        return _closed(facts)
    if facts.hold:
        return _asked(facts, facts.hold)
    if work.state == State.PROPOSED:
        return _choose(facts)
    if work.state == State.CHECK:
        return _check(facts)
    if work.state == State.PARKED:
        return _parked(facts)
    if work.state in IN_TRIAGE and facts.need and facts.need.is_waiting:
        return _played_back(facts, facts.need)
    if work.state == State.BLUEPRINT:
        return _set_up(facts)
    return _promise(facts)


def _set_up(facts: Facts) -> NextStep:
    """Both sides write and sign the blueprint; our promise to have it signed runs."""
    page = reverse("intake:blueprint", args=[facts.work.reference])
    return replace(_promise(facts), action="Open the blueprint", address=page)


def _promise(facts: Facts) -> NextStep:
    """We owe something, or nobody owes anything by a date."""
    clock = next_promise(facts.clocks)
    if clock is None or clock.due_at is None:
        return NextStep(f"{_contact(facts.work)} works on this.", details=(_nothing_waits(facts),))
    what = promised(clock, facts.work, you=facts.you)
    when = day_hour_words(clock.due_at, now=facts.now)
    if is_late(clock, facts.now):
        return NextStep(
            f"We are late. We promised to {what} by {when}.{_instead(facts)}",
            tone="late",
            details=(_who_helps(facts), _nothing_waits(facts)),
            chip=None if facts.reader_answers else chip_of(clock, facts.now),
            explained=clock.metric,
        )
    return NextStep(
        f"We {what} by {when}.",
        details=(_nothing_waits(facts),),
        chip=ON_TRACK if facts.reader_answers else chip_of(clock, facts.now),
        explained=clock.metric,
    )


def _instead(facts: Facts) -> str:
    """The new date and why, once the analyst has named them."""
    new = facts.new_date
    if new is None:
        return ""
    day = day_words(new.new_on, now=facts.now)
    return f" New date: {day}, because {new.because.strip().rstrip('.')}."


def _asked(facts: Facts, hold: Hold) -> NextStep:
    open_ones = tuple(q.text for q in hold.questions.all() if q.answered_at is None)
    count = COUNTS[min(max(len(open_ones), 1), len(COUNTS)) - 1]
    page = facts.address("conversation")
    return NextStep(
        f"{hold.asked_by.name} asked {facts.you} {count} on {facts.day(hold.asked_at)}.",
        heading=f"Waiting for {facts.you}",
        questions=open_ones,
        details=(_pause(facts),),
        action="Answer",
        address=f"{page}#questions-{hold.pk}" if page else "",
    )


def _pause(facts: Facts) -> str:
    """Say since when our clock stands still, or what we promise meanwhile."""
    since = [c.paused_at for c in facts.clocks if c.paused_at and WAITING in c.pause_reasons]
    if since:
        goes_on = "you answer" if facts.reader_answers else "the answer is there"
        return f"Our clock is paused since {facts.day(min(since))}. It goes on when {goes_on}."
    return _meanwhile(facts)


def _meanwhile(facts: Facts) -> str:
    clock = next_promise(facts.clocks)
    if clock is None or clock.due_at is None:
        return ""
    what = promised(clock, facts.work, you=facts.you)
    when = day_hour_words(clock.due_at, now=facts.now)
    if is_late(clock, facts.now):
        return f"We are late meanwhile. We promised to {what} by {when}."
    return f"Our clock goes on meanwhile: we {what} by {when}."


def _played_back(facts: Facts, need: NeedVersion) -> NextStep:
    whom = "" if facts.reader_answers else f" {facts.you} has not answered yet."
    asks = " Is this what you meant?" if facts.reader_answers else whom
    return NextStep(
        f"{need.written_by.name} wrote down the need as we understood it.{asks}",
        heading=f"Waiting for {facts.you}",
        details=(_meanwhile(facts),),
        action="Read it and answer",
        address=facts.address("play_back"),
    )


def _choose(facts: Facts) -> NextStep:
    whose = "The choice is yours" if facts.reader_answers else f"{facts.you} chooses"
    return NextStep(
        f"Our proposal is ready. {whose}: how fast and how deep.",
        heading=f"Waiting for {facts.you}",
        details=(_meanwhile(facts),),
        action="See the proposal",
        address=facts.address("proposal"),
    )


def _check(facts: Facts) -> NextStep:
    asks = "Tell us" if facts.reader_answers else f"{facts.you} tells us"
    return NextStep(
        f"We handed over the result. {asks} whether it made a difference.",
        heading=f"Waiting for {facts.you}",
        action="Check the result",
        address=facts.address("result"),
    )


def _parked(facts: Facts) -> NextStep:
    verdict = facts.verdict
    until = facts.work.parked_until
    when = day_words(until, now=facts.now) if until else (verdict.alternative if verdict else "")
    because = f", because: {verdict.explanation}" if verdict else "."
    back = "It comes back by itself on that day at 07:00." if until else "We wake it when it is so."
    return NextStep(f"Parked until {when}{because}", tone="plain", details=(back,))


def _closed(facts: Facts) -> NextStep:
    return NextStep(_ending(facts), tone="plain", details=(_after(facts),))


def _ending(facts: Facts) -> str:
    work, on = facts.work, facts.day(facts.work.closed_at)
    match State(work.state):
        case State.DONE:
            return f"Nothing is owed any more. The result was recorded on {on}."
        case State.ANSWERED:
            return f"{_decider(facts)} answered on {on}. The answer stands below."
        case State.DECLINED:
            below = "Why, and what to do instead, stands below."
            return f"{_decider(facts)} decided on {on} that this is not going ahead. {below}"
        case State.MERGED if work.merged_into:
            return f"This request is now part of {work.merged_into.reference}."
        case _:
            who = "You" if facts.reader_answers else work.requester.name
            return f"{who} withdrew this request on {on}. All our clocks have stopped."


def _after(facts: Facts) -> str:
    """What a closed request still offers."""
    if not facts.reader_answers:
        return ""
    return "Something to add? Write it in the conversation. A person of the PMO reads it."


def _contact(work: WorkRequest) -> str:
    return work.analyst.name if work.analyst else "The PMO"


def _decider(facts: Facts) -> str:
    by = facts.verdict.by if facts.verdict else None
    return _name(by) or _contact(facts.work)


def _name(person: User | None) -> str:
    return person.name if person else ""


def _nothing_waits(facts: Facts) -> str:
    return f"Nothing waits for {facts.you}."


def _who_helps(facts: Facts) -> str:
    """Name who owes the new date."""
    work, new = facts.work, facts.new_date
    if new:
        return f"{new.named_by.name} named the new date on {facts.day(new.named_at)}."
    return f"{_contact(work)} owes {facts.you} a new date."
