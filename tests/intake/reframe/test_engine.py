"""Solution language: the figures of every labelled set, and what a reading tells."""

import time

import pytest

from intake.reframe.engine import Level, read
from intake.reframe.phrases import known_phrases, measure
from intake.reframe.rules import rules_of_the_file
from intake.reframe.texts import LIMIT

RULES = rules_of_the_file()
EXPECTED = {
    "design": (50, 50, 30, 30),
    "plain": (40, 40, 30, 30),
    "hard": (29, 29, 30, 30),
    "fresh": (24, 30, 30, 30),
    "blind-4": (28, 30, 30, 30),
    "blind-5": (18, 20, 20, 20),
}


def test_every_labelled_set_stays_at_its_figures() -> None:
    found = {
        name: (f.hits, f.hits + f.misses, f.quiet, f.quiet + f.false_alarms)
        for name, f in measure(known_phrases(), RULES).items()
    }
    assert found == EXPECTED


@pytest.mark.parametrize(
    "phrase",
    [phrase for phrase in known_phrases() if phrase.level],
    ids=lambda phrase: phrase.text[:40],
)
def test_each_phrase_of_the_design_gets_its_level_group_and_rule(phrase) -> None:
    reading = read(phrase.text, RULES)
    assert reading.main is not None
    found = (reading.level, reading.group, reading.main.rule)
    assert found == (phrase.level, phrase.group, phrase.rule)


def test_the_marked_words_are_those_that_were_typed() -> None:
    typed = "Hello.\nWe  need some kind of “dashboard” for the steering group."
    [hit] = read("Hello.\nWe  need some kind of dashboard for the steering group.", RULES).hits
    assert (hit.rule, hit.group) == ("S1", "report")
    assert typed.replace("“", "").replace("”", "")[hit.start : hit.end] == (
        "need some kind of dashboard"
    )


def test_a_quality_word_gives_way_to_a_thing_asked_for_elsewhere() -> None:
    alone = read("We need better visibility.", RULES)
    assert (alone.level, alone.is_solution) == (Level.VAGUE, False)
    both = read("We want more transparency. Please build a dashboard.", RULES)
    assert [hit.rule for hit in both.hits] == ["S2"]
    assert both.level == Level.SOLUTION


def test_a_reason_in_the_same_sentence_lowers_the_level() -> None:
    reading = read("We need a tool because half of our projects are late.", RULES)
    assert (reading.level, "outcome" in reading.flags) == (Level.REASONED, True)


def test_passed_on_wishes_and_urgent_words_are_only_noted() -> None:
    reading = read("My director wants a heat map asap.", RULES)
    assert {"reported", "urgent"} <= reading.flags
    assert reading.level == Level.SOLUTION
    assert read("The go-live is urgent.", RULES).level == Level.NEED


@pytest.mark.parametrize("text", ["", "   \n\n ", "...?!;", "\x00", "’’’", "é" * 20, "🙂 🙂"])
def test_a_text_without_words_is_read_as_nothing(text: str) -> None:
    assert read(text, RULES).hits == ()


@pytest.mark.parametrize(
    "text",
    ["we need a " * 400, "report " * 600, "can you extend the " * 200, "if it " * 700, "-" * 5000],
)
def test_hostile_texts_cost_no_more_than_a_long_one(text: str) -> None:
    before = time.process_time()
    read(text, RULES)
    assert time.process_time() - before < 0.5


def test_what_is_past_the_limit_does_not_count() -> None:
    assert read("x" * LIMIT + ". We need a dashboard.", RULES).hits == ()
