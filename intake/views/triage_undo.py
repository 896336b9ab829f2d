"""The acts that take an act back; `Shift+u` presses the first that is possible."""

from accounts.models import User
from intake import policies
from intake.forms import sorting as forms
from intake.forms.triage import ActForm
from intake.models import WorkRequest
from intake.services import conversation, merging, undoing, urgency
from intake.states import State
from intake.views.loading import OUT_AGAIN
from intake.views.triage_act import Act, Form, Work, given

Urgency = WorkRequest.Urgency


def _can_give_back(user: User, work: Work) -> bool:
    is_theirs = work.state == State.CLAIMED and work.analyst_id == user.pk
    return is_theirs and undoing.is_own_claim(undoing.latest(work), user)


def _can_assign_back(user: User, work: Work) -> bool:
    may = policies.can_triage(user, work) and work.is_open and work.analyst_id is not None
    return may and undoing.assigned_from(undoing.latest(work), user) is not None


def _can_take_back(user: User, work: Work) -> bool:
    return policies.can_triage(user, work) and work.is_waiting


def _can_take_back_proposal(user: User, work: Work) -> bool:
    return policies.can_triage(user, work) and work.state == State.PROPOSED


def _can_open_declined(user: User, work: Work) -> bool:
    return policies.can_override(user, work) and work.state == State.DECLINED


def _can_unmerge(user: User, work: Work) -> bool:
    return policies.can_override(user, work) and work.state == State.MERGED


def _can_judge_again(user: User, work: Work) -> bool:
    is_judged = work.urgency in (Urgency.ACCEPTED, Urgency.REFUSED)
    return policies.can_override(user, work) and work.is_open and is_judged


def _no(work: Work, form: Form, actor: User) -> bool:
    return False


UNDO = (
    Act(
        "give-back",
        "Undo claim",
        "Take the claim back",
        ActForm,
        _can_give_back,
        lambda work, form, actor, at: undoing.give_back(
            work, actor=actor, at=at, **given(form, "seen")
        ),
        lambda work, form, actor: work.state == State.NEW,
        "is unclaimed again",
        hint="Nobody is the contact then. If our mail has not left yet, it stays here.",
        is_instant=True,
        is_undo=True,
    ),
    Act(
        "assign-back",
        "Undo assigning",
        "Give it back",
        ActForm,
        _can_assign_back,
        lambda work, form, actor, at: undoing.assign_back(
            work, actor=actor, at=at, **given(form, "seen")
        ),
        _no,
        "given back",
        hint="The contact is who it was before, and the requester is told.",
        is_undo=True,
    ),
    Act(
        "take-back",
        "Take the questions back",
        "Take them back",
        ActForm,
        _can_take_back,
        lambda work, form, actor, at: conversation.take_back_questions(
            work, actor=actor, at=at, **given(form, "seen")
        ),
        lambda work, form, actor: not work.is_waiting,
        "waits for nobody any more",
        hint="What is not answered yet needs no answer then, and our clock goes on.",
        is_undo=True,
    ),
    Act(
        "take-back-proposal",
        "Take the proposal back",
        "Take it back",
        ActForm,
        _can_take_back_proposal,
        lambda work, form, actor, at: undoing.take_back_proposal(
            work, actor=actor, at=at, **given(form, "seen")
        ),
        lambda work, form, actor: work.state == State.DISCOVERY,
        "is without a proposal again",
        hint="They are told that a new proposal follows, and its clock runs anew.",
        is_undo=True,
    ),
    Act(
        "undo-decline",
        "Undo the decline",
        "Open it again",
        forms.ReasonForm,
        _can_open_declined,
        lambda work, form, actor, at: undoing.take_back_decline(
            work, actor=actor, at=at, **given(form, "reason", "seen")
        ),
        lambda work, form, actor: work.state == State.CLAIMED,
        "opened again",
        hint="It goes back to its analyst, and its proposal is promised anew.",
        is_undo=True,
    ),
    Act(
        OUT_AGAIN,
        "Undo the merge",
        "Take it out again",
        forms.ReasonForm,
        _can_unmerge,
        lambda work, form, actor, at: merging.unmerge(
            work, actor=actor, at=at, **given(form, "reason", "seen")
        ),
        lambda work, form, actor: work.state == State.CLAIMED,
        "stands on its own again",
        hint="Possible for thirty days. Who took part only because of it leaves the other request.",
        is_undo=True,
    ),
    Act(
        "judge-again",
        "Judge urgency again",
        "Take the judgement back",
        forms.ReasonForm,
        _can_judge_again,
        lambda work, form, actor, at: urgency.judge_again(
            work, actor=actor, at=at, **given(form, "reason", "seen")
        ),
        lambda work, form, actor: work.urgency == Urgency.ASKED,
        "waits to be judged again",
        hint="Its proposal is held to the lane’s promise until somebody judges it.",
    ),
)
