"""Joining two requests, moving lanes, and taking acts back."""

import pytest
from django.core.exceptions import PermissionDenied

from intake.models import Participant, WorkRequest
from intake.services import lanes, merging, problems, triage, undoing, weighing
from intake.services.merging import NotKeptError, TooLateError
from intake.states import State
from notifications.models import OutboxMessage
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db
WORDS = "Both are about the same late suppliers."


def fresh(work):
    return WorkRequest.objects.get(pk=work.pk)


@pytest.fixture
def at(berlin):
    return berlin("2026-03-02 11:00")


@pytest.fixture
def joined(work, outsider, analyst, at, berlin):
    """A request of somebody else, joined with `work`."""
    other = make_work(outsider, berlin("2026-03-02 10:30"))
    merging.merge(other, into=work, words=WORDS, actor=analyst, at=at)
    return fresh(other)


def test_a_joined_request_leads_to_the_kept_one_and_its_person_takes_part(joined, work, outsider):
    assert (joined.state, joined.merged_into) == (State.MERGED, work)
    assert work.participants.filter(person=outsider).exists()
    assert WorkRequest.objects.visible_to(outsider).filter(pk=work.pk).exists()
    assert not joined.subject.clocks.open().exists()
    told = OutboxMessage.objects.filter(recipient=outsider, kind="request_merged")
    assert told.count() == 1


def test_a_lead_undoes_a_joining_within_thirty_days(joined, work, outsider, analyst, lead, berlin):
    later = berlin("2026-03-20 11:00")
    with pytest.raises(PermissionDenied):
        merging.unmerge(joined, reason="No", actor=analyst, at=later)
    with pytest.raises(TooLateError):
        merging.unmerge(joined, reason="No", actor=lead, at=berlin("2026-04-02 11:01"))
    merging.unmerge(joined, reason="They differ", actor=lead, at=later)
    assert (fresh(joined).state, fresh(joined).merged_into) == (State.CLAIMED, None)
    assert not Participant.objects.filter(work=work, person=outsider).exists()
    assert fresh(joined).clock("proposal").state == "running"


def test_nothing_is_joined_with_what_is_over(joined, work, requester, analyst, at):
    third = make_work(requester, at)
    with pytest.raises(NotKeptError):
        merging.merge(third, into=joined, words=WORDS, actor=analyst, at=at)
    assert fresh(third).state == State.NEW


def test_another_lane_holds_the_clocks_to_its_own_promises(work, analyst, at):
    was = work.clock("proposal").due_at
    lanes.switch(work, lane="order", reason="It is a question", actor=analyst, at=at)
    assert fresh(work).is_quick
    assert fresh(work).clock("proposal").due_at < was


def test_a_claim_is_taken_back_only_while_nothing_else_was_done(work, analyst, at):
    triage.claim(work, actor=analyst, at=at)
    undoing.give_back(work, actor=analyst, at=at)
    assert (fresh(work).state, fresh(work).analyst) == (State.NEW, None)
    triage.claim(work, actor=analyst, at=at)
    triage.ask(work, questions=["Who?"], blocks=False, actor=analyst, at=at)
    with pytest.raises(PermissionDenied):
        undoing.give_back(work, actor=analyst, at=at)


def test_symptoms_are_closed_together_each_with_its_own_notice(work, outsider, analyst, at):
    other = make_work(outsider, at)
    problem = problems.open_problem(title="Late data", statement="", actor=analyst, at=at)
    for one in (work, other):
        problems.link(one, problem, actor=analyst, at=at)
    problem.refresh_from_db()
    words = problems.Verdict("The weekly call answers this from Monday on.")
    closed = problems.close(problem, verdict=words, actor=analyst, at=at, seen=problem.version)
    assert [one.pk for one in closed.done] == [work.pk, other.pk]
    assert {fresh(work).state, fresh(other).state} == {State.ANSWERED}
    assert OutboxMessage.objects.filter(kind="request_answered").count() == 2


def test_tags_are_the_pmo_s_and_written_once(work, requester, analyst, at):
    weighing.tag(work, names=weighing.tags_in("Fleet, fleet , board"), actor=analyst, at=at)
    assert sorted(work.tags.values_list("name", flat=True)) == ["board", "fleet"]
    with pytest.raises(PermissionDenied):
        weighing.tag(work, names=["mine"], actor=requester, at=at)
