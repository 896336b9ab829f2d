"""What may already exist, as one person may see it: similar requests, services, meetings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q

from accounts.models import User
from catalog.models import Service
from intake.models import Answer, Cadence, JudgedPair, WorkRequest
from intake.reading.badges import Badge, badge_of
from intake.similar import Likeness, Wanted, overlap, similar, words_of

FOR_REQUESTERS, FOR_PMO, SERVICES = 3, 5, 3
MOST_MEETINGS = 200
# Found beyond what is shown, since some may have to stay with the PMO.
SPARE = 20
HIDDEN = "A request from another department"
Verdict = JudgedPair.Verdict
Thing = TypeVar("Thing", bound=Model)


@dataclass(frozen=True)
class Near:
    """A similar request as this reader sees it; without `address` they may not open it."""

    title: str
    why: str
    state: Badge
    strength: str
    key: int
    reference: str = ""
    address: str = ""
    can_follow: bool = False
    can_merge: bool = False
    is_related: bool = False


@dataclass(frozen=True)
class Fitting:
    """A service that answers such questions."""

    service: Service
    why: str


@dataclass(frozen=True)
class Meeting:
    """A recurring decision that this could belong to."""

    cadence: Cadence
    why: str


@dataclass(frozen=True)
class Existing:
    requests: list[Near]
    services: list[Fitting]
    meetings: list[Meeting]

    def __bool__(self) -> bool:
        return bool(self.requests or self.services or self.meetings)


def existing_for(
    text: str, *, reader: User, now: datetime, draft: WorkRequest | None = None
) -> Existing:
    """What a requester is shown while asking. Of other departments only that there is one."""
    service = draft.service_id if draft else None
    different = _judged(draft, Verdict.DIFFERENT) if draft else frozenset()
    wanted = Wanted(text, service_id=service, leave_out=different)
    found = similar(wanted, count=FOR_REQUESTERS + SPARE)
    hidden = _kept_private(found, reader) | ({draft.pk} if draft else set())
    theirs = [one for one in found if one.work.pk not in hidden]
    seen = _visible(theirs, reader)
    return Existing(
        [_near(one, reader, now, seen) for one in theirs[:FOR_REQUESTERS]],
        fitting(text, reader),
        meetings(text),
    )


def near_work(work: WorkRequest, *, reader: User, now: datetime) -> Existing:
    """What an analyst is shown: titles of all, pairs that were judged left out or marked."""
    text = f"{work.title} {work.ask} {work.need}"
    near = _near_requests(work, text, reader, now)
    return Existing(near, fitting(text, reader), meetings(text))


def _near_requests(work: WorkRequest, text: str, reader: User, now: datetime) -> list[Near]:
    decision = getattr(work, "decision", None)
    wanted = Wanted(
        text,
        service_id=work.service_id,
        decision=decision.name if decision else "",
        leave_out=_judged(work, Verdict.DIFFERENT) | {work.pk},
    )
    related = _judged(work, Verdict.RELATED)
    found = similar(wanted, count=FOR_PMO)
    seen = {one.work.pk for one in found}
    return [_near(one, reader, now, seen, related) for one in found]


def fitting(text: str, reader: User) -> list[Fitting]:
    """Services whose own words hold at least two telling words of the text."""
    offered = Service.objects.listed().visible_to(reader)
    return [Fitting(service, why) for service, why in _telling(text, offered, _about_service)]


def meetings(text: str) -> list[Meeting]:
    """Recurring decisions whose own words hold at least two telling words of the text."""
    kept = Cadence.objects.filter(ended_at=None).order_by("next_on", "name")[:MOST_MEETINGS]
    return [Meeting(cadence, why) for cadence, why in _telling(text, kept, _about_meeting)]


def _telling(
    text: str, things: Iterable[Thing], about: Callable[[Thing], str]
) -> list[tuple[Thing, str]]:
    words = words_of(text)
    shared = [(thing, overlap(words, about(thing))) for thing in things] if words else []
    close = [(thing, common) for thing, common in shared if len(common) > 1]
    close.sort(key=lambda pair: (-len(pair[1]), pair[0].pk))
    return [(thing, f"shares: {', '.join(common[:4])}") for thing, common in close[:SERVICES]]


def _about_service(service: Service) -> str:
    current = service.current
    assert current is not None
    return f"{current.name} {current.outcome} {current.summary} {current.decision_served}"


def _about_meeting(cadence: Cadence) -> str:
    return f"{cadence.name} {cadence.decider} {cadence.decides} {cadence.data}"


def may_read_title(reader: User, work: WorkRequest, seen: set[int]) -> bool:
    """Titles of their own department, and what they may open anyway; the PMO reads all."""
    own = reader.department_id is not None and work.department_id == reader.department_id
    return reader.is_pmo or own or work.pk in seen


def _visible(found: list[Likeness], reader: User) -> set[int]:
    ids = [one.work.pk for one in found]
    visible = WorkRequest.objects.visible_to(reader).filter(pk__in=ids)
    return set(visible.values_list("pk", flat=True)) if ids else set()


def _kept_private(found: list[Likeness], reader: User) -> set[int]:
    """Requests whose own words are marked PMO only are never shown to other requesters."""
    if reader.is_pmo:
        return set()
    ids = [one.work.pk for one in found]
    kept = Answer.objects.filter(work__in=ids, slug="need", is_pmo_only=True).exclude(
        Q(work__requester=reader) | Q(work__raised_by=reader)
    )
    return set(kept.values_list("work_id", flat=True))


def _judged(work: WorkRequest, verdict: str) -> frozenset[int]:
    pairs = JudgedPair.objects.filter(Q(first=work) | Q(second=work), verdict=verdict)
    return frozenset(
        second if first == work.pk else first
        for first, second in pairs.values_list("first_id", "second_id")
    )


def _near(
    one: Likeness,
    reader: User,
    now: datetime,
    seen: set[int],
    related: frozenset[int] = frozenset(),
) -> Near:
    work = one.work
    is_told = may_read_title(reader, work, seen)
    is_theirs = reader.pk in (work.requester_id, work.raised_by_id)
    return Near(
        title=work.title if is_told else HIDDEN,
        why=one.why,
        state=badge_of(work, now=now),
        strength=one.strength,
        key=work.pk,
        reference=work.reference if is_told else "",
        address=work.get_absolute_url() if work.pk in seen else "",
        can_follow=is_told and work.is_open and not is_theirs and not reader.is_pmo,
        can_merge=reader.is_pmo and work.is_open and work.requester_id != reader.pk,
        is_related=work.pk in related,
    )
