"""A row becomes a request in the requester's words, or a reason that says what to mend."""

from zoneinfo import ZoneInfo

import pytest

from intake.importing.csv_file import Row
from intake.importing.rows import (
    LONGEST_TEXT,
    Reading,
    Refused,
    RefusedError,
    clean,
    name_from,
    shortened,
    words,
)
from tests.conftest import at_berlin

FIELDS = ("title", "body", "requester", "received", "reference", "state")
PLACES = {field: place for place, field in enumerate(FIELDS)}
GOOD = {
    "title": "Late suppliers",
    "body": "We learn of it on Friday.",
    "requester": "ana.silva@example.org",
    "received": "2026-02-20 10:00",
    "reference": "T-1",
    "state": "Open",
}


def reading(**changes) -> Reading:
    settings = {"at": at_berlin("2026-03-02 10:00"), "zone": ZoneInfo("Europe/Berlin")}
    return Reading(**settings | {"source": "desk"} | changes)


def row(line: int = 2, **cells) -> Row:
    return Row(line, line, [(GOOD | cells)[field] for field in FIELDS])


def read(reader: Reading | None = None, **cells):
    return (reader or reading()).read(row(**cells), PLACES)


def reason(reader: Reading | None = None, **cells) -> str:
    with pytest.raises(RefusedError) as refused:
        read(reader, **cells)
    return refused.value.reason


def test_a_row_keeps_the_words_the_person_and_the_day():
    old = read()
    assert (old.title, old.ask) == (
        "Late suppliers",
        "Late suppliers\n\nWe learn of it on Friday.",
    )
    assert (old.email, old.name) == ("ana.silva@example.org", "Ana Silva")
    assert old.received_at == at_berlin("2026-02-20 10:00")
    assert (old.key, old.reference) == ("desk/T-1", "T-1")


def test_title_or_body_alone_is_enough():
    assert words("Late suppliers", "") == ("Late suppliers", "Late suppliers")
    assert words("", "We pay twice.\nEvery week.") == (
        "We pay twice.",
        "We pay twice.\nEvery week.",
    )


def test_a_body_that_begins_with_the_title_does_not_repeat_it():
    assert words("Late", "Late suppliers cost us")[1] == "Late suppliers cost us"


def test_a_long_title_is_cut_between_words_and_kept_whole_in_the_text():
    title = "word " * 60
    short, said = words(title, "")
    assert len(short) <= 120
    assert short.endswith("word …")
    assert said == title.strip()
    assert len(shortened("x" * 500)) <= 120


def test_control_characters_never_come_in():
    assert clean("a\x00b\x0bc\u2028d\ufffd\r\ne\ud800") == "a b c d \ne"
    old = read(title="Late\x00 suppliers", reference="T\x00 1")
    assert old.title == "Late suppliers"
    assert old.reference == "T 1"


def test_a_person_may_be_written_with_a_name():
    old = read(requester='"Silva, Ana" <Ana@Example.org>')
    assert (old.email, old.name) == ("ana@example.org", "Silva, Ana")
    assert name_from("a.b-c_99@example.org") == "A B C"


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"title": " ", "body": "\x00"}, "asks for nothing"),
        ({"body": "x" * (LONGEST_TEXT + 1)}, "20,000 fit"),
        ({"requester": ""}, "does not say who asks"),
        ({"requester": "Ana Silva"}, "no mail address"),
        ({"requester": "ana@"}, "no mail address"),
        ({"requester": f"{'a' * 250}@example.org"}, "mail address"),
        ({"received": ""}, "when it was received"),
        ({"received": "03/02/2026"}, "could be two dates"),
        ({"received": "2026-03-02 10:01"}, "in the future"),
        ({"state": "Limbo"}, "open or closed"),
        ({"state": "Done"}, "finished"),
    ],
)
def test_a_row_is_refused_with_what_to_mend(cells, sentence):
    assert sentence in reason(**cells)


def test_what_is_finished_is_told_apart_from_what_is_wrong():
    [finished, wrong] = reading().read_all([row(state="closed"), row(3, received="?")], PLACES)
    assert (finished.is_finished, wrong.is_finished) == (True, False)


def test_constants_stand_in_where_a_row_says_nothing():
    reader = reading(requester="desk@example.org", received_at=at_berlin("2026-03-01 09:00"))
    old = read(reader, requester="", received="")
    assert (old.email, old.received_at) == ("desk@example.org", at_berlin("2026-03-01 09:00"))
    assert "no mail address" in reason(reader, requester="Ana Silva")


def test_without_a_reference_the_words_and_the_person_tell_doubles():
    old = read(reference="")
    assert old.key == read(reference="").key
    assert len(old.key) <= 80
    others = [{"title": "x"}, {"body": "x"}, {"requester": "b@example.org"}]
    assert old.key not in {read(reference="", **change).key for change in others}
    assert old.key != read(reading(source="mail"), reference="").key


def test_a_reference_too_long_for_a_key_still_tells_doubles():
    long = read(reference="T" * 100)
    assert len(long.key) <= 80
    assert long.key != read(reference="T" * 101).key


def test_the_same_reference_twice_in_a_file_is_refused_with_the_first_line():
    found = list(reading().read_all([row(2), row(3), row(4, reference="T-2")], PLACES))
    assert found[1] == Refused(3, "The same reference T-1 stands on line 2.", row(3).cells)
    assert found[2].line == 4


def test_a_fault_of_the_file_is_told_with_its_lines():
    broken = Row(5, 9, [], "The quotes don't match.")
    [refused] = reading().read_all([broken], PLACES)
    assert refused.reason == "The quotes don't match. (lines 5 to 9)"
