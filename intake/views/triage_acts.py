"""The acts of triage as one table: what each asks for, who may do it, which service does it."""

from collections.abc import Callable
from datetime import datetime

from accounts.models import User
from intake import policies
from intake.forms import triage as forms
from intake.models import WorkRequest
from intake.services import agreement, conversation, covering, ordering, triage, urgency
from intake.states import State
from intake.views.triage_act import Act, Form, Work, given
from intake.views.triage_desk import DESK
from intake.views.triage_undo import UNDO


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


def _can_begin(user: User, work: Work) -> bool:
    return policies.can_begin_order(user, work) and ordering.order_of(work) is not None


def _can_wake(user: User, work: Work) -> bool:
    return policies.can_triage(user, work) and work.state == State.PARKED


def _assign(work: Work, form: Form, actor: User, at: datetime) -> object:
    words = given(form, "note", "seen")
    return triage.assign(work, to=form.person(), actor=actor, at=at, **words)


def _ask(work: Work, form: Form, actor: User, at: datetime) -> object:
    words = given(form, "why", "blocks", "seen")
    return triage.ask(work, questions=form.questions(), actor=actor, at=at, **words)


def _propose(work: Work, form: Form, actor: User, at: datetime) -> object:
    words = given(form, "why", "seen")
    return triage.propose(work, tier=form.chosen(), actor=actor, at=at, **words)


def _judge(work: Work, form: Form, actor: User, at: datetime) -> object:
    words = given(form, "root", "cost_of_delay", "seen")
    accept = form.accepts()
    return urgency.judge(work, accept=accept, explanation=form.told(), actor=actor, at=at, **words)


def _was_asked(work: Work, form: Form, actor: User) -> bool:
    hold = work.holds.filter(asked_by=actor).order_by("-id").first()
    return hold is not None and [one.text for one in hold.questions.all()] == form.questions()


def _was_played_back(work: Work, form: Form, actor: User) -> bool:
    need = work.needs.order_by("-number").first()
    return need is not None and (need.text, need.written_by) == (form.cleaned_data["text"], actor)


def _was_proposed(work: Work, form: Form, actor: User) -> bool:
    offered = work.current_proposal()
    sent = (form.chosen().pk, form.cleaned_data["why"], actor.pk)
    return offered is not None and sent == (
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
        said = form.cleaned_data[words]
        return work.state == state and verdict is not None and verdict.explanation == said

    return was_done


def _is_mine(work: Work, form: Form, actor: User) -> bool:
    return work.analyst_id == actor.pk


HERE = (
    Act(
        "claim",
        "Claim",
        "Claim",
        forms.ActForm,
        _can_claim,
        lambda work, form, actor, at: triage.claim(work, actor=actor, at=at, **given(form, "seen")),
        _is_mine,
        "claimed",
        hint="You become the named contact. They read your name, and when they hear from us.",
        may_go_on=True,
        is_first=True,
        is_instant=True,
        key="c",
    ),
    Act(
        "begin",
        "Begin as asked",
        "Begin it",
        forms.ActForm,
        _can_begin,
        lambda work, form, actor, at: ordering.accept(
            work, actor=actor, at=at, **given(form, "seen")
        ),
        lambda work, form, actor: work.state == State.RUNNING,
        "begun",
        hint="They chose the tier themselves, so its promise starts now, and they are told.",
        goes_on=True,
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
        key="u",
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
        key="i",
        writes=True,
    ),
    Act(
        "reply",
        "Write",
        "Send",
        forms.ReplyForm,
        policies.can_triage,
        lambda work, form, actor, at: conversation.write(
            work, actor=actor, at=at, **given(form, "text", "token")
        ),
        lambda work, form, actor: False,
        "written to",
        hint="The first message by a person meets the promise of a first reply.",
        key="e",
        writes=True,
    ),
    Act(
        "note",
        "Note",
        "Save internal note",
        forms.NoteForm,
        policies.can_triage,
        lambda work, form, actor, at: conversation.note(
            work, actor=actor, at=at, **given(form, "text", "token")
        ),
        lambda work, form, actor: False,
        "noted",
        part="intake/triage/_part_note.html",
        key="n",
        writes=True,
    ),
    Act(
        "reframe",
        "Play back the need",
        "Send for confirmation",
        forms.PlayBackForm,
        policies.can_give_verdict,
        lambda work, form, actor, at: triage.play_back(
            work, actor=actor, at=at, **given(form, "text", "seen")
        ),
        _was_played_back,
        "played back",
        hint="They read “Is this what you meant?” and say yes, nearly or no.",
        goes_on=True,
        part="intake/triage/_part_reframe.html",
        key="r",
        writes=True,
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
        key="p",
    ),
    Act(
        "answer",
        "Answer",
        "Send the answer and close",
        forms.AnswerForm,
        policies.can_give_verdict,
        lambda work, form, actor, at: covering.answer(
            work, actor=actor, at=at, **given(form, "text", "cadence", "seen"), **form.root_given()
        ),
        _ended_so(State.ANSWERED, "text"),
        "answered",
        hint="This closes the request. Where a service or a meeting answers it, name it.",
        goes_on=True,
        has_preview=True,
        writes=True,
    ),
    Act(
        "park",
        "Park",
        "Park it",
        forms.ParkForm,
        policies.can_give_verdict,
        lambda work, form, actor, at: triage.park(
            work, actor=actor, at=at, **given(form, "until", "event", "explanation", "seen")
        ),
        _ended_so(State.PARKED, "explanation"),
        "parked",
        hint="The proposal’s clock stops, the others pause. Once back, it is promised anew.",
        goes_on=True,
        key="z",
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
            **given(form, "reason", "explanation", "alternative", "seen"),
            **form.root_given(),
        ),
        _ended_so(State.DECLINED, "explanation"),
        "declined",
        goes_on=True,
        has_preview=True,
        key="d",
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
        forms.HandOverForm,
        policies.can_deliver,
        lambda work, form, actor, at: agreement.hand_over(
            work, actor=actor, at=at, **given(form, "seen"), **form.root_given()
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
            work, to=actor, actor=actor, at=at, **given(form, "seen")
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
        key="a",
    ),
)
ACTS: dict[str, Act] = {act.name: act for act in (*HERE, *DESK, *UNDO)}


def acts_for(user: User, work: Work) -> list[Act]:
    """What this person may do with this request now."""
    return [act for act in ACTS.values() if act.is_allowed(user, work)]
