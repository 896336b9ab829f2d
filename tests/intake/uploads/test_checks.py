"""A file is taken for what it holds: lies, bombs and names with paths are refused or harmless."""

import pytest

from intake.uploads import checks, kinds
from intake.uploads.checks import clean_name, problem
from intake.uploads.limits import MOST_BYTES
from tests.factories.files import EXE, PDF, TRUE, office, png, upload


@pytest.mark.parametrize("name", TRUE)
def test_a_true_file_of_each_kind_is_taken(name):
    assert problem(upload(name)) == ""


@pytest.mark.parametrize(
    "name", ["plan.exe", "page.html", "logo.svg", "data.xml", "old.doc", "macro.docm", "x", ".pdf"]
)
def test_other_kinds_are_refused_by_name(name):
    words = problem(upload(name, PDF))
    assert words.startswith(f"{name} must be one of pdf, docx")


LIES = {
    "plan.pdf": EXE,
    "late.pdf": b"x" * 2000 + PDF,
    "shot.png": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "half.png": png()[:18],
    "photo.jpg": png(),
    "cut.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "plan.docx": office("xl"),
    "macro.docx": office("word", {"word/vbaProject.bin": b"x"}),
    "zip.xlsx": b"PK\x03\x04 and nothing more",
    "old.pptx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "mail.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "page.txt": b"  <!DOCTYPE html><script>alert(1)</script>",
    "feed.csv": b"\xef\xbb\xbf<?xml version='1.0'?><svg/>",
    "prog.txt": EXE,
    "nul.csv": b"a;b\x00c",
    "pdf.txt": PDF,
}


@pytest.mark.parametrize("name", LIES)
def test_a_file_that_lies_about_its_kind_is_refused(name):
    assert "does not hold what its name says" in problem(upload(name, LIES[name]))


def test_an_empty_and_an_oversized_file_are_named():
    assert problem(upload("scan.pdf", b"")).startswith("scan.pdf is empty")
    large = upload("scan.pdf", PDF)
    large.size = MOST_BYTES + 1
    assert problem(large) == "scan.pdf must be smaller than 10 MB"


def test_what_bursts_when_it_is_opened_is_refused_unopened(monkeypatch):
    monkeypatch.setattr(kinds, "MOST_UNPACKED", 1_000_000)
    monkeypatch.setattr(kinds, "MOST_ENTRIES", 50)
    bombs = [
        ("a.docx", office("word", {"word/media.bin": b"\x00" * 1_100_000})),
        ("b.xlsx", office("xl", {f"xl/{n}": b"" for n in range(60)})),
        ("c.png", png(60_000, 60_000)),
    ]
    for name, content in bombs:
        assert "too large when it is opened" in problem(upload(name, content)), name


def test_a_table_of_contents_is_measured_before_it_is_read(monkeypatch):
    many = office("word", {f"word/{n}": b"" for n in range(60)})
    monkeypatch.setattr(kinds, "MOST_ENTRIES", 50)
    monkeypatch.setattr(kinds, "ZipFile", None)
    assert "too large" in problem(upload("plan.docx", many))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ana\\plan.pdf", "plan.pdf"),
        ("/etc/cron.d/x.csv", "x.csv"),
        ("plan\u202efdp.pdf", "planfdp.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("pl\x00an.pdf", "plan.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("", "file"),
        (None, "file"),
        ("..", ".."),
    ],
)
def test_of_a_name_only_its_last_part_is_kept(given, kept):
    assert clean_name(given) == kept
    assert len(clean_name(given)) <= checks.NAME_LENGTH
