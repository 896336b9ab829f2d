"""The badge of a request: never colour alone, and in the reader's words."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from intake.models import WorkRequest
from intake.reading.badges import LOOKS, badge_of
from intake.states import State

STYLES = (Path(settings.BASE_DIR) / "static" / "css" / "parts.css").read_text()


def a_work(state, **fields):
    return WorkRequest(state=state, analyst=User(name="Dana Reyes"), **fields)


@pytest.mark.parametrize("state", State)
def test_every_state_has_an_icon_and_a_tone_that_exist(state):
    tone, icon = LOOKS[state]
    assert re.search(rf"^\.icon-{icon}\b|\.icon-{icon} {{", STYLES, re.MULTILINE)
    assert f".tone-{tone} " in STYLES


@pytest.mark.parametrize(
    ("state", "theirs", "others"),
    [
        (State.NEW, "Received", "Received"),
        (State.CLAIMED, "Being looked at by Dana Reyes", "Being looked at"),
        (State.PROPOSED, "Proposal ready. Your choice", "Proposal sent"),
        (State.WITHDRAWN, "Withdrawn by you", "Withdrawn"),
        (State.DECLINED, "Not going ahead", "Not going ahead"),
    ],
)
def test_the_requester_is_spoken_to_and_others_are_told(state, theirs, others, berlin):
    now = berlin("2026-03-02 10:00")
    assert badge_of(a_work(state), now=now, is_theirs=True).words == theirs
    assert badge_of(a_work(state), now=now).words == others


def test_waiting_lies_on_top_of_the_state(berlin):
    now = berlin("2026-03-02 10:00")
    work = a_work(State.DISCOVERY, waiting_since=now)
    assert badge_of(work, now=now, is_theirs=True) == ("paused", "question", "Waiting for you")
    assert badge_of(work, now=now).words == "Waiting for requester"


def test_a_parked_request_says_until_when(berlin):
    work = a_work(State.PARKED, parked_until=date(2026, 5, 12))
    assert badge_of(work, now=berlin("2026-03-02 10:00")).words == "Parked until Tue 12 May"


def test_a_merged_request_names_the_one_it_joined(berlin):
    work = a_work(State.MERGED, merged_into=WorkRequest(number=121))
    assert badge_of(work, now=berlin("2026-03-02 10:00")).words == "Joined with PMO-0121"
