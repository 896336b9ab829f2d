"""The level that a request keeps, and the analyst's label, which wins."""

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Entry
from intake.models import SolutionLabel, WorkRequest
from intake.services import reframing
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(requester, policies, berlin):
    need = "We need a dashboard for the steering group."
    return make_work(requester, berlin("2026-03-02 10:00"), need=need)


def test_a_received_request_keeps_its_level_and_the_rules_version(asked, work):
    assert (asked.solution_level, asked.solution_rules) == (3, 5)
    assert work.solution_level == 0


def test_the_label_of_an_analyst_wins_and_can_be_taken_back(asked, analyst, berlin):
    at = berlin("2026-03-02 11:00")
    reframing.label_solution(asked, is_solution=False, actor=analyst, at=at)
    assert WorkRequest.objects.get(pk=asked.pk).solution_level == 0
    reframing.label_solution(asked, is_solution=True, actor=analyst, at=at)
    assert WorkRequest.objects.get(pk=asked.pk).solution_level == 3
    assert SolutionLabel.objects.count() == 1
    reframing.label_solution(asked, is_solution=False, actor=analyst, at=at)
    reframing.unlabel_solution(asked, actor=analyst, at=at)
    assert WorkRequest.objects.get(pk=asked.pk).solution_level == 3
    assert not Entry.objects.about(asked).for_requester().filter(action__contains="label").exists()


def test_only_the_pmo_labels(asked, requester, berlin):
    with pytest.raises(PermissionDenied):
        reframing.label_solution(
            asked, is_solution=True, actor=requester, at=berlin("2026-03-02 11:00")
        )


def test_the_chip_stands_in_the_queue_and_the_words_are_marked_at_the_play_back(
    client, asked, analyst
):
    client.force_login(analyst)
    assert "asks for a solution" in client.get("/triage/").content.decode()
    page = client.get(f"/triage/{asked.reference}/").content.decode()
    assert "asks for a solution" in page
    act = client.get(f"/triage/{asked.reference}/reframe/").content.decode()
    assert "<mark>need a dashboard</mark>" in act
    assert "Who looks at it, and at which moment?" in act
