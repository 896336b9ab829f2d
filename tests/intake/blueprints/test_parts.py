"""What a part says and lacks, and how two texts differ."""

from hypothesis import given
from hypothesis import strategies as st

from intake.blueprints.difference import difference
from intake.blueprints.parts import (
    ONE_APPROVER,
    Part,
    approvers,
    name_rows,
    problems,
    read_amount,
    seconds,
)

WORDS = st.lists(st.sampled_from(["late", "plan", "Friday", "\n", "truck"]), max_size=12)


def test_two_approvers_are_one_too_many():
    assert problems(Part.PEOPLE, {"approver": "Ana Silva and Dana Reyes"}) == [ONE_APPROVER]
    assert problems(Part.PEOPLE, {"approver": "Ana Silva, Dana Reyes"}) == [ONE_APPROVER]
    assert problems(Part.PEOPLE, {"approver": "Anders Holland"}) == []
    assert approvers({}) == []


def test_a_handoff_needs_from_to_and_time():
    row = {"from": "Ana", "to": "PMO", "what": "plan", "amount": None}
    assert problems(Part.STEPS, {"rows": [row]})
    assert not problems(Part.STEPS, {"rows": [row | {"amount": 2}]})


def test_the_time_of_a_standard_is_read_from_its_words():
    assert read_amount("2 working days") == (2, "days")
    assert read_amount("4 h") == (4, "hours")
    assert read_amount("the days of your tier", tier_days=8) == (8, "days")
    assert read_amount("soon") == (None, "days")
    assert seconds({"amount": 2, "unit": "days"}, 8 * 3600) == 16 * 3600


def test_a_row_keeps_its_name_and_a_new_one_gets_its_own():
    rows = name_rows([{"key": "plan", "what": "Plan"}, {"what": "Plan"}], "what")
    assert [row["key"] for row in rows] == ["plan", "plan-2"]


def test_words_added_and_removed_are_counted():
    found = difference("We look at the plan on Friday", "We look at the new plan each Thursday")
    assert found.summary == "3 words added, 2 removed"


@given(before=WORDS, after=WORDS)
def test_a_difference_holds_both_texts_whole(before, after):
    old, new = " ".join(before), " ".join(after)
    pieces = difference(old, new).pieces
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
