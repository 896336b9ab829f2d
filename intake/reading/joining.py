"""What somebody sees who joins a request with another: which ones fit, and what would move."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from intake import search
from intake.models import WorkRequest
from intake.reading.queue import Works, open_to

MANY = 6


@dataclass(frozen=True)
class JoinCase:
    """The requests that may be kept, the chosen one, and who would take part in it."""

    find: str
    candidates: Sequence[WorkRequest]
    kept: WorkRequest | None
    people: Sequence[str]


def join_case(work: WorkRequest, user: User, *, find: str, into: str) -> JoinCase:
    """Without words, what the same person asked for and the same area's requests are offered."""
    known = open_to(user).exclude(pk=work.pk).exclude(requester=user)
    others = known.select_related("requester", "department")
    number = WorkRequest.number_of(into.strip()) if into else None
    return JoinCase(
        find=find,
        candidates=list(_candidates(others, work, find)[:MANY]),
        kept=others.filter(number=number).first() if number else None,
        people=_people(work),
    )


def _candidates(others: Works, work: WorkRequest, find: str) -> Works:
    number = WorkRequest.number_of(find.strip())
    if number:
        return others.filter(number=number)
    if find:
        return search.matching(others, find).order_by("-received_at")
    return others.filter(requester=work.requester_id).order_by("-received_at")


def _people(work: WorkRequest) -> list[str]:
    """Everybody who takes part in the request, the requester first."""
    joined = work.participants.select_related("person").order_by("id")
    people = [work.requester, work.raised_by, *(one.person for one in joined)]
    return list(dict.fromkeys(person.name for person in people if person))
