"""A talk as its page shows it: its agenda, the ladder, the notes, what was read back."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from accounts.date_words import day_hour_words
from accounts.models import User
from intake import policies
from intake.models import (
    LibraryQuestion,
    LibraryUse,
    NeedVersion,
    ReadBack,
    Session,
    SessionNote,
    WhyStep,
    WorkRequest,
)
from intake.services.whys import advice_on


@dataclass(frozen=True)
class Rung:
    """One step of the ladder, how deep it lies, and whether to stop here."""

    why: WhyStep
    depth: int
    advice: str
    is_leaf: bool


def ladder_of(work: WorkRequest) -> list[Rung]:
    """Every rung below the one it answers, branch after branch."""
    below: dict[int | None, list[WhyStep]] = defaultdict(list)
    for why in work.whys.order_by("id"):
        below[why.parent_id].append(why)
    found: list[Rung] = []
    open_ones = [(why, 1) for why in reversed(below[None])]
    while open_ones:
        why, depth = open_ones.pop()
        causes = below[why.pk]
        advice = advice_on(why.text, depth) if not causes and not why.is_root else ""
        found.append(Rung(why, depth, advice, is_leaf=not causes))
        open_ones += [(cause, depth + 1) for cause in reversed(causes)]
    return found


def notes_for(session: Session, reader: User) -> list[SessionNote]:
    """What both sides read; the PMO's own notes only for the PMO."""
    notes = session.notes.select_related("by")
    if not policies.can_see_internal(reader, session.work):
        notes = notes.filter(is_pmo_only=False)
    return list(notes)


def slot_choices(session: Session, now: datetime) -> list[tuple[str, str]]:
    """The proposed times as choices, in the words of the reader's zone."""
    return [(slot, day_hour_words(datetime.fromisoformat(slot), now=now)) for slot in session.slots]


def read_backs_of(need: NeedVersion | None) -> list[ReadBack]:
    return list(need.read_backs.all()) if need else []


def by_theme(questions: list[LibraryQuestion]) -> list[tuple[str, list[LibraryQuestion]]]:
    """The library by theme, in its order."""
    return [(theme, list(found)) for theme, found in groupby(questions, lambda q: q.theme)]


def offered_library() -> list[LibraryQuestion]:
    return list(LibraryQuestion.objects.offered().with_counts())


def uses_on(work: WorkRequest) -> dict[int, LibraryUse]:
    """What of the library was asked on this request, by question."""
    return {use.question_id: use for use in LibraryUse.objects.filter(work=work)}
