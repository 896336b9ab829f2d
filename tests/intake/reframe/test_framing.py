"""Whole requests: the two questions of the label guide, and the limit that is stated."""

import time

import pytest

from intake.reframe.framing import read_framing

READ = [
    # A thing, and nothing that hurts.
    ("Add a filter for owners to the board", "", "solution", "none-stated"),
    ("Library facilities and equipment", "Renovate the reading room.", "solution", "none-stated"),
    ("As a planner, I want to be able to rename a column", "", "solution", "none-stated"),
    ("Archive export", "This task is to write an export of all pages.", "solution", "none-stated"),
    # What hurts, and no thing.
    ("Saving a long form fails", "An error is shown after the third page.", "outcome", "flow"),
    ("", "How might we help parents find a school place?", "outcome", "flow"),
    ("Wrong totals", "The yearly report shows wrong totals for two regions.", "outcome", "risk"),
    ("Opening the map", "Opening the map takes 40 seconds.", "outcome", "time"),
    # Both.
    ("", "Install a traffic light; two accidents happened here this spring.", "mixed", "risk"),
    ("", "Build an importer, since copying by hand is tedious.", "mixed", "time"),
    ("", "Offer a shared lab, as equipment of one's own is too expensive.", "mixed", "cost"),
    ("", "Hire a second clerk; the waiting room is overcrowded.", "mixed", "flow"),
    # A category is no complaint, and an expected behaviour no request.
    ("Flooding and drainage", "Buy two pumps.", "solution", "none-stated"),
    ("Sorting is broken", "The newest entry should be displayed first.", "outcome", "flow"),
    ("Crash on save", "Steps to reproduce: Create a page. Add a table.", "outcome", "flow"),
]


@pytest.mark.parametrize(("title", "body", "framing", "pain"), READ)
def test_framing_and_pain_follow_the_label_guide(title, body, framing, pain) -> None:
    read = read_framing(title, body)
    assert (read.framing, read.pain) == (framing, pain)


@pytest.mark.parametrize("text", ["need to " * 400, "add the " * 400, "a, " * 900, "x" * 5000, ""])
def test_any_text_is_read_in_no_time(text: str) -> None:
    before = time.process_time()
    read_framing(text, text)
    assert time.process_time() - before < 1
