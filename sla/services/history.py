"""From stored commands back to the replay, and one command further."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from sla import thresholds
from sla.business_time import SECOND, to_instant
from sla.models import BusinessCalendar, CalendarVersion, Clock, ClockCommand, SlaTarget
from sla.replay import Act, Command, Cycle, History
from sla.services import hours
from sla.terms import NO_CHANGE, Change, Terms, Timetable


@dataclass(frozen=True)
class Order:
    """What is asked of a clock. `key` makes a repetition recognisable; `target` is for terms."""

    act: Act
    at: datetime
    actor: User | None = None
    reason: str = ""
    key: str = ""
    target: SlaTarget | None = None
    corrected: CalendarVersion | None = None

    @property
    def change(self) -> Change:
        if self.target is not None:
            return change_to(self.target, hours.timetable(self.target.calendar))
        if self.corrected is not None:
            return Change(timetable=hours.timetable_of(self.corrected))
        return NO_CHANGE

    @property
    def payload(self) -> dict[str, int]:
        """The target or calendar, with the version by which a replay finds the same terms again."""
        if self.target is not None:
            return {"target": self.target.pk, "version": self.target.calendar.version}
        if self.corrected is not None:
            return {"calendar": self.corrected.calendar_id, "version": self.corrected.number}
        return {}


def terms_of(target: SlaTarget, timetable: Timetable) -> Terms:
    return Terms(target.target_seconds * SECOND, timetable, thresholds.read(target.thresholds))


def change_to(target: SlaTarget, timetable: Timetable) -> Change:
    terms = terms_of(target, timetable)
    return Change(terms.target, terms.timetable, terms.thresholds)


@dataclass
class Record:
    """A clock's row beside its replayed history, and the commands that are new."""

    clock: Clock
    history: History
    target: SlaTarget
    calendar: BusinessCalendar
    calendar_version: int
    count: int = 0
    keys: set[str] = field(default_factory=set)
    new: list[ClockCommand] = field(default_factory=list)

    @property
    def cycle(self) -> Cycle:
        return self.history.current

    def apply(self, order: Order) -> bool:
        """Settle, apply, settle, and write the command down. The same key again does nothing."""
        if order.key and order.key in self.keys:
            return False
        effect = self.history.apply(
            self.count, Command(order.act, order.at, order.reason, order.change)
        )
        self._write_down(order, effect)
        if effect and order.target is not None:
            self.target, self.calendar = order.target, order.target.calendar
            self.calendar_version = order.target.calendar.version
        elif order.corrected is not None:
            self.calendar_version = order.corrected.number
        return effect

    def _write_down(self, order: Order, effect: bool) -> None:
        self.count += 1
        self.keys.add(order.key)
        self.new.append(
            ClockCommand(
                clock=self.clock,
                seq=self.count,
                type=order.act.value,
                at=self.last_at,
                raw_at=order.at,
                key=order.key or None,
                actor=order.actor,
                reason=order.reason,
                payload=order.payload,
                is_ignored=not effect,
            )
        )

    @property
    def last_at(self) -> datetime:
        """The time that the last command counts from."""
        if self.history.last is None:
            raise ValueError("a clock without commands has no last one")
        return to_instant(self.history.last)


def begin(clock: Clock, order: Order) -> Record:
    """The record of a clock that this order, with its target, starts."""
    if order.target is None:
        raise ValueError("a clock starts with a target")
    target = order.target
    cycle = Cycle(clock.cycle, terms_of(target, hours.timetable(target.calendar)))
    record = Record(clock, History([cycle]), target, target.calendar, target.calendar.version)
    record.apply(order)
    return record


def rebuild(clocks: Sequence[Clock]) -> list[Record]:
    """Replay the stored commands of clocks read `with_terms()`: one query, or up to three
    where terms or hours have changed since a clock's start."""
    stored: dict[int, list[ClockCommand]] = defaultdict(list)
    ids = [clock.pk for clock in clocks]
    for command in ClockCommand.objects.filter(clock__in=ids).order_by("clock", "seq"):
        stored[command.clock_id].append(command)
    library = Library(clocks, stored)
    return [_replayed(clock, stored[clock.pk], library) for clock in clocks]


def _replayed(clock: Clock, commands: list[ClockCommand], library: Library) -> Record:
    first = library.target(clock, commands[0])
    timetable = library.timetable(clock, first.calendar_id, commands[0])
    history = History([Cycle(clock.cycle, terms_of(first, timetable))])
    for command in commands:
        history.apply(command.seq, library.command(clock, command))
    return Record(
        clock,
        history,
        target=clock.target,
        calendar=clock.calendar,
        calendar_version=clock.computed_calendar_version,
        count=commands[-1].seq,
        keys={command.key for command in commands if command.key},
    )


class Library:
    """The targets and hours that stored commands name; those of the present are at hand."""

    def __init__(self, clocks: Iterable[Clock], stored: dict[int, list[ClockCommand]]) -> None:
        named = [(clock, command) for clock in clocks for command in stored[clock.pk]]
        self._targets = SlaTarget.objects.in_bulk(
            {
                command.payload["target"]
                for clock, command in named
                if command.payload.get("target", clock.target_id) != clock.target_id
            }
        )
        hours.load(clock.calendar for clock, _ in named)
        self._versions = hours.of_versions(
            {
                (self._calendar_id(clock, command), command.payload["version"])
                for clock, command in named
                if "version" in command.payload and not self._is_current(clock, command)
            }
        )

    def target(self, clock: Clock, command: ClockCommand) -> SlaTarget:
        named = command.payload.get("target", clock.target_id)
        return clock.target if named == clock.target_id else self._targets[named]

    def timetable(self, clock: Clock, calendar_id: int, command: ClockCommand) -> Timetable:
        """The hours at the time of the command; the newest ones need no query."""
        version = command.payload["version"]
        if (calendar_id, version) == (clock.calendar_id, clock.calendar.version):
            return hours.timetable(clock.calendar)
        return self._versions[calendar_id, version]

    def command(self, clock: Clock, row: ClockCommand) -> Command:
        change = NO_CHANGE
        if "version" in row.payload:
            calendar_id = self._calendar_id(clock, row)
            timetable = self.timetable(clock, calendar_id, row)
            with_target = "target" in row.payload
            change = (
                change_to(self.target(clock, row), timetable)
                if with_target
                else Change(timetable=timetable)
            )
        return Command(Act(row.type), row.at, row.reason, change)

    def _calendar_id(self, clock: Clock, command: ClockCommand) -> int:
        """A correction names its calendar; other commands have their target's."""
        if "calendar" in command.payload:
            return int(command.payload["calendar"])
        return self.target(clock, command).calendar_id

    def _is_current(self, clock: Clock, command: ClockCommand) -> bool:
        return (self._calendar_id(clock, command), command.payload["version"]) == (
            clock.calendar_id,
            clock.calendar.version,
        )
