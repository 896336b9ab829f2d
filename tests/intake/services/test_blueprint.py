"""Writing a blueprint together: parts, ticks, comments, the soft lock."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.waiting import duties_of
from intake.blueprints.parts import Part
from intake.models import PartLock
from intake.services import blueprint, signing, triage
from intake.services.blueprint import AlreadyStartedError, NotCompleteError, PartChangedError
from intake.states import State
from notifications.models import OutboxMessage
from tests.factories.blueprint import agree_all, begin, bring_to_blueprint, change, sign, text_of
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(berlin):
    return berlin("2026-03-05 10:00")


@pytest.fixture
def together(work, analyst, silver, berlin):
    """A request that is set up together, with nothing written yet."""
    return bring_to_blueprint(work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00"))


def test_choosing_a_tier_leaves_it_to_be_set_up_while_the_blueprint_clock_runs(together):
    assert together.state == State.BLUEPRINT
    assert together.clock("blueprint").state == "running"
    assert not together.blueprint_versions.exists()


def test_a_blocking_question_pauses_the_blueprint_clock(together, analyst, at):
    triage.ask(together, questions=["Which plan?"], blocks=True, actor=analyst, at=at)
    assert together.clock("blueprint").state == "paused"


def test_the_standard_fills_every_part(together, requester, at):
    version = begin(together, requester, at)
    said = blueprint.contents(version)
    assert said[Part.STEPS]["rows"][0]["amount"] == 1
    assert said[Part.PROMISES]["rows"][0]["sentence"] == "First result within 8 working days"
    assert said[Part.PEOPLE]["approver"] == "Ana Silva"
    with pytest.raises(AlreadyStartedError):
        begin(together, requester, at)


def test_a_changed_part_loses_both_ticks_and_the_other_side_is_told(
    together, requester, analyst, at
):
    begin(together, analyst, at)
    for person in (requester, analyst):
        seen = text_of(together, "steps").pk
        blueprint.agree(together, "steps", seen=seen, actor=person, at=at)
    assert text_of(together, "steps").is_agreed
    rows = [dict(row, what="plan and prices") for row in text_of(together, "steps").content["rows"]]
    change(together, "steps", analyst, at, rows=rows)
    now = text_of(together, "steps")
    assert (now.requester_at, now.pmo_at, now.written_by) == (None, None, analyst)
    told = OutboxMessage.objects.filter(kind="blueprint_changed")
    assert [message.recipient for message in told] == [requester]


def test_a_save_over_a_newer_text_is_refused(together, requester, analyst, at):
    begin(together, analyst, at)
    seen = text_of(together, "trigger").pk
    change(together, "trigger", requester, at, what="The plan is out")
    with pytest.raises(PartChangedError) as conflict:
        blueprint.edit(together, "trigger", {"what": "x"}, seen=seen, actor=analyst, at=at)
    assert conflict.value.current.content["what"] == "The plan is out"
    with pytest.raises(PartChangedError):
        blueprint.agree(together, "trigger", seen=seen, actor=analyst, at=at)


def test_an_empty_part_cannot_be_agreed(together, requester, at):
    blueprint.start(together, source="blank", actor=requester, at=at)
    seen = text_of(together, "impact").pk
    with pytest.raises(NotCompleteError):
        blueprint.agree(together, "impact", seen=seen, actor=requester, at=at)


def test_a_change_after_all_agreed_opens_the_next_version(together, analyst, at):
    begin(together, analyst, at)
    agree_all(together, analyst, at)
    assert OutboxMessage.objects.filter(kind="blueprint_ready").count() == 2
    change(together, "trigger", analyst, at, what="The plan is out")
    version = blueprint.open_version_of(together)
    assert version.number == 2
    assert text_of(together, "steps").is_agreed
    assert not text_of(together, "trigger").is_agreed


def test_the_soft_lock_names_who_came_first_and_is_forgotten(together, requester, analyst, berlin):
    begin(together, analyst, berlin("2026-03-05 10:00"))
    blueprint.begin_editing(together, "end", actor=analyst, at=berlin("2026-03-05 14:02"))
    blueprint.begin_editing(together, "end", actor=requester, at=berlin("2026-03-05 14:10"))
    assert blueprint.locks_on(together, now=berlin("2026-03-05 14:11"))["end"].person == analyst
    assert not blueprint.locks_on(together, now=berlin("2026-03-05 14:40"))
    change(together, "end", analyst, berlin("2026-03-05 14:12"), stop_early="No plan in May")
    assert not PartLock.objects.exists()


def test_either_side_resolves_a_comment(together, requester, analyst, at):
    begin(together, analyst, at)
    thread = blueprint.comment(together, "end", text="Too vague?", actor=requester, at=at)
    blueprint.comment(together, "end", text="Better now", thread=thread, actor=analyst, at=at)
    blueprint.resolve(together, thread, actor=analyst, at=at)
    thread.refresh_from_db()
    assert thread.resolved_by == analyst
    assert thread.answers.count() == 1


def test_a_copy_comes_from_a_signed_blueprint_of_the_same_service_that_one_may_see(
    together, requester, analyst, outsider, silver, at
):
    other = bring_to_blueprint(make_work(requester, at), analyst=analyst, tier=silver, at=at)
    assert blueprint.sources_for(together, requester) == []
    signing.take_standard(other, actor=requester, at=at)
    assert blueprint.sources_for(together, requester) == [other]
    assert blueprint.sources_for(together, outsider) == []
    version = blueprint.start(together, source="copy", copied_from=other, actor=requester, at=at)
    assert (
        blueprint.contents(version)[Part.STEPS]
        == blueprint.contents(other.blueprint_versions.get())[Part.STEPS]
    )


def test_an_outsider_shapes_nothing(together, requester, outsider, at):
    begin(together, requester, at)
    for act in (
        lambda: change(together, "end", outsider, at, stop_early="x"),
        lambda: blueprint.comment(together, "end", text="x", actor=outsider, at=at),
        lambda: sign(together, outsider, at),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_the_quick_lane_always_takes_the_standard(requester, analyst, silver, at):
    work = make_work(requester, at, quick=True)
    work = bring_to_blueprint(work, analyst=analyst, tier=silver, at=at)
    assert work.is_quick
    assert work.state == State.RUNNING
    assert work.blueprint_versions.get().signed_at is not None


def test_parts_to_agree_and_versions_to_sign_wait_for_their_people(
    together, requester, analyst, outsider, at
):
    begin(together, analyst, at)
    waiting = [duty.what for duty in duties_of(requester, now=at)]
    assert waiting == ["Agree to parts 1, 2, 3, 4, 5, 6"]
    agree_all(together, analyst, at)
    assert "Sign version 1" in [duty.what for duty in duties_of(analyst, now=at)]
    sign(together, requester, at)
    assert duties_of(requester, now=at) == []
    assert duties_of(outsider, now=at) == []
