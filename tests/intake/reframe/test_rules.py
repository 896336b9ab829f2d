"""Rules as people write them: what is wrong with them is said where it is."""

import copy

import pytest

from intake.reframe.rules import RulesError, compile_rules, document_of_the_file


def edited(path: str, value: object) -> dict:
    document = copy.deepcopy(document_of_the_file())
    *way, last = path.split(".")
    place = document
    for name in way:
        place = place[int(name)] if name.isdigit() else place[name]
    place[int(last) if last.isdigit() else last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("rules.0.re", "(open", "S1: is no regular expression"),
        ("rules.0.re", "{NOWHERE}", "S1: {NOWHERE} is no lexicon"),
        ("rules.0.re", "x*", "S1: matches the empty text"),
        ("rules.0.re", "", "S1: has no pattern"),
        ("lexicon.report", "dash(", "lexicon report: is no regular expression"),
        ("parts.ART", "{NP}", "parts ART: {NP} is no lexicon"),
        ("lexicon.tool", "tools?|", "lexicon tool: has an empty word"),
        ("rules.0.re", "(a+)+b", "S1: repeats a repetition"),
        ("frames", {"report": "{who}."}, "frames: the group tool has none"),
        ("lexicon", [], "lexicon: is missing"),
        ("version", "five", "version: must be a whole number"),
        ("questions.report", ["Only one?"], "questions report: has two required"),
        ("questions", {"report": ["A?", "B?"]}, "questions: the group tool has none"),
        ("generic", {"definite": "the"}, "generic: indefinite is missing"),
    ],
)
def test_what_is_wrong_is_named(path: str, value: object, said: str) -> None:
    with pytest.raises(RulesError) as error:
        compile_rules(edited(path, value))
    assert said in str(error.value)


def test_parts_that_grow_beyond_reason_are_refused() -> None:
    document = edited("parts.NP", "{ART}" * 100)
    with pytest.raises(RulesError, match="too long"):
        compile_rules(document)
