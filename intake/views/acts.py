"""The acts of an analyst as one table: what each asks for, who may do it, which service does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.forms import PortalForm
from accounts.models import User
from catalog.models import ServiceTier
from intake import policies
from intake.forms import triage as forms
from intake.models import WorkRequest
from intake.services import agreement, conversation, triage
from intake.states import State

Given = dict[str, Any]
Do = Callable[[WorkRequest, PortalForm, User, datetime], object]


@dataclass(frozen=True)
class Act:
    """`said` is what is told afterwards, with the reference before it; `key` is its letter."""

    name: str
    title: str
    button: str
    form: type[PortalForm]
    allowed: Callable[[User, WorkRequest], bool]
    do: Do
    said: str
    hint: str = ""
    goes_on: bool = True
    tone: str = "quiet"


def _given(form: PortalForm, *names: str) -> Given:
    return {name: form.cleaned_data[name] for name in names}


def _seen(form: PortalForm) -> Given:
    return {"seen": form.cleaned_data.get("seen")}


def _can_claim(user: User, work: WorkRequest) -> bool:
    return policies.can_triage(user, work) and work.state == State.NEW


def _can_assign(user: User, work: WorkRequest) -> bool:
    return policies.can_triage(user, work) and work.is_open


def _can_wake(user: User, work: WorkRequest) -> bool:
    return policies.can_triage(user, work) and work.state == State.PARKED


def _can_judge(user: User, work: WorkRequest) -> bool:
    asked = work.urgency == WorkRequest.Urgency.ASKED
    return policies.can_triage(user, work) and asked and work.is_open


def _assign(work: WorkRequest, form: PortalForm, actor: User, at: datetime) -> object:
    person = User.objects.pmo().get(pk=form.cleaned_data["to"])
    return triage.assign(work, to=person, actor=actor, at=at, **_seen(form))


def _propose(work: WorkRequest, form: PortalForm, actor: User, at: datetime) -> object:
    tier = ServiceTier.objects.select_related("version__service").get(pk=form.cleaned_data["tier"])
    why = form.cleaned_data["why"]
    return triage.propose(work, tier=tier, why=why, actor=actor, at=at, **_seen(form))


def _ask(work: WorkRequest, form: PortalForm, actor: User, at: datetime) -> object:
    assert isinstance(form, forms.AskForm)
    return triage.ask(
        work,
        questions=form.questions(),
        why=form.cleaned_data["why"],
        blocks=form.cleaned_data["blocks"] == "yes",
        actor=actor,
        at=at,
        **_seen(form),
    )


def _park(work: WorkRequest, form: PortalForm, actor: User, at: datetime) -> object:
    given = _given(form, "until", "event", "explanation")
    return triage.park(work, **given, actor=actor, at=at, **_seen(form))


def _judge(work: WorkRequest, form: PortalForm, actor: User, at: datetime) -> object:
    return triage.judge_urgency(
        work,
        accept=form.cleaned_data["verdict"] == "accept",
        explanation=form.cleaned_data["explanation"],
        actor=actor,
        at=at,
        **_seen(form),
    )


ACTS = {
    act.name: act
    for act in (
        Act(
            "claim",
            "Claim",
            "Claim",
            forms.ActForm,
            _can_claim,
            lambda w, f, u, at: triage.claim(w, actor=u, at=at, **_seen(f)),
            "claimed",
            "You become the named contact. The requester is told once.",
            goes_on=False,
            tone="primary",
        ),
        Act(
            "urgent",
            "Judge urgency",
            "Decide",
            forms.UrgencyForm,
            _can_judge,
            _judge,
            "judged",
            "The requester is told at once, in your words.",
            goes_on=False,
        ),
        Act(
            "ask",
            "Ask for information",
            "Send the questions",
            forms.AskForm,
            policies.can_ask,
            _ask,
            "asked; it waits for the requester",
            "One to three questions, in one message.",
        ),
        Act(
            "reply",
            "Write to the requester",
            "Send to the requester",
            forms.ReplyForm,
            policies.can_triage,
            lambda w, f, u, at: conversation.write(w, **_given(f, "text", "token"), actor=u, at=at),
            "answered in the conversation",
            "The requester gets it by mail as well.",
            goes_on=False,
        ),
        Act(
            "note",
            "Internal note",
            "Save internal note",
            forms.NoteForm,
            policies.can_triage,
            lambda w, f, u, at: conversation.note(w, **_given(f, "text", "token"), actor=u, at=at),
            "noted for the PMO",
            "Only the PMO sees this. To write to the requester, use the conversation.",
            goes_on=False,
        ),
        Act(
            "reframe",
            "Play the need back",
            "Send for confirmation",
            forms.PlayBackForm,
            policies.can_give_verdict,
            lambda w, f, u, at: triage.play_back(
                w, **_given(f, "text"), actor=u, at=at, **_seen(f)
            ),
            "played back",
            "The requester says yes, nearly or no. No proposal before a yes.",
        ),
        Act(
            "propose",
            "Propose a service",
            "Send the proposal",
            forms.ProposeForm,
            policies.can_give_verdict,
            _propose,
            "proposed; it is the requester's choice now",
        ),
        Act(
            "answer",
            "Answer",
            "Send the answer and close",
            forms.AnswerForm,
            policies.can_give_verdict,
            lambda w, f, u, at: triage.answer(w, **_given(f, "text"), actor=u, at=at, **_seen(f)),
            "answered and closed",
        ),
        Act(
            "park",
            "Park",
            "Park it",
            forms.ParkForm,
            policies.can_give_verdict,
            _park,
            "parked",
            "The proposal's clock stops, the others pause. It is promised anew when it is back.",
        ),
        Act(
            "decline",
            "Decline",
            "Decline",
            forms.DeclineForm,
            policies.can_give_verdict,
            lambda w, f, u, at: triage.decline(
                w,
                **_given(f, "reason", "explanation", "alternative"),
                actor=u,
                at=at,
                **_seen(f),
            ),
            "declined",
            "The requester reads the decision, your reason and what they can do instead.",
        ),
        Act(
            "assign",
            "Assign",
            "Assign",
            forms.AssignForm,
            _can_assign,
            _assign,
            "given to a colleague",
            goes_on=False,
        ),
        Act(
            "wake",
            "Wake now",
            "Wake now",
            forms.ActForm,
            _can_wake,
            lambda w, f, u, at: triage.wake(w, actor=u, at=at),
            "back from being parked",
            "It returns to its analyst, and its proposal is promised anew.",
            goes_on=False,
            tone="primary",
        ),
        Act(
            "hand-over",
            "Hand over for the check",
            "Hand over",
            forms.ActForm,
            policies.can_deliver,
            lambda w, f, u, at: agreement.hand_over(w, actor=u, at=at, **_seen(f)),
            "handed over for the check",
            "Every criterion must be ticked. The requester then says whether it made a difference.",
        ),
    )
}


def acts_for(user: User, work: WorkRequest) -> list[Act]:
    """What this person may do with this request now."""
    return [act for act in ACTS.values() if act.allowed(user, work)]
