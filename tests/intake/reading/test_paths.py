"""The picture has its given places, the text form reads back what it wrote, breaks add up."""

import pytest

from intake.forms.paths import PathTextForm
from intake.models import PathStep
from intake.reading.path_picture import picture_of
from intake.reading.path_text import as_text
from intake.reading.paths import breaks_by, compared
from intake.services import paths
from tests.factories.intake import make_draft
from tests.factories.paths import FIVE, step_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draw(work, requester, berlin):
    def draw(steps, of=work):
        at = berlin("2026-03-02 11:00")
        path = paths.replace_steps(of, "today", steps=steps, actor=requester, at=at)
        return list(path.steps.all())

    return draw


def test_lanes_boxes_and_arrows_have_their_places(draw):
    picture = picture_of(draw(FIVE))
    assert (picture.width, picture.height) == (120 + 5 * 204, 24 + 4 * 108)
    assert [band.name for band in picture.bands] == [
        "Buyer", "Planner", "Controlling", "Capacity call",
    ]  # fmt: skip
    assert [(box.x, box.y) for box in picture.boxes[:3]] == [(120, 32), (324, 140), (528, 248)]
    assert picture.boxes[2].title == "3. Waits for cost d…"
    assert picture.boxes[2].pain == "pain 5 of 5 · breaks"
    into_third = picture.arrows[1]
    assert (into_third.wait, into_third.is_broken) == ("10 days", True)
    assert into_third.points == ((474, 178), (501, 178), (501, 286), (528, 286))


def test_after_six_steps_it_goes_on_in_a_second_block(draw):
    picture = picture_of(draw([step_of(f"Step {n}", f"Actor {n % 2}") for n in range(8)]))
    assert (picture.width, picture.height) == (120 + 6 * 204, 2 * (24 + 2 * 108))
    assert (picture.boxes[6].x, picture.boxes[6].y) == (120, 240 + 32)
    assert [mark.words for mark in picture.marks] == ["to 7"]


def test_the_text_is_read_back_as_it_was_written(draw):
    steps = draw([*FIVE, step_of("Asks again", wait_unit="unsure", break_cost="")])
    form = PathTextForm({"text": as_text(steps)})
    assert form.is_valid(), form.errors
    assert [paths.fields_of(step) for step in draw(form.steps)] == [
        paths.fields_of(step) for step in steps
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Enter at least one step"),
        ("What happens | who", "Enter at least one step"),
        ("Asks | Buyer | ask | - | - | soon | 2", "Line 1: enter how long it waits"),
        ("Asks", "Line 1: enter who does it"),
        ("\n".join(["Asks | Buyer | ask | - | - | 1 day | 2"] * 16), "at most 15 steps"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text, error):
    form = PathTextForm({"text": text})
    assert not form.is_valid()
    assert error in str(form.errors["text"])


def test_today_and_agreed_are_compared(draw):
    today = draw(FIVE)
    better = [step for step in today if not step.is_broken]
    rows = {row.label: (row.today, row.agreed) for row in compared(today, better)}
    assert rows["Waiting"] == ("18 days", "3 days")
    assert rows["Handoffs"] == ("4", "2")
    assert rows["Breaks"] == ("2", "0")


def test_breaks_add_up_over_requests_and_leave_drafts_out(draw, requester, analyst, berlin):
    draw(FIVE)
    draft = make_draft(requester, berlin("2026-03-02 11:00"))
    draw([step_of("Waits", days=50, broken="waits")], of=draft)
    told = [(row.name, row.times, row.days, row.weight) for row in breaks_by("break_kind", analyst)]
    assert told == [("waits too long", 1, "10 days", 10), ("comes too late", 1, "5 days", 5)]
    assert [row.name for row in breaks_by("actor", analyst)] == ["Controlling", "Planner"]
    assert PathStep.objects.breaks().count() == 2
