"""A decision path is changed step by step by both sides, and never by two at once unnoticed."""

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Entry
from intake.models import Answer, PathStep, WorkRequest
from intake.services import paths
from intake.services.path_words import summary_of
from intake.states import State
from tests.factories.intake import bring_to, make_draft
from tests.factories.paths import FIVE, step_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(work, requester, berlin):
    return paths.replace_steps(
        work, "today", steps=FIVE, actor=requester, at=berlin("2026-03-02 11:00")
    )


def titles(path):
    return [(step.position, step.what) for step in path.steps.all()]


def test_the_summary_names_waiting_handoffs_breaks_and_pain(path):
    assert str(summary_of(list(path.steps.all()))) == (
        "18 days are waiting, 15 days of them where the path breaks. "
        "4 people or groups, 4 handoffs. "
        "The path breaks at step 3 (waits too long) and step 5 (comes too late). "
        "Highest pain: step 3."
    )


def test_a_wait_that_nobody_knows_makes_it_at_least(work, requester, berlin):
    unsure = step_of("Decides", wait_unit="unsure")
    path = paths.replace_steps(
        work,
        "today",
        steps=[step_of("Asks", days=1), unsure],
        actor=requester,
        at=berlin("2026-03-02 11:00"),
    )
    told = str(summary_of(list(path.steps.all())))
    assert told.startswith("At least 1 day is waiting. 1 person or group, no handoffs. No step")


def test_steps_move_are_added_in_between_and_deleted_without_gaps(work, path, requester, berlin):
    told = {"actor": requester, "at": berlin("2026-03-02 12:00")}
    assert paths.move_step(work, "today", 4, up=True, **told).position == 3
    paths.move_step(work, "today", 1, up=True, **told)
    paths.add_step(work, "today", before=2, fields=step_of("Asks twice"), **told)
    paths.delete_step(work, "today", 3, **told)
    assert titles(path) == [
        (1, "Notices a late supplier"),
        (2, "Asks twice"),
        (3, "Decides what to book"),
        (4, "Waits for cost data"),
        (5, "Books the trucks"),
    ]


def test_a_change_based_on_an_older_path_is_refused(work, path, requester, analyst, berlin):
    at = berlin("2026-03-02 12:00")
    paths.change_step(work, "today", 1, fields=step_of("Hears of it"), actor=analyst, at=at, seen=1)
    with pytest.raises(paths.StalePathError):
        paths.delete_step(work, "today", 1, actor=requester, at=at, seen=1)
    assert titles(path)[0] == (1, "Hears of it")


def test_fifteen_steps_are_the_most(work, requester, berlin):
    told = {"actor": requester, "at": berlin("2026-03-02 12:00")}
    paths.replace_steps(work, "today", steps=[step_of("One")] * 15, **told)
    with pytest.raises(paths.TooManyStepsError):
        paths.add_step(work, "today", fields=step_of("Sixteenth"), **told)


def test_in_a_draft_the_summary_is_the_answer_and_goes_with_the_last_step(requester, berlin, work):
    at = berlin("2026-03-02 10:30")
    draft = make_draft(requester, at)
    paths.add_step(draft, "today", fields=step_of("Asks", days=1), actor=requester, at=at)
    answer = Answer.objects.get(work=draft, slug="path")
    assert (answer.status, answer.get("path")[:18]) == ("given", "1 day is waiting. ")
    paths.delete_step(draft, "today", 1, actor=requester, at=at)
    assert not Answer.objects.filter(work=draft, slug="path").exists()
    assert not Entry.objects.filter(action="intake.path_changed").exists()


def test_today_is_open_until_a_proposal_is_accepted(
    work, requester, analyst, silver, outsider, berlin
):
    at = berlin("2026-03-02 12:00")
    with pytest.raises(PermissionDenied):
        paths.add_step(work, "today", fields=step_of("Peeps"), actor=outsider, at=at)
    work = bring_to(State.PROPOSED, work, analyst=analyst, tier=silver, at=at)
    paths.add_step(work, "today", fields=step_of("Asks"), actor=analyst, at=at)
    assert Entry.objects.filter(action="intake.path_changed").get().data["step"] == "Asks"
    work = bring_to_running(work, requester, silver, berlin("2026-03-03 12:00"))
    with pytest.raises(PermissionDenied):
        paths.add_step(work, "today", fields=step_of("Too late"), actor=requester, at=at)


def bring_to_running(work, requester, silver, at):
    from intake.services import agreement

    agreement.choose_tier(work, tier=silver, actor=requester, at=at)
    return WorkRequest.objects.get(pk=work.pk)


def test_the_agreed_path_starts_as_a_copy_of_today(work, path, requester, analyst, silver, berlin):
    at = berlin("2026-03-02 13:00")
    with pytest.raises(PermissionDenied):
        paths.begin_agreed(work, actor=requester, at=at)
    work = bring_to(State.DISCOVERY, work, analyst=analyst, tier=silver, at=at)
    agreed = paths.begin_agreed(work, actor=requester, at=at)
    assert titles(agreed) == titles(path)
    paths.delete_step(work, "agreed", 3, actor=analyst, at=at)
    assert PathStep.objects.filter(path=path).count() == 5
    assert paths.begin_agreed(work, actor=requester, at=at).steps.count() == 4
