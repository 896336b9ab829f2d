"""Signing a blueprint: what it needs, what it brings, and that it is for ever."""

from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.blueprints.parts import Part
from intake.models import BlueprintPart, BlueprintSignature, BlueprintVersion, Participant
from intake.services import agreement, blueprint, duties, signing
from intake.services.blueprint import (
    AlreadyStartedError,
    NoOpenVersionError,
    NotCompleteError,
    PartChangedError,
)
from intake.services.signing import VersionChangedError
from intake.states import IllegalMoveError, State
from tests.factories.blueprint import begin, bring_to_blueprint, change, sign, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(berlin):
    return berlin("2026-03-05 10:00")


@pytest.fixture
def together(work, analyst, silver, berlin):
    work = bring_to_blueprint(work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00"))
    begin(work, analyst, berlin("2026-03-04 10:00"))
    return work


@pytest.fixture
def signed(together, requester, analyst, at):
    """Running, with a second step and a promise of a time."""
    rows = text_of(together, "steps").content["rows"]
    after = {"lane": "pmo", "from": "PMO", "to": "Ana", "what": "range", "key": "range"}
    change(together, "steps", analyst, at, rows=[*rows, after | {"amount": 2, "unit": "days"}])
    said = text_of(together, "promises").content["rows"]
    call = {"sentence": "We call back", "kind": "time", "amount": 4, "unit": "hours"}
    change(together, "promises", analyst, at, rows=[*said, call | {"key": "we-call-back"}])
    sign(together, requester, at)
    sign(together, analyst, at)
    together.refresh_from_db()
    return together


def clock_of(work, metric, part):
    return work.subject.clocks.filter(metric=metric, part=part).latest("cycle")


def test_it_runs_once_both_have_signed_and_no_sooner(together, requester, analyst, at):
    sign(together, requester, at)
    together.refresh_from_db()
    assert together.state == State.BLUEPRINT
    sign(together, analyst, at)
    together.refresh_from_db()
    assert together.state == State.RUNNING
    assert together.clock("blueprint").outcome == "met"
    assert together.clock("delivery").state == "running"
    assert together.blueprint.criteria.count() == 2


def test_an_empty_part_and_two_approvers_keep_anybody_from_signing(
    together, requester, analyst, at
):
    change(together, "end", analyst, at, rows=[])
    change(together, "people", analyst, at, approver="Ana Silva and Dana Reyes")
    with pytest.raises(NotCompleteError) as refused:
        sign(together, requester, at)
    assert len(refused.value.problems) == 2
    assert "Name one approver. Two slow the decision down." in refused.value.problems


def test_a_version_that_changed_meanwhile_is_not_signed(together, requester, analyst, at):
    version = blueprint.open_version_of(together)
    digest = blueprint.fingerprint(blueprint.contents(version))
    change(together, "trigger", analyst, at, what="The plan is out")
    with pytest.raises(VersionChangedError) as conflict:
        signing.sign(together, number=1, digest=digest, actor=requester, at=at)
    assert conflict.value.newest.part == "trigger"


def test_an_approver_who_is_neither_side_signs_too(together, requester, analyst, outsider, at):
    Participant.objects.create(work=together, person=outsider, part="decides", added_at=at)
    change(together, "people", analyst, at, approver="Otto Berg")
    sign(together, requester, at)
    sign(together, analyst, at)
    together.refresh_from_db()
    assert together.state == State.BLUEPRINT
    sign(together, outsider, at)
    together.refresh_from_db()
    assert together.state == State.RUNNING


def test_handoffs_run_one_after_the_other_and_time_promises_at_once(
    signed, requester, analyst, berlin
):
    first = clock_of(signed, "handoff", "plan")
    assert (first.state, first.target_seconds) == ("running", 8 * 3600)
    assert not signed.subject.clocks.filter(part="range").exists()
    assert clock_of(signed, "promise", "we-call-back").due_at == berlin("2026-03-05 14:00")
    plan = signed.blueprint.duties.get(key="plan")
    duties.finish(signed, plan, actor=requester, at=berlin("2026-03-05 16:00"))
    assert clock_of(signed, "handoff", "plan").outcome == "met"
    assert clock_of(signed, "handoff", "range").due_at == berlin("2026-03-09 16:00")


def test_handing_over_ends_every_clock_of_the_blueprint(signed, analyst, requester, at):
    for criterion in signed.blueprint.criteria.all():
        agreement.tick(signed, criterion, done=True, actor=analyst, at=at)
    agreement.hand_over(signed, actor=analyst, at=at)
    assert not signed.subject.clocks.open().exists()
    agreement.not_finished(signed, what="The causes", actor=requester, at=at)
    assert clock_of(signed, "handoff", "plan").state == "running"


def test_a_change_leaves_the_old_version_in_force_until_it_is_signed(
    signed, requester, analyst, at, berlin
):
    later = berlin("2026-03-05 12:00")
    signing.propose_change(signed, reason="Too tight", actor=requester, at=at)
    assert text_of(signed, "steps").is_agreed
    rows = text_of(signed, "steps").content["rows"]
    change(signed, "steps", requester, at, rows=[rows[0] | {"amount": 3}, *rows[1:]])
    said = [row for row in text_of(signed, "promises").content["rows"] if row["kind"] == "value"]
    change(signed, "promises", requester, at, rows=said)
    assert not text_of(signed, "steps").is_agreed
    assert text_of(signed, "end").is_agreed
    assert clock_of(signed, "handoff", "plan").target_seconds == 8 * 3600
    sign(signed, requester, later)
    sign(signed, analyst, later)
    moved = clock_of(signed, "handoff", "plan")
    assert (moved.target_seconds, moved.cycle) == (3 * 8 * 3600, 1)
    assert clock_of(signed, "promise", "we-call-back").state == "cancelled"
    signed.blueprint.refresh_from_db()
    assert signed.blueprint.version.number == 2
    first = signed.blueprint_versions.get(number=1)
    assert blueprint.contents(first)[Part.STEPS]["rows"][0]["amount"] == 1


REFUSALS = (
    AlreadyStartedError, IllegalMoveError, NoOpenVersionError, NotCompleteError, PartChangedError,
    PermissionDenied,
)  # fmt: skip
ROWS = {
    "version": lambda version: BlueprintVersion.objects.filter(pk=version.pk),
    "part": lambda version: BlueprintPart.objects.filter(version=version),
    "signature": lambda version: BlueprintSignature.objects.filter(version=version),
}
COLUMNS = {
    "version": {"digest": "x", "number": 9, "signed_at": None, "reason": "other"},
    "part": {"content": {"what": "other"}, "edition": 7, "pmo_at": None},
    "signature": {"side": "approver"},
}


# What forms let through: they refuse NUL, and half a character can't arrive.
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    which=st.sampled_from(sorted(ROWS)),
    delete=st.booleans(),
    words=st.dictionaries(st.sampled_from(["what", "who"]), TEXT, min_size=1),
    acts=st.lists(st.sampled_from(["edit", "agree", "sign", "take"]), max_size=3),
    column=st.randoms(use_true_random=False),
)
def test_a_signed_blueprint_never_changes(
    signed, requester, analyst, at, which, delete, words, acts, column
):
    version = signed.blueprint_versions.get(number=1)
    was = blueprint.contents(version)
    name, value = column.choice(sorted(COLUMNS[which].items(), key=str))
    value = words if name == "content" else value
    rows = ROWS[which](version)
    spoil = rows.delete if delete else (lambda: rows.update(**{name: value}))
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        spoil()
    for act in acts:
        _try(act, signed, requester, analyst, words, at)
    version.refresh_from_db()
    assert blueprint.contents(version) == was
    assert version.digest == blueprint.fingerprint(was)


def _try(act, work, requester, analyst, words, at):
    """What people can do to a running request; most of it is refused, none of it may matter."""
    part = BlueprintPart.objects.filter(version__work=work, part="trigger").latest("pk")
    calls = {
        "edit": lambda: blueprint.edit(work, "trigger", words, seen=part.pk, actor=analyst, at=at),
        "agree": lambda: blueprint.agree(work, "trigger", seen=part.pk, actor=requester, at=at),
        "sign": lambda: sign(work, analyst, at),
        "take": lambda: signing.propose_change(work, reason="More", actor=analyst, at=at),
    }
    with suppress(*REFUSALS), transaction.atomic():
        calls[act]()
