"""The acts of triage as one table: what each asks for, who may do it, which service does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from intake import policies
from intake.forms import triage as forms
from intake.models import WorkRequest
from intake.services import agreement, conversation, covering, triage
from intake.states import State

# Forms differ in their fields, and each act knows its own.
Form = Any
Work = WorkRequest


@dataclass(frozen=True)
class Act:
    """One thing to do with a request.

    `said` follows the reference once it is done. `was_done` tells a form that was sent twice from
    a conflict. `goes_on` opens the next row afterwards; `may_go_on` offers it. `part` is a
    template above the fields; `is_wide` says that the act needs the whole page, `is_first` that it
    is what is most likely wanted.
    """

    name: str
    title: str
    button: str
    form: type[Form]
    is_allowed: Callable[[User, Work], bool]
    do: Callable[[Work, Form, User, datetime], object]
    was_done: Callable[[Work, Form, User], bool]
    said: str
    hint: str = ""
    part: str = ""
    goes_on: bool = False
    may_go_on: bool = False
    has_preview: bool = False
    is_wide: bool = False
    is_first: bool = False


def _given(form: Form, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names}


def _can_claim(user: User, work: Work) -> bool:
    return policies.can_triage(user, work) and work.is_open and work.analyst_id is None


def _can_take_over(user: User, work: Work) -> bool:
    is_colleagues = work.analyst_id not in (None, user.pk)
    return policies.can_triage(user, work) and work.is_open and is_colleagues


def _can_assign(user: User, work: Work) -> bool:
    return policies.can_triage(user, work) and work.is_open


def _can_judge(user: User, work: Work) -> bool:
    asked = work.urgency == WorkRequest.Urgency.ASKED
    return policies.can_triage(user, work) and work.is_open and asked


def _can_take_back(user: User, work: Work) -> bool:
    return policies.can_triage(user, work) and work.is_waiting


def _can_wake(user: User, work: Work) -> bool:
    return policies.can_triage(user, work) and work.state == State.PARKED


def _assign(work: Work, form: Form, actor: User, at: datetime) -> object:
    given = _given(form, "note", "seen")
    return triage.assign(work, to=form.person(), actor=actor, at=at, **given)


def _ask(work: Work, form: Form, actor: User, at: datetime) -> object:
    given = _given(form, "why", "blocks", "seen")
    return triage.ask(work, questions=form.questions(), actor=actor, at=at, **given)


def _propose(work: Work, form: Form, actor: User, at: datetime) -> object:
    given = _given(form, "why", "seen")
    return triage.propose(work, tier=form.chosen(), actor=actor, at=at, **given)


def _judge(work: Work, form: Form, actor: User, at: datetime) -> object:
    given = _given(form, "root", "seen")
    told = form.told()
    accept = form.accepts()
    return triage.judge_urgency(work, accept=accept, explanation=told, actor=actor, at=at, **given)


def _was_asked(work: Work, form: Form, actor: User) -> bool:
    hold = work.holds.filter(asked_by=actor).order_by("-id").first()
    return hold is not None and [one.text for one in hold.questions.all()] == form.questions()


def _was_played_back(work: Work, form: Form, actor: User) -> bool:
    need = work.needs.order_by("-number").first()
    return need is not None and (need.text, need.written_by) == (form.cleaned_data["text"], actor)


def _was_proposed(work: Work, form: Form, actor: User) -> bool:
    offered = work.current_proposal()
    given = (form.chosen().pk, form.cleaned_data["why"], actor.pk)
    return offered is not None and given == (
        offered.suggested_id,
        offered.why,
        offered.proposed_by_id,
    )


def _was_judged(work: Work, form: Form, actor: User) -> bool:
    accepted, refused = WorkRequest.Urgency.ACCEPTED, WorkRequest.Urgency.REFUSED
    return work.urgency == (accepted if form.accepts() else refused)


def _ended_so(state: State, words: str) -> Callable[[Work, Form, User], bool]:
    """Whether this person ended it, or parked it, in these words."""

    def was_done(work: Work, form: Form, actor: User) -> bool:
        verdict = work.verdicts.filter(by=actor, state=state).order_by("-id").first()
        given = form.cleaned_data[words]
        return work.state == state and verdict is not None and verdict.explanation == given

    return was_done


def _is_mine(work: Work, form: Form, actor: User) -> bool:
    return work.analyst_id == actor.pk


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            "claim",
            "Claim",
            "Claim",
            forms.ActForm,
            _can_claim,
            lambda work, form, actor, at: triage.claim(
                work, actor=actor, at=at, **_given(form, "seen")
            ),
            _is_mine,
            "claimed",
            hint="You become the named contact. They read your name, and when they hear from us.",
            may_go_on=True,
            is_first=True,
        ),
        Act(
            "urgent",
            "Judge urgency",
            "Decide and tell them",
            forms.UrgencyForm,
            _can_judge,
            _judge,
            _was_judged,
            "judged",
            part="intake/triage/_part_urgent.html",
        ),
        Act(
            "ask",
            "Ask for information",
            "Send the questions",
            forms.AskForm,
            policies.can_ask,
            _ask,
            _was_asked,
            "asked",
            hint="One message with up to three numbered questions. They answer each on its own.",
            goes_on=True,
        ),
        Act(
            "take-back",
            "Take the questions back",
            "Take them back",
            forms.ActForm,
            _can_take_back,
            lambda work, form, actor, at: conversation.take_back_questions(
                work, actor=actor, at=at, **_given(form, "seen")
            ),
            lambda work, form, actor: not work.is_waiting,
            "waits for nobody any more",
            hint="What is not answered yet needs no answer then, and our clock goes on.",
        ),
        Act(
            "reply",
            "Write",
            "Send",
            forms.ReplyForm,
            policies.can_triage,
            lambda work, form, actor, at: conversation.write(
                work, actor=actor, at=at, **_given(form, "text", "token")
            ),
            lambda work, form, actor: False,
            "written to",
            hint="The first message by a person meets the promise of a first reply.",
        ),
        Act(
            "note",
            "Note",
            "Save internal note",
            forms.NoteForm,
            policies.can_triage,
            lambda work, form, actor, at: conversation.note(
                work, actor=actor, at=at, **_given(form, "text", "token")
            ),
            lambda work, form, actor: False,
            "noted",
            part="intake/triage/_part_note.html",
        ),
        Act(
            "reframe",
            "Play back the need",
            "Send for confirmation",
            forms.PlayBackForm,
            policies.can_give_verdict,
            lambda work, form, actor, at: triage.play_back(
                work, actor=actor, at=at, **_given(form, "text", "seen")
            ),
            _was_played_back,
            "played back",
            hint="They read “Is this what you meant?” and say yes, nearly or no.",
            goes_on=True,
            part="intake/triage/_part_reframe.html",
        ),
        Act(
            "propose",
            "Propose",
            "Send the proposal",
            forms.ProposeForm,
            policies.can_give_verdict,
            _propose,
            _was_proposed,
            "proposed",
            goes_on=True,
            is_wide=True,
        ),
        Act(
            "answer",
            "Answer",
            "Send the answer and close",
            forms.AnswerForm,
            policies.can_give_verdict,
            lambda work, form, actor, at: covering.answer(
                work, actor=actor, at=at, **_given(form, "text", "cadence", "seen")
            ),
            _ended_so(State.ANSWERED, "text"),
            "answered",
            hint="This closes the request. Where a service or a meeting answers it, name it.",
            goes_on=True,
            has_preview=True,
        ),
        Act(
            "park",
            "Park",
            "Park it",
            forms.ParkForm,
            policies.can_give_verdict,
            lambda work, form, actor, at: triage.park(
                work, actor=actor, at=at, **_given(form, "until", "event", "explanation", "seen")
            ),
            _ended_so(State.PARKED, "explanation"),
            "parked",
            hint="The proposal’s clock stops, the others pause. Once back, it is promised anew.",
            goes_on=True,
        ),
        Act(
            "decline",
            "Decline",
            "Decline the request",
            forms.DeclineForm,
            policies.can_give_verdict,
            lambda work, form, actor, at: triage.decline(
                work,
                actor=actor,
                at=at,
                **_given(form, "reason", "explanation", "alternative", "seen"),
            ),
            _ended_so(State.DECLINED, "explanation"),
            "declined",
            goes_on=True,
            has_preview=True,
        ),
        Act(
            "wake",
            "Wake now",
            "Wake it now",
            forms.ActForm,
            _can_wake,
            lambda work, form, actor, at: triage.wake(work, actor=actor, at=at),
            lambda work, form, actor: work.state == State.CLAIMED and work.returned_at is not None,
            "back from park",
            hint="It returns to its analyst, and its proposal is promised anew from now on.",
        ),
        Act(
            "hand-over",
            "Hand over for the check",
            "Hand it over",
            forms.ActForm,
            policies.can_deliver,
            lambda work, form, actor, at: agreement.hand_over(
                work, actor=actor, at=at, **_given(form, "seen")
            ),
            lambda work, form, actor: work.state == State.CHECK,
            "handed over",
            hint="The delivery clock stops, and they are asked whether it made a difference.",
        ),
        Act(
            "take-over",
            "Take over",
            "Take it over",
            forms.ActForm,
            _can_take_over,
            lambda work, form, actor, at: triage.assign(
                work, to=actor, actor=actor, at=at, **_given(form, "seen")
            ),
            _is_mine,
            "taken over",
            part="intake/triage/_part_holder.html",
        ),
        Act(
            "assign",
            "Assign",
            "Assign",
            forms.AssignForm,
            _can_assign,
            _assign,
            lambda work, form, actor: work.analyst_id == form.person().pk,
            "assigned",
            part="intake/triage/_part_holder.html",
            goes_on=True,
        ),
    )
}


def acts_for(user: User, work: Work) -> list[Act]:
    """What this person may do with this request now."""
    return [act for act in ACTS.values() if act.is_allowed(user, work)]
