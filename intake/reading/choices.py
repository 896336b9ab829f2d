"""What a reader can do with a request: the list "You can" of its page (ux.md 5.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from django.urls import NoReverseMatch

from intake import policies
from intake.services import reopening
from intake.states import State

if TYPE_CHECKING:
    from intake.reading.request_page import RequestPage


class Link(NamedTuple):
    """Something a person can do, or a tab; `number` stands behind it in brackets."""

    words: str
    address: str
    number: int = 0
    is_current: bool = False


def choices_for(page: RequestPage) -> list[Link]:
    """Nothing stands here that would be refused."""
    return [*_speaking(page), *_of_the_pmo(page), *_changing(page), *_taking_up(page)]


def _speaking(page: RequestPage) -> Iterator[Link]:
    if not page.can_write:
        return
    conversation = f"{page.address('conversation')}#write"
    if page.sees_internal:
        yield Link(f"Write to {page.other_side}", conversation)
    else:
        yield Link("Add to the conversation", conversation)


def _of_the_pmo(page: RequestPage) -> Iterator[Link]:
    if not page.sees_internal:
        return
    yield Link("Write an internal note", f"{page.address('notes')}#write")
    may_name = policies.can_name_new_date(page.reader, page.work)
    if page.late_clock and may_name and page.new_date is None:
        yield Link("Name the new date", page.address("new_date"))
    if page.work.is_open:
        try:
            yield Link("Work on it in triage", page.address("triage_detail"))
        except NoReverseMatch:
            return


def _changing(page: RequestPage) -> Iterator[Link]:
    work, reader = page.work, page.reader
    if page.can_amend and page.answers:
        yield Link("Change an answer", page.address("request_framing"))
    if policies.can_change_people(reader, work):
        yield Link("Add people", page.address("people"))
    if page.can_record_decision:
        is_known = page.decision is not None and page.decision.decided_on is not None
        words = "Correct the decision" if is_known else "Record the decision"
        yield Link(words, page.address("record_decision"))
    if policies.can_withdraw(reader, work):
        yield Link("Withdraw this request", page.address("withdraw"))


def _taking_up(page: RequestPage) -> Iterator[Link]:
    if page.work.state == State.DECLINED and page.looks_again_until:
        yield Link("Ask us to look again", page.address("look_again"))
    if reopening.may_reopen(page.reader, page.work, at=page.now):
        yield Link("Take it up again", page.address("reopen"))
