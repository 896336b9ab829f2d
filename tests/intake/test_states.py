"""The table of moves is the life of a request as product.md tells it."""

import pytest

from intake.states import CLOCKS, CLOSED, MOVES, OPEN, IllegalMoveError, State

LEGAL = {
    # Answered straight away where a recurring decision covers what is asked.
    "draft": "new answered",
    "new": "claimed withdrawn",
    "claimed": "new discovery proposed answered declined merged parked withdrawn",
    "discovery": "proposed answered declined merged parked withdrawn",
    "proposed": "blueprint discovery withdrawn",
    "blueprint": "running withdrawn",
    "running": "check",
    "check": "done running",
    "parked": "claimed withdrawn",
    "done": "claimed running",
    "answered": "claimed running",
    "declined": "claimed running",
    "merged": "claimed running",
    "withdrawn": "claimed running",
}


@pytest.mark.parametrize("was", State)
def test_a_state_leaves_only_to_where_the_document_says(was):
    assert {str(to) for to in MOVES[was]} == set(LEGAL[was].split())


@pytest.mark.parametrize("state", sorted(CLOSED | {State.CHECK, State.DRAFT}))
def test_no_clock_runs_on_a_request_that_ended_or_waits_for_its_check(state):
    assert CLOCKS[state] == frozenset()


@pytest.mark.parametrize("state", sorted(OPEN - {State.NEW, State.CHECK}))
def test_the_requester_is_never_left_in_silence_while_a_request_is_open(state):
    assert "next_contact" in CLOCKS[state]


def test_an_illegal_move_explains_itself():
    assert str(IllegalMoveError(State.DONE, State.NEW)) == (
        "A request that is 'Closed. Result recorded' can't become 'Received'."
    )
