"""What happened to a request and to its promises, as one list, newest first, page by page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from audit.models import Entry
from intake.models import WorkRequest
from intake.reading.history import MESSAGES, Moment, moment_of
from intake.reading.promises import promised
from intake.services.lifecycle import WAITING
from sla.business_time import EPOCH
from sla.metrics import METRICS
from sla.models import Clock, ClockCommand, ClockEvent

PAGE = 40
# One act writes a few rows of the same moment; a page never ends between them.
SLACK = 20
SHOWN = ("all", "promises", "messages", "changes")
KEPT, MISSED = "Promise kept", "Promise missed"
ACTS = {
    "start": ("Promised", "brand"),
    "pause": ("Our clock is paused", "paused"),
    "resume": ("Our clock goes on", "brand"),
    "reopen": ("Our clock goes on", "brand"),
    "retarget": ("The date was changed", "brand"),
    "cancel": ("No longer promised", ""),
}
REASONED = frozenset({"pause", "retarget", "cancel"})
# Each message of ours promises the next one anew; that would bury everything else.
RENEWED = Q(clock__metric="next_contact", type__in=("start", "cancel"))


@dataclass(frozen=True)
class Timeline:
    """A page of the history; `before` leads to the page of what is older."""

    moments: list[Moment]
    before: int | None


@dataclass(frozen=True)
class Reader:
    """Who reads: in whose words, and whether what is internal may be shown."""

    sees_internal: bool
    is_theirs: bool


def timeline(
    work: WorkRequest, reader: Reader, *, shown: str = "all", before: int | None = None
) -> Timeline:
    """Read the page that ends before a moment, in microseconds since 1970, or the newest one."""
    until = _instant(before)
    found = sorted(_found(work, reader, shown, until), key=lambda moment: moment.at, reverse=True)
    if len(found) <= PAGE:
        return Timeline(found, None)
    oldest = found[PAGE - 1].at
    page = [moment for moment in found if moment.at >= oldest]
    is_last = len(page) == len(found)
    return Timeline(page, None if is_last else (oldest - EPOCH) // timedelta(microseconds=1))


def _instant(microseconds: int | None) -> datetime | None:
    try:
        return EPOCH + timedelta(microseconds=microseconds) if microseconds is not None else None
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _found(
    work: WorkRequest, reader: Reader, shown: str, until: datetime | None
) -> Iterator[Moment]:
    """The newest of each kind, a few more than a page holds."""
    if shown != "promises":
        yield from _entries(work, reader, shown, until)
    if shown in ("all", "promises"):
        yield from _acts(work, reader, until)
        yield from _misses(work, reader, until)


def _entries(work: WorkRequest, reader: Reader, shown: str, until: datetime | None) -> list[Moment]:
    entries = Entry.objects.about(work)
    if not reader.sees_internal:
        entries = entries.for_requester()
    if shown in ("messages", "changes"):
        said = Q(action__in=MESSAGES)
        entries = entries.filter(said if shown == "messages" else ~said)
    newest = entries.filter(at__lt=until) if until else entries
    return [_moment(entry, work) for entry in newest.order_by("-at", "-id")[: PAGE + SLACK]]


def _moment(entry: Entry, work: WorkRequest) -> Moment:
    page = MESSAGES.get(entry.action)
    if page is None:
        return moment_of(entry)
    anchor = _anchor(entry.data)
    address = reverse(f"intake:{page}", args=[work.reference])
    return moment_of(entry)._replace(address=f"{address}#{anchor}" if anchor else address)


def _anchor(data: dict[str, Any]) -> str:
    if "message" in data:
        return f"message-{data['message']}"
    return f"questions-{data['hold']}" if "hold" in data else ""


def _acts(work: WorkRequest, reader: Reader, until: datetime | None) -> list[Moment]:
    """What was promised, paused, kept or missed; acts on several clocks at once are one line."""
    commands = _of(work, reader, ClockCommand.objects.filter(is_ignored=False).exclude(RENEWED))
    newest = commands.filter(at__lt=until) if until else commands
    ordered = newest.order_by("-at", "type", "reason", "clock_id")[: PAGE + SLACK]
    grouped = groupby(ordered, key=_kind)
    return [
        _act(words, tone, list(group), work, reader)
        for (_, words, tone, _), group in grouped
        if words
    ]


def _of(work: WorkRequest, reader: Reader, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows about clocks that this reader may know of."""
    found = rows.filter(clock__subject=work.subject_id).select_related("clock__calendar")
    hidden = [key for key, metric in METRICS.items() if not metric.shown_to_requester]
    return found if reader.sees_internal else found.exclude(clock__metric__in=hidden)


def _kind(command: ClockCommand) -> tuple[datetime, str, str, str]:
    """What makes acts one line: the moment, the words and the reason."""
    if command.type == "stop":
        met = command.clock.outcome != Clock.Outcome.MISSED
        words, tone = (KEPT, "ok") if met else (MISSED, "late")
    else:
        words, tone = ACTS.get(command.type, ("", ""))
    return command.at, words, tone, command.reason


def _act(
    words: str, tone: str, commands: list[ClockCommand], work: WorkRequest, reader: Reader
) -> Moment:
    first = commands[0]
    what = _listed([_what(command, work, reader) for command in commands])
    joint = " to" if first.type == "start" else ":"
    return Moment(
        at=first.at,
        words=f"{words}{joint} {what}",
        reason=_why(first, reader),
        tone=tone,
        id=f"act-{first.pk}",
        address=_explained(first.clock, work) if len(commands) == 1 else "",
    )


def _listed(words: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _why(command: ClockCommand, reader: Reader) -> str:
    if command.type not in REASONED:
        return ""
    is_you = command.reason == WAITING and reader.is_theirs
    return "Waiting for you" if is_you else command.reason.capitalize()


def _what(command: ClockCommand, work: WorkRequest, reader: Reader) -> str:
    """The promise: in full when it is made, else its name."""
    if command.type != "start":
        return METRICS[command.clock.metric].name.lower()
    return promised(command.clock, work, you=_you(work, reader))


def _you(work: WorkRequest, reader: Reader) -> str:
    return "you" if reader.is_theirs else work.requester.name


def _misses(work: WorkRequest, reader: Reader, until: datetime | None) -> Iterable[Moment]:
    """The moments at which a promise was broken."""
    breaches = ClockEvent.objects.live().filter(kind=ClockEvent.Kind.BREACH)
    events = _of(work, reader, breaches)
    newest = events.filter(effective_at__lt=until) if until else events
    return [
        Moment(
            at=event.effective_at,
            words=f"Late: we had promised to {promised(event.clock, work, you=_you(work, reader))}",
            tone="late",
            id=f"late-{event.pk}",
            address=_explained(event.clock, work),
        )
        for event in newest.order_by("-effective_at", "-id")[: PAGE + SLACK]
    ]


def _explained(clock: Clock, work: WorkRequest) -> str:
    address = reverse("intake:request_clock", args=[work.reference, clock.metric])
    return f"{address}?{urlencode({'part': clock.part})}" if clock.part else address
