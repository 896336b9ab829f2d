"""The pages of a pilot."""

import html
import re

import pytest
import time_machine
from django.urls import reverse

from catalog.models import Pilot
from intake.models import WorkRequest
from intake.services import pilots
from intake.states import State
from tests.factories.intake import bring_to, make_work
from tests.factories.pilots import look, make_pilot

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(berlin):
    return berlin("2026-03-09 10:00")


@pytest.fixture
def running(work, analyst, silver, berlin):
    return bring_to(
        State.RUNNING, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00")
    )


@pytest.fixture
def pilot(running, analyst, at):
    return make_pilot(running, analyst, at)


def words_of(response):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", response.content.decode())))


def address(work, name="pilot", *more):
    return reverse(f"intake:{name}", args=[work.reference, *more])


GIVEN = {
    "signal": "a flag on Thursday",
    "customer": "planners",
    "effect": "book fewer trucks",
    "scope": "two of five plants",
    "check_in_days": "7",
    "step-0": "Plant north",
    "measure-0": "Late surprises",
    "baseline-0": "6",
    "target-0": "2",
    "keep_at-0": "3",
    "drop_at-0": "5",
}


def test_the_analyst_sets_it_up_and_the_lines_stand_in_their_order(
    client, running, analyst, requester, berlin
):
    client.force_login(analyst)
    page = address(running, "pilot_set_up")
    given = GIVEN | {"starts_on": "2099-03-09", "ends_on": "2099-04-05", "decider": requester.pk}
    wrong = client.post(page, given | {"keep_at-0": "5", "drop_at-0": "3"})
    assert wrong.status_code == 422
    assert "Keep lies nearer to the target than drop" in words_of(wrong)
    long = client.post(page, given | {"ends_on": "2099-06-05"})
    assert (long.status_code, "within six weeks" in words_of(long)) == (422, True)
    assert client.post(page, given).status_code == 302
    pilot = Pilot.objects.get()
    assert pilot.hypothesis == (
        "We believe that a flag on Thursday lets planners book fewer trucks."
    )


def test_both_sides_read_it_and_an_outsider_learns_nothing(
    client, running, pilot, requester, analyst, outsider, sponsor, berlin
):
    with time_machine.travel(berlin("2026-03-17 10:00"), tick=False):
        for person, status in ((requester, 200), (analyst, 200), (sponsor, 200), (outsider, 404)):
            client.force_login(person)
            assert client.get(address(running)).status_code == status
            page = reverse("intake:pilot_detail", args=[pilot.pk])
            assert client.get(page).status_code == status
        client.force_login(requester)
        said = words_of(client.get(address(running)))
    assert "Day 9 of 28. Ends Sun 5 Apr." in said
    assert "Gap: nobody checked in on Sun 15 Mar" in said


def test_a_check_in_says_something_and_shows_its_line(client, running, pilot, requester, at):
    client.force_login(requester)
    page = address(running, "check_in")
    with time_machine.travel(at, tick=False):
        assert client.post(page, {}).status_code == 422
        reading = f"reading-{pilot.criteria.get().pk}"
        assert client.post(page, {reading: "many"}).status_code == 422
        client.post(page, {reading: "2.5", "worked": "The flag was read"})
        said = words_of(client.get(address(running)))
    assert "Late surprises a month: 2.5" in said


def test_widening_waits_for_feedback(client, running, pilot, requester, analyst):
    client.force_login(analyst)
    answer = client.post(address(running, "pilot_widen"), follow=True)
    assert "has no feedback yet" in words_of(answer)
    client.force_login(requester)
    first = pilot.steps.get(position=1)
    client.post(address(running, "step_feedback", first.pk), {"text": "It helped us on Friday"})
    client.force_login(analyst)
    client.post(address(running, "pilot_widen"))
    assert pilot.steps.get(position=2).opened_by == analyst


def test_the_decision_follows_the_lines_and_nothing_is_preselected(
    client, running, pilot, requester, berlin
):
    look(running, requester, berlin("2026-04-03 10:00"), 4)
    pilots.tend(berlin("2026-04-06 07:00"))
    client.force_login(requester)
    page = address(running, "pilot_decide")
    shown = client.get(page)
    assert "By the lines you set: adapt" in words_of(shown)
    assert "checked" not in shown.content.decode().split("<form method")[-1]
    short = client.post(page, {"verdict": "keep", "reason": "Good", "learned": "x"})
    assert short.status_code == 422
    assert "in at least 40 characters" in words_of(short)
    reason = "Four surprises are few enough for the plants that we asked."
    client.post(page, {"verdict": "keep", "reason": reason, "learned": "Flags are read"})
    kept = Pilot.objects.get()
    assert (kept.verdict, kept.suggested, kept.decided_by) == ("keep", "adapt", requester)
    assert "By the lines it would have been: adapt" in words_of(client.get(address(running)))
    assert client.get(page).status_code == 302


def test_the_list_costs_the_same_for_many(
    client, running, pilot, analyst, silver, requester, outsider, at, django_assert_num_queries
):
    client.force_login(outsider)
    assert client.get(reverse("intake:pilots")).status_code == 403
    client.force_login(analyst)
    for _ in range(3):
        more = bring_to(
            State.RUNNING, make_work(requester, at), analyst=analyst, tier=silver, at=at
        )
        make_pilot(more, analyst, at)
    # session with its person, unclaimed count, pilots, their requests
    with django_assert_num_queries(4):
        answer = client.get(reverse("intake:pilots"))
    assert running.reference in words_of(answer)
    assert "None here" in words_of(client.get(reverse("intake:pilots") + "?show=past"))


def test_ending_early_asks_for_the_reason(client, running, pilot, requester):
    client.force_login(requester)
    page = address(running, "pilot_end")
    assert client.post(page, {"reason": ""}).status_code == 422
    client.post(page, {"reason": "The plant closes"})
    assert Pilot.objects.get().early_reason == "The plant closes"
    assert WorkRequest.objects.get(pk=running.pk).state == State.RUNNING
