"""A file is read whoever wrote it, and told apart from what is no table."""

from pathlib import Path

import pytest

from intake.importing.csv_file import UnreadableFileError, open_csv

TEXT = "Ref,Titel\n1,Größe der Flotte\n2,Café – wann?\n"


def rows(path: Path, **given):
    return [row.cells for row in open_csv(path, **given).rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_found(tmp_path, encoding):
    path = tmp_path / "old.csv"
    path.write_text(TEXT, encoding=encoding)
    assert open_csv(path).header == ["Ref", "Titel"]
    assert rows(path) == [["1", "Größe der Flotte"], ["2", "Café – wann?"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    path = tmp_path / "old.csv"
    path.write_text(TEXT.replace(",", delimiter))
    assert rows(path)[0] == ["1", "Größe der Flotte"]


def test_the_wanted_columns_decide_between_delimiters(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("Title, short, plain;Body\nA;B\n")
    assert open_csv(path, wanted=["Body"]).delimiter == ";"


def test_rows_know_their_lines_and_empty_ones_are_left_out(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text('Ref,Text\n1,"two\nlines"\n\n ,\n2,one\n')
    assert [(row.line, row.last_line) for row in open_csv(path).rows()] == [(2, 3), (6, 6)]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(tmp_path, ends):
    path = tmp_path / "old.csv"
    path.write_bytes(TEXT.replace("\n", ends).encode())
    assert len(rows(path)) == 2


def test_a_ragged_row_says_so_and_the_next_one_is_read(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("a,b\n1,2,3\n1\n1,2\n")
    faults = [row.fault for row in open_csv(path).rows()]
    assert faults == [
        "The row has 3 cells and the header 2.",
        "The row has 1 cells and the header 2.",
        "",
    ]


def test_a_stray_quote_costs_its_own_row_only(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text('a,b\n1,"a "quoted" word"\n2,fine\n')
    read = list(open_csv(path).rows())
    assert read[0].fault.startswith("The quotes don't match")
    assert read[-1].cells == ["2", "fine"]


def test_a_quote_that_is_never_closed_is_told_with_its_line(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text('a,b\n1,fine\n2,"open\n3,swallowed\n')
    last = list(open_csv(path).rows())[-1]
    assert (last.line, last.last_line) == (3, 4)
    assert last.fault


def test_a_huge_cell_is_refused_with_a_reason(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("a,b\n1," + "x" * 200_001 + "\n2,fine\n")
    read = list(open_csv(path).rows())
    assert "longer than 200,000 characters" in read[0].fault
    assert read[1].cells == ["2", "fine"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0rest", "spreadsheet"),
        (b"a\x00b\x00,\x00c\x00", "no text"),
        (b"caf\x81,x\n", "encoding"),
    ],
)
def test_what_is_no_text_is_refused_with_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "old.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=sentence):
        open_csv(path)


def test_a_missing_file_and_an_unknown_encoding_are_told(tmp_path):
    with pytest.raises(UnreadableFileError, match="can't be read"):
        open_csv(tmp_path / "nowhere.csv")
    path = tmp_path / "old.csv"
    path.write_text(TEXT, encoding="cp1252")
    with pytest.raises(UnreadableFileError, match="not written in utf-8"):
        open_csv(path, encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="no encoding"):
        open_csv(path, encoding="klingon")
