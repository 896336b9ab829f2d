"""The blueprint of a request as its page shows it: cards, ticks, talk, versions (ux.md 5.10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.date_words import day_words
from accounts.models import User
from intake import policies
from intake.blueprints.difference import Difference, count_words, difference
from intake.blueprints.parts import (
    LANES,
    NUMBERS,
    Content,
    Part,
    Row,
    lines,
    problems,
    text,
    within,
)
from intake.models import (
    BlueprintDuty,
    BlueprintPart,
    BlueprintVersion,
    PartComment,
    PartLock,
    Side,
    WorkRequest,
)
from intake.reading.promises import Chip, chip_of
from intake.services import signing
from intake.services.blueprint import (
    contents,
    current_parts,
    fingerprint,
    locks_on,
    side_of,
    sources_for,
)
from intake.services.signing import Signer
from intake.states import State
from sla.models import Clock


@dataclass(frozen=True)
class Tick:
    """One side's agreement: whose it is, and when it was given."""

    who: str
    at: datetime | None


@dataclass(frozen=True)
class Card:
    """One part as a card."""

    row: BlueprintPart
    lines: Sequence[str]
    problems: Sequence[str]
    ticks: Sequence[Tick]
    changed: str
    lock: PartLock | None
    threads: Sequence[PartComment]
    may_agree: bool

    @property
    def open_threads(self) -> int:
        return sum(1 for thread in self.threads if thread.resolved_at is None)


@dataclass(frozen=True)
class LaneRow:
    """A step in the lanes view: its words stand under who takes it."""

    step: Row
    cells: Sequence[str]
    within: str


@dataclass(frozen=True)
class Duty:
    """A handoff or time promise in force, with its clock as a chip."""

    duty: BlueprintDuty
    chip: Chip | None
    is_open: bool


@dataclass(frozen=True)
class Compared:
    """One part in two versions."""

    number: int
    title: str
    found: Difference
    same: Sequence[str]


@dataclass
class BlueprintPage:
    """A request's blueprint, its reader and the moment."""

    work: WorkRequest
    reader: User
    now: datetime

    @cached_property
    def versions(self) -> list[BlueprintVersion]:
        found = self.work.blueprint_versions.select_related("opened_by")
        return list(found.prefetch_related("signatures__person"))

    @property
    def version(self) -> BlueprintVersion | None:
        """What is being written, or else what is in force."""
        return self.open_version or self.in_force

    @property
    def open_version(self) -> BlueprintVersion | None:
        return next((one for one in self.versions if one.is_open), None)

    @property
    def in_force(self) -> BlueprintVersion | None:
        return next((one for one in self.versions if one.signed_at), None)

    @cached_property
    def rows(self) -> dict[str, BlueprintPart]:
        return current_parts(self.version) if self.version else {}

    @property
    def said(self) -> dict[str, Content]:
        return {part: row.content for part, row in self.rows.items()}

    @property
    def digest(self) -> str:
        return fingerprint(self.said)

    # What this reader may do

    @cached_property
    def side(self) -> str:
        return side_of(self.reader, self.work)

    @property
    def may_write(self) -> bool:
        return policies.can_shape(self.reader, self.work) and self.open_version is not None

    @property
    def may_start(self) -> bool:
        return policies.can_shape(self.reader, self.work) and not self.versions

    @property
    def may_take_standard(self) -> bool:
        return policies.can_take_standard(self.reader, self.work) and not self.versions

    @property
    def may_comment(self) -> bool:
        return policies.can_comment(self.reader, self.work)

    @property
    def may_propose_change(self) -> bool:
        is_running = self.work.state == State.RUNNING
        may = is_running and policies.can_shape(self.reader, self.work)
        return may and self.open_version is None and self.in_force is not None

    @property
    def may_drop(self) -> bool:
        return self.may_write and self.in_force is not None

    @property
    def may_finish(self) -> bool:
        return policies.can_finish_step(self.reader, self.work)

    @cached_property
    def side_to_sign(self) -> str:
        version = self.open_version
        return signing.side_to_sign(self.reader, self.work, version) if version else ""

    @cached_property
    def sources(self) -> list[WorkRequest]:
        return sources_for(self.work, self.reader) if self.may_start else []

    # Cards

    @cached_property
    def cards(self) -> list[Card]:
        return [self._card(self.rows[part]) for part in Part.values if part in self.rows]

    def _card(self, row: BlueprintPart) -> Card:
        missing = problems(row.part, row.content)
        mine = getattr(row, f"{self.side}_at", None) if self.side else None
        may_agree = self.may_write and bool(self.side) and mine is None and not missing
        held = self.locks.get(row.part)
        return Card(
            row=row,
            lines=lines(row.part, row.content),
            problems=missing,
            ticks=self._ticks(row),
            changed=self._changed(row),
            lock=held if held and held.person_id != self.reader.pk else None,
            threads=self.threads.get(row.part, []),
            may_agree=may_agree,
        )

    def _ticks(self, row: BlueprintPart) -> list[Tick]:
        asker = row.requester_by or self.work.requester
        pmo = f"{row.pmo_by.name}, PMO" if row.pmo_by else "PMO"
        return [Tick(asker.name, row.requester_at), Tick(pmo, row.pmo_at)]

    def _changed(self, row: BlueprintPart) -> str:
        """Who changed it since this reader could have agreed; nothing for a first text."""
        if not self.may_write or row.is_agreed or row.edition == 1:
            return ""
        mine = getattr(row, f"{self.side}_at", None) if self.side else None
        if mine is not None:
            return ""
        by = "you" if row.written_by_id == self.reader.pk else row.written_by.name
        again = "" if by == "you" else " Look again before you agree."
        return f"Changed by {by} on {day_words(row.written_at, now=self.now)}.{again}"

    @cached_property
    def locks(self) -> dict[str, PartLock]:
        return locks_on(self.work, now=self.now) if self.open_version else {}

    @cached_property
    def threads(self) -> dict[str, list[PartComment]]:
        found: dict[str, list[PartComment]] = defaultdict(list)
        threads = self.work.blueprint_comments.filter(thread=None)
        related = threads.select_related("by", "resolved_by").prefetch_related("answers__by")
        for thread in related:
            found[thread.part].append(thread)
        return found

    @property
    def open_threads(self) -> list[PartComment]:
        every = (thread for threads in self.threads.values() for thread in threads)
        return [thread for thread in every if thread.resolved_at is None]

    # Who wrote it, who signs it

    @cached_property
    def contributors(self) -> str:
        """ "Written by Ana (parts 1, 4), Dana (2, 3, 5)", from the texts of this version."""
        if self.version is None:
            return ""
        texts = self.version.parts.select_related("written_by").order_by("written_at", "pk")
        wrote: dict[str, set[int]] = defaultdict(set)
        for row in texts:
            wrote[row.written_by.name].add(NUMBERS[row.part])
        told = [
            f"{name} ({'parts ' if not place else ''}{', '.join(map(str, sorted(numbers)))})"
            for place, (name, numbers) in enumerate(wrote.items())
        ]
        return f"Written by {', '.join(told)}" if told else ""

    @cached_property
    def signers(self) -> list[Signer]:
        return signing.signers(self.work, self.version) if self.version else []

    @cached_property
    def missing(self) -> list[tuple[int, str]]:
        """What stands in the way of signing, by part."""
        return [
            (NUMBERS[part], words)
            for part in Part.values
            for words in problems(part, self.said.get(part, {}))
        ]

    @property
    def not_ticked(self) -> list[Card]:
        """Parts that the signing reader would tick by signing."""
        if self.side_to_sign not in (Side.REQUESTER, Side.PMO):
            return []
        return [card for card in self.cards if getattr(card.row, f"{self.side_to_sign}_at") is None]

    # Lanes and duties

    @property
    def lane_names(self) -> list[str]:
        return [words for _, words in LANES]

    @property
    def lane_rows(self) -> list[LaneRow]:
        steps = self.said.get(Part.STEPS, {}).get("rows", [])
        return [
            LaneRow(step, [_cell(step, lane) for lane, _ in LANES], within(step)) for step in steps
        ]

    @cached_property
    def duties(self) -> list[Duty]:
        """What is owed while the request runs; the clock of each says how it stands."""
        blueprint = getattr(self.work, "blueprint", None)
        if blueprint is None:
            return []
        clocks = self._clocks()
        step = blueprint.duties.filter(kind="handoff", done_at=None).order_by("position").first()
        return [
            Duty(
                duty,
                self._chip(duty, clocks),
                duty.done_at is None and (duty.kind == "promise" or duty == step),
            )
            for duty in blueprint.duties.select_related("done_by").order_by("kind", "position")
        ]

    def _clocks(self) -> dict[tuple[str, str], Clock]:
        found = self.work.subject.clocks.with_terms().filter(metric__in=("handoff", "promise"))
        return {(clock.metric, clock.part): clock for clock in found.order_by("cycle")}

    def _chip(self, duty: BlueprintDuty, clocks: dict[tuple[str, str], Clock]) -> Chip | None:
        clock = clocks.get((duty.kind, duty.key))
        if clock is None or (clock.state == Clock.State.CANCELLED and duty.done_at is None):
            return Chip("idle", "Starts with its turn") if duty.done_at is None else None
        return chip_of(clock, self.now)

    # Differences

    def version_of(self, number: int) -> BlueprintVersion | None:
        return next((one for one in self.versions if one.number == number), None)

    def before(self, row: BlueprintPart) -> BlueprintPart | None:
        """The text before: the last one that this reader's side had agreed to, or the last."""
        earlier = row.version.parts.filter(part=row.part, edition__lt=row.edition)
        if self.side:
            agreed = earlier.filter(**{f"{self.side}_at__isnull": False})
            if found := agreed.order_by("-edition").first():
                return found
        return earlier.order_by("-edition").first()

    def change_of(self, row: BlueprintPart) -> Difference:
        was = self.before(row)
        return difference(text(row.part, was.content) if was else "", text(row.part, row.content))


def _cell(step: Row, lane: str) -> str:
    return str(step.get("what", "")) if step.get("lane", "requester") == lane else ""


def compared(before: BlueprintVersion, after: BlueprintVersion) -> list[Compared]:
    """Two versions part by part."""
    old, new = contents(before), contents(after)
    return [
        Compared(
            NUMBERS[part.value],
            str(part.label),
            difference(text(part, old.get(part, {})), text(part, new.get(part, {}))),
            lines(part, new.get(part, {})),
        )
        for part in Part
    ]


def summed(parts: Sequence[Compared]) -> str:
    """Such as "12 words added, 4 removed", over all parts."""
    added, removed = sum(one.found.added for one in parts), sum(one.found.removed for one in parts)
    return count_words(added, removed)
