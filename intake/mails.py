"""What each notice says, worked out when it is delivered, for the person who gets it.

A builder returns the context of templates/emails/<kind>/, or None when nobody needs the notice any
more: the request can no longer be seen, the question was answered, the clock has moved on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from intake import policies
from intake.models import Message, ResultCheck, Verdict, WorkRequest
from intake.reply_address import reply_address
from intake.states import State
from notifications.models import OutboxMessage
from notifications.registry import Context, register

Words = dict[str, Any]
PEOPLE = ("requester", "raised_by", "analyst", "tier", "service__current", "subject")


@dataclass(frozen=True)
class Notice:
    """A notice about to be delivered: the request as it is now, and what its row carries."""

    work: WorkRequest
    message: OutboxMessage

    @property
    def recipient(self) -> User:
        return self.message.recipient

    def number(self, name: str) -> int:
        """An id of the payload; 0, which no row has, for a damaged one."""
        found = self.message.payload.get(name)
        return found if isinstance(found, int) else 0

    def due(self, metric: str) -> datetime | None:
        """When the promise is due while it is open."""
        clocks = self.work.subject.clocks.open().filter(metric=metric)
        newest = clocks.order_by("-cycle").first()
        return newest.due_at if newest else None


Extra = Callable[[Notice], Words | None]
MayRead = Callable[[User, WorkRequest], bool]


def to_them(kind: str, extra: Extra, *, path: str = "", at_once: bool = False) -> None:
    """Register a notice to the requester's side; its button leads to `path` of the request."""
    register(kind, lambda message: _context(message, extra, path, policies.is_of), at_once=at_once)


def to_everybody(kind: str, extra: Extra, *, path: str = "") -> None:
    """Register a notice to all who take part in the request, the PMO included."""

    def may_read(user: User, work: WorkRequest) -> bool:
        return policies.takes_part(user, work) or policies.can_see_internal(user, work)

    register(kind, lambda message: _context(message, extra, path, may_read))


def to_pmo(kind: str, extra: Extra, *, sponsors: bool = False) -> None:
    """Register a notice to the PMO; whoever has left it gets nothing, a stand-in of it does.

    With `sponsors`, the sponsor of the request's area may read it too.
    """

    def sponsor_may_read(user: User, work: WorkRequest) -> bool:
        # Only of the areas they sponsor: others are not visible to them.
        return user.is_sponsor or policies.can_see_internal(user, work)

    may_read = sponsor_may_read if sponsors else policies.can_see_internal
    register(
        kind,
        lambda message: _context(message, extra, "", may_read, for_pmo=True),
        may_stand_in=lambda person: person.is_pmo,
    )


def _context(
    message: OutboxMessage, extra: Extra, path: str, may_read: MayRead, *, for_pmo: bool = False
) -> Context:
    work = _visible(message, may_read)
    words = extra(Notice(work, message)) if work else None
    if work is None or words is None:
        return None
    in_triage = for_pmo and message.recipient.is_pmo
    page = reverse("intake:triage_detail", args=[work.reference]) if in_triage else ""
    return _common(work, message.recipient) | {
        "address": page or work.get_absolute_url() + path,
        **words,
    }


def _visible(message: OutboxMessage, may_read: MayRead) -> WorkRequest | None:
    """The request, if this person may still read it, in the part that the notice is for."""
    visible = WorkRequest.objects.visible_to(message.recipient).select_related(*PEOPLE)
    work = visible.filter(pk=message.payload.get("work")).first()
    return work if work and may_read(message.recipient, work) else None


def _common(work: WorkRequest, recipient: User) -> Words:
    """What every mail says; a title taken from words for the PMO only stays out of it."""
    is_hidden = work.answers.filter(slug="need", is_pmo_only=True).exists()
    named = bool(work.title) and not is_hidden
    return {
        "work": work,
        "title": f"“{work.title}”" if named else work.reference,
        "title_start": f"“{work.title}”" if named else f"Request {work.reference}",
        "ask": work.ask if not is_hidden else work.reference,
        "because": _because(work, recipient),
        "reply_to": reply_address(work.pk, recipient.pk),
        "is_for_pmo": policies.can_triage(recipient, work),
    }


def _because(work: WorkRequest, recipient: User) -> str:
    if recipient.pk == work.requester_id:
        return f"you asked for {work.reference}"
    if recipient.pk == work.raised_by_id:
        return f"you raised {work.reference} for {work.requester.name}"
    if recipient.pk == work.analyst_id:
        return f"you are the contact of {work.reference}"
    if recipient.is_pmo:
        return "you lead the PMO"
    takes_part = policies.takes_part(recipient, work) or not recipient.is_sponsor
    return f"you {'take part in' if takes_part else 'sponsor the area of'} {work.reference}"


# What the single notices need. None: nobody needs it any more.


def promises(notice: Notice) -> Words:
    return {"reply_by": notice.due("first_reply"), "proposal_by": notice.due("proposal")}


def contact(notice: Notice) -> Words | None:
    due = [notice.due(metric) for metric in ("next_contact", "first_reply", "proposal")]
    known = [moment for moment in due if moment]
    return {"next_by": min(known, default=None)} if notice.work.analyst else None


def said(notice: Notice) -> Words | None:
    """A public message; an internal note is never found here."""
    found = Message.objects.public().filter(work=notice.work, pk=notice.number("message"))
    message = found.select_related("author").first()
    if message is None:
        return None
    author = message.author.name if message.author else "The PMO"
    return {"author": author, "text": message.text, "of_pmo": message.from_pmo}


def asked(notice: Notice) -> Words | None:
    """Questions that were answered or taken back meanwhile need no mail."""
    holds = notice.work.holds.waiting().select_related("asked_by")
    hold = holds.filter(pk=notice.number("hold")).first()
    if hold is None:
        return None
    questions = list(hold.questions.filter(answered_at=None))
    return {"hold": hold, "questions": questions} if questions else None


def answered(notice: Notice) -> Words | None:
    hold = notice.work.holds.filter(pk=notice.number("hold")).first()
    if hold is None:
        return None
    questions = list(hold.questions.all())
    given = [question for question in questions if question.answered_at]
    return {"questions": given, "is_partial": len(given) < len(questions)}


def played_back(notice: Notice) -> Words | None:
    needs = notice.work.needs.unanswered().select_related("written_by")
    need = needs.filter(pk=notice.number("need")).first()
    return {"need": need} if need and notice.work.is_open else None


def need_answered(notice: Notice) -> Words | None:
    need = notice.work.needs.filter(pk=notice.number("need")).first()
    return {"need": need} if need else None


def offered(notice: Notice) -> Words | None:
    """A proposal that was chosen, refused or taken back meanwhile needs no mail."""
    proposal = notice.work.current_proposal()
    if not proposal or proposal.pk != notice.number("proposal") or proposal.chosen_at:
        return None
    return {"proposal": proposal, "tiers": list(proposal.version.tiers.order_by("rank"))}


def refused(notice: Notice) -> Words | None:
    proposals = notice.work.proposals.select_related("version")
    proposal = proposals.filter(pk=notice.number("proposal")).first()
    return {"proposal": proposal, "proposal_by": notice.due("proposal")} if proposal else None


def chosen(notice: Notice) -> Words | None:
    proposals = notice.work.proposals.select_related("version", "chosen")
    proposal = proposals.filter(pk=notice.number("proposal"), chosen__isnull=False).first()
    return {"proposal": proposal, "result_by": notice.due("delivery")} if proposal else None


def running(notice: Notice) -> Words | None:
    return {"result_by": notice.due("delivery")} if notice.work.tier else None


def withdrawn(notice: Notice) -> Words | None:
    """Why, from the history; a request that goes on again needs no mail."""
    if notice.work.state != State.WITHDRAWN:
        return None
    moves = Entry.objects.about(notice.work).filter(data__to=State.WITHDRAWN)
    last = moves.last()
    return {"why": last.reason if last else ""}


def verdict(notice: Notice) -> Words | None:
    found = Verdict.objects.filter(work=notice.work, pk=notice.number("verdict"))
    given = found.select_related("by").first()
    if given is None or given.state != notice.work.state:
        return None
    by = f"{given.by.name} of the PMO" if given.by else "The PMO"
    return {"verdict": given, "by": by}


def merged(notice: Notice) -> Words | None:
    """Told once; not when it was taken out again before the mail left."""
    found = notice.work.joinings.filter(pk=notice.number("joining"), undone_at=None)
    joining = found.select_related("into", "by").first()
    return {"joining": joining, "by": joining.by.name} if joining else None


def undone(notice: Notice) -> Words:
    return promises(notice) | {"why": str(notice.message.payload.get("why", ""))}


def taken_back(notice: Notice) -> Words | None:
    """Not when the next proposal is there already."""
    is_owed = notice.work.state not in (State.PROPOSED, State.BLUEPRINT, State.RUNNING)
    return promises(notice) if is_owed else None


def back(notice: Notice) -> Words | None:
    return promises(notice) if notice.work.state != State.PARKED else None


def judged(notice: Notice) -> Words:
    accepted = notice.work.urgency == WorkRequest.Urgency.ACCEPTED
    why = str(notice.message.payload.get("why", ""))
    return promises(notice) | {"accepted": accepted, "why": why}


def to_check(notice: Notice) -> Words | None:
    if notice.work.state != State.CHECK:
        return None
    return {"criteria": list(notice.work.blueprint.criteria.all())}


def result(notice: Notice) -> Words | None:
    found = ResultCheck.objects.filter(work=notice.work, pk=notice.number("result"))
    checked = found.select_related("by").first()
    return {"result": checked} if checked else None


def sent_back(notice: Notice) -> Words:
    what = str(notice.message.payload.get("what", ""))
    return {"what": what, "result_by": notice.due("delivery")}


def register_all() -> None:
    """Say what every notice of a request is about."""
    from intake import (
        account_mails,
        blueprint_mails,
        clock_mails,
        draft_mails,
        people_mails,
        pilot_mails,
        talk_mails,
    )

    account_mails.register_all()
    draft_mails.register_all()
    people_mails.register_all()
    talk_mails.register_all()
    blueprint_mails.register_all()
    pilot_mails.register_all()
    clock_mails.register_all()
    to_them("request_received", promises, at_once=True)
    to_them("request_claimed", contact)
    to_everybody("reply", said, path="conversation/")
    to_them("questions_asked", asked, path="conversation/")
    to_them("play_back", played_back, path="need/")
    to_them("proposal_ready", offered, path="proposal/")
    to_them("request_running", running)
    for kind in ("request_answered", "request_declined", "request_parked"):
        to_them(kind, verdict)
    to_them("requester_changed", lambda _: {})
    to_them("request_merged", merged)
    to_them("verdict_undone", undone)
    to_them("proposal_taken_back", taken_back, path="conversation/")
    to_them("lane_changed", undone)
    to_them("request_back", back)
    to_them("urgency_judged", judged)
    to_them("result_due", to_check, path="result/")
    to_pmo("requester_wrote", said)
    to_pmo("questions_answered", answered)
    to_pmo("need_answered", need_answered)
    to_pmo("proposal_refused", refused)
    to_pmo("tier_chosen", chosen)
    to_pmo("request_withdrawn", withdrawn)
    to_pmo("result_recorded", result)
    to_pmo("result_sent_back", sent_back)
