"""The need as either side may word it: an edit clears both ticks, and both tick again."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies, search
from intake.models import NeedVersion, WorkRequest
from intake.services.agreement import NothingToDecideError
from intake.services.lifecycle import ConflictError, lock, save
from intake.services.notices import owe_pmo, owe_requester


@transaction.atomic
def edit_need(work: WorkRequest, *, text: str, seen: int, actor: User, at: datetime) -> NeedVersion:
    """Word the need anew. Nobody has agreed to it then, so nothing can be proposed.

    `seen` is the number of the version it is based on; raise ConflictError for another one. The
    same words again change nothing.
    """
    work = lock(work)
    require(policies.can_edit_need(actor, work))
    newest = work.needs.order_by("-number").first()
    if newest is None or seen != newest.number:
        raise ConflictError(work)
    if text == newest.text:
        return newest
    need = NeedVersion.objects.create(
        work=work, number=newest.number + 1, text=text, written_by=actor, written_at=at
    )
    work.need = ""
    if policies.is_of(actor, work):
        work.new_answer_at = at
    save(work, "need", "new_answer_at")
    search.index(work)
    record("intake.need_edited", work, actor=actor, at=at, need=need.number)
    _tell(work, need, actor=actor, at=at)
    return need


@transaction.atomic
def tick_need(work: WorkRequest, *, number: int, actor: User, at: datetime) -> NeedVersion:
    """Agree to the newest wording for one's own side. With both ticks it is the agreed need.

    Raise NothingToDecideError when this wording is not the newest, or this side has agreed.
    """
    work = lock(work)
    require(policies.can_edit_need(actor, work))
    need = work.needs.order_by("-number").first()
    theirs = policies.is_of(actor, work)
    ticked = "requester_agreed_at" if theirs else "pmo_agreed_at"
    if need is None or need.number != number or getattr(need, ticked) is not None:
        raise NothingToDecideError
    setattr(need, ticked, at)
    fields = [ticked]
    if theirs:
        need.answered_at, need.reply = at, NeedVersion.Reply.YES
        fields += ["answered_at", "reply"]
        work.new_answer_at = at
    need.save(update_fields=fields)
    if need.is_agreed:
        work.need = need.text
    save(work, "need", "new_answer_at")
    search.index(work)
    record("intake.need_ticked", work, actor=actor, at=at, need=need.number)
    if not need.is_agreed:
        _tell(work, need, actor=actor, at=at, is_ticked=True)
    return need


def _tell(
    work: WorkRequest, need: NeedVersion, *, actor: User, at: datetime, is_ticked: bool = False
) -> None:
    """Tell the other side that its tick is asked for."""
    event = f"{need.number}:{'ticked' if is_ticked else 'edited'}"
    if policies.is_of(actor, work):
        owe_pmo("need_edited_by_them", work, at=at, event=event, need=need.pk)
    else:
        owe_requester("need_edited", work, at=at, event=event, need=need.pk)
