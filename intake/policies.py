"""Who may do what with a request. Services ask in order to refuse, views in order to hide."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role, User
from intake.models import (
    Answer,
    Attachment,
    DecisionPath,
    Participant,
    RulesVersion,
    WorkRequest,
)
from intake.states import AGREEING, BEFORE_CHOICE, IN_TRIAGE, MAY_HOLD, REOPENABLE, State


def is_of(user: User, work: WorkRequest) -> bool:
    """Whether this is the requester's side: who asked, who raised it, or who stands in for them."""
    return user.pk in (work.requester_id, work.raised_by_id) or _stands_in(user, work)


def _stands_in(user: User, work: WorkRequest) -> bool:
    """Whether the requester is away and this person acts for them; the PMO never does."""
    return not (user.is_pmo or work.is_draft) and work.requester_id in user.represented


def can_write_draft(user: User, work: WorkRequest) -> bool:
    """Answer its questions: whose draft it is, and whom they let add to it."""
    return work.is_draft and takes_part(user, work)


def can_end_draft(user: User, work: WorkRequest) -> bool:
    """Send it, delete it, or say who else may add to it."""
    return work.is_draft and is_of(user, work)


def can_triage(user: User, work: WorkRequest) -> bool:
    """Work a request as the PMO; nobody judges their own."""
    return user.is_pmo and work.requester_id != user.pk and not work.is_draft


def can_give_verdict(user: User, work: WorkRequest) -> bool:
    """Propose, answer, decline or park."""
    return can_triage(user, work) and work.state in IN_TRIAGE


def can_discover(user: User, work: WorkRequest) -> bool:
    """Lead a talk about the need; small asks need none."""
    states = IN_TRIAGE | AGREEING
    return can_triage(user, work) and not work.is_quick and work.state in states


def can_take_part(user: User, work: WorkRequest) -> bool:
    """Add to an agenda, a ladder or the notes of a talk: both sides, while it is open."""
    is_there = is_of(user, work) or can_triage(user, work)
    return is_there and work.is_open and not work.is_quick


def can_choose_time(user: User, work: WorkRequest) -> bool:
    return can_take_part(user, work)


def can_read_talks(user: User, work: WorkRequest) -> bool:
    """What is said in a talk is for those who have it, not for participants and sponsors."""
    return is_of(user, work) or can_see_internal(user, work)


def can_edit_need(user: User, work: WorkRequest) -> bool:
    """Word the need anew, and agree to it: both sides, before a proposal."""
    return can_take_part(user, work) and work.state in IN_TRIAGE


def can_write_hypothesis(user: User, work: WorkRequest) -> bool:
    """Say what the work shall change: both sides, while it is open."""
    return can_take_part(user, work)


def can_keep_cadence(user: User) -> bool:
    """Keep the calendar of recurring decisions."""
    return user.is_pmo


def can_override(user: User, work: WorkRequest) -> bool:
    """Undo what the PMO decided; a lead may, with a reason."""
    return user.is_lead and can_triage(user, work)


def can_ask(user: User, work: WorkRequest) -> bool:
    """Put questions to the requester; a new request is claimed by it first."""
    return can_triage(user, work) and work.state in MAY_HOLD | {State.NEW}


def can_see_internal(user: User, work: WorkRequest) -> bool:
    """Read notes and what is marked PMO only."""
    return user.is_pmo and work.requester_id != user.pk


def can_read_pmo_only(user: User, work: WorkRequest) -> bool:
    """Read answers marked "PMO only": who gave them and the PMO, no sponsor and no participant."""
    return is_of(user, work) or can_see_internal(user, work)


def in_words_for(user: User, works: QuerySet[WorkRequest]) -> QuerySet[WorkRequest]:
    """Those whose own words this person may read: a search among others would tell them."""
    if user.is_pmo:
        return works
    kept = Answer.objects.filter(work=OuterRef("pk"), slug="need", is_pmo_only=True)
    theirs = Q(requester=user) | Q(raised_by=user) | Q(requester__in=user.represented)
    return works.filter(theirs | ~Exists(kept))


def takes_part(user: User, work: WorkRequest) -> bool:
    """Whether the request is theirs or they were added to it."""
    return is_of(user, work) or work.participants.filter(person=user).exists()


def can_write(user: User, work: WorkRequest) -> bool:
    """Add to the conversation: both sides, as long as there is somebody to read it."""
    return not work.is_draft and (can_triage(user, work) or takes_part(user, work))


def can_raise_for_others(user: User) -> bool:
    """Write a request down for whoever would rather talk than write."""
    return user.is_pmo


def can_begin_order(user: User, work: WorkRequest) -> bool:
    """Begin what somebody asked for by name, without a proposal in between."""
    return can_triage(user, work) and work.is_quick and work.state in IN_TRIAGE


def can_attach(user: User, work: WorkRequest, *, is_internal: bool = False) -> bool:
    """Add a file: to a draft, to the conversation, or to what only the PMO reads."""
    if work.is_draft:
        return can_write_draft(user, work) and not is_internal
    return can_triage(user, work) if is_internal else can_write(user, work)


def can_remove_file(user: User, attachment: Attachment) -> bool:
    """Take a file away: from a draft who writes it, later who added it, while it is open."""
    work = attachment.work
    if work.is_draft:
        return can_write_draft(user, work)
    return attachment.uploader_id == user.pk and work.is_open


def can_answer(user: User, work: WorkRequest) -> bool:
    """Answer questions, agree the need, choose a tier and check the result."""
    return is_of(user, work) and work.is_open


def can_edit_path(user: User, work: WorkRequest, version: str) -> bool:
    """Both sides: today's until a proposal is accepted, the agreed one while that is worked out."""
    if work.is_draft:
        return can_write_draft(user, work)
    states = BEFORE_CHOICE if version == DecisionPath.Version.TODAY else AGREEING
    return work.state in states and (is_of(user, work) or can_triage(user, work))


def can_choose(user: User, work: WorkRequest) -> bool:
    return can_answer(user, work) and work.state == State.PROPOSED


def can_withdraw(user: User, work: WorkRequest) -> bool:
    return is_of(user, work) and work.is_before_running


def can_shape(user: User, work: WorkRequest) -> bool:
    """Write and agree the parts of a blueprint: both sides, while it is set up or running."""
    is_time = work.state in (State.BLUEPRINT, State.RUNNING)
    return is_time and (is_of(user, work) or can_triage(user, work))


def can_take_standard(user: User, work: WorkRequest) -> bool:
    """Take the service's standard blueprint as it is, which signs it."""
    return can_answer(user, work) and work.state == State.BLUEPRINT


def can_comment(user: User, work: WorkRequest) -> bool:
    """Remark on a part, and resolve a remark."""
    return work.state in (State.BLUEPRINT, State.RUNNING) and can_write(user, work)


def signs_for_pmo(user: User, work: WorkRequest) -> bool:
    """The contact of the request signs for the PMO, or a lead in their place."""
    return can_triage(user, work) and (user.pk == work.analyst_id or user.is_lead)


def can_finish_step(user: User, work: WorkRequest) -> bool:
    """Say that a handoff happened, or that a promise was kept."""
    return work.state == State.RUNNING and (is_of(user, work) or can_triage(user, work))


def can_set_up_pilot(user: User, work: WorkRequest) -> bool:
    """Try the service with a running request, and widen the trial."""
    return can_triage(user, work) and work.state == State.RUNNING


def can_check_in(user: User, work: WorkRequest) -> bool:
    """Look at the pilot: either side, until it is decided."""
    is_on = work.pilot is not None and work.pilot.decided_at is None
    return is_on and (is_of(user, work) or can_triage(user, work))


def can_decide_pilot(user: User, work: WorkRequest) -> bool:
    """Give the verdict: who was named before the start, or a lead in their place."""
    pilot = work.pilot
    if pilot is None or pilot.decided_at is not None:
        return False
    return user.pk == pilot.decider_id or (user.is_lead and can_triage(user, work))


def can_end_pilot(user: User, work: WorkRequest) -> bool:
    """End the box of time early: who decides, and the contact in the PMO."""
    is_on = work.pilot is not None and work.pilot.ended_at is None
    return is_on and (can_decide_pilot(user, work) or can_triage(user, work))


def can_deliver(user: User, work: WorkRequest) -> bool:
    """Tick exit criteria and hand the result over."""
    return can_triage(user, work) and work.state == State.RUNNING


def can_check(user: User, work: WorkRequest) -> bool:
    return can_answer(user, work) and work.state == State.CHECK


def can_amend(user: User, work: WorkRequest) -> bool:
    """Change an answer of the framing, until a proposal is accepted."""
    return is_of(user, work) and work.state in BEFORE_CHOICE


def can_follow(user: User, work: WorkRequest) -> bool:
    """Join an open request of one's own department, whose title one is shown while asking."""
    own = user.department_id is not None and user.department_id == work.department_id
    return own and work.is_open and not (user.is_pmo or is_of(user, work))


def can_change_people(user: User, work: WorkRequest) -> bool:
    """Add and remove participants, and say who else may see the request."""
    return not work.is_draft and (is_of(user, work) or can_triage(user, work))


def can_record_decision(user: User, work: WorkRequest) -> bool:
    """Say what was decided: the requester's side, whoever takes part as the decider, the PMO."""
    decides = work.participants.filter(person=user, part=Participant.Part.DECIDES).exists
    return not work.is_draft and (is_of(user, work) or can_triage(user, work) or decides())


def can_look_again(user: User, work: WorkRequest) -> bool:
    """Ask for a declined request to be looked at again: once; the service holds the days."""
    return is_of(user, work) and work.state == State.DECLINED and work.asked_again_at is None


def can_reopen(user: User, work: WorkRequest) -> bool:
    """Take a closed request up again; what nobody ever looked at is asked anew instead."""
    may = is_of(user, work) or can_triage(user, work)
    return may and work.state in REOPENABLE and work.analyst_id is not None


def can_name_new_date(user: User, work: WorkRequest) -> bool:
    """Tell the requester the new date of a late promise."""
    return can_triage(user, work) and work.is_open


def can_redact(user: User) -> bool:
    """Take a text away for good."""
    return user.has_role(Role.ADMINISTRATOR)


def can_import(user: User) -> bool:
    """Bring an old queue in."""
    return user.has_role(Role.ADMINISTRATOR, Role.LEAD)


def can_manage_rules(user: User) -> bool:
    """Propose and publish rules of solution language, and new wordings of questions."""
    return user.has_role(Role.ADMINISTRATOR, Role.LEAD)


def can_publish_rules(user: User, version: RulesVersion) -> bool:
    """Two people: nobody publishes what they proposed."""
    is_open = version.state == RulesVersion.State.PROPOSED
    return is_open and can_manage_rules(user) and version.proposed_by_id != user.pk


def can_withdraw_rules(user: User, version: RulesVersion) -> bool:
    return version.state == RulesVersion.State.PROPOSED and can_manage_rules(user)
