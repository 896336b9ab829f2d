"""The command: preview, import, report, and sentences instead of tracebacks."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from intake.importing import batches
from intake.management.commands import import_requests
from intake.models import WorkRequest

MAP = "--map=title=Subject,body=Text,requester=Reported by,received=Created,reference=Id"
HEADER = "Id;Subject;Text;Reported by;Created\n"
GOOD = "1;Late suppliers;We pay twice;ana@example.org;02.01.2026 10:15\n"
ALSO_GOOD = "2;=Empty trucks;Every week;ben@example.org;2026-01-05\n"
BAD = "3;-1 day;Soon;ana@example.org;03/02/2026\n"


@pytest.fixture
def queue(tmp_path, administrator, policies):
    path = tmp_path / "queue.csv"
    path.write_text(HEADER + GOOD + ALSO_GOOD + BAD, encoding="cp1252")
    return path


def bring(path, *options) -> str:
    out = StringIO()
    call_command("import_requests", str(path), MAP, *options, stdout=out)
    return out.getvalue()


def test_good_rows_come_in_and_bad_ones_are_told_by_line(queue):
    told = bring(queue)
    assert "2 brought in, 0 were here already." in told
    assert "1 refused:\n  line 4: '03/02/2026' could be two dates" in told
    assert set(WorkRequest.objects.values_list("import_key", flat=True)) == {
        "old queue/1",
        "old queue/2",
    }


def test_a_second_run_brings_in_what_was_mended_and_no_doubles(queue):
    bring(queue)
    assert "1 brought in, 2 were here already." in bring(queue, "--dates=day-first")
    assert WorkRequest.objects.count() == 3


def test_a_dry_run_shows_the_requests_and_changes_nothing(queue):
    told = bring(queue, "--dry-run")
    assert "2 would be brought in" in told
    assert "Late suppliers" in told
    assert "2 people ask in it." in told
    assert "Nothing was changed." in told
    assert not WorkRequest.objects.exists()
    assert not User.objects.filter(email="ben@example.org").exists()


def test_refused_rows_are_written_with_their_reason_and_without_formulas(queue, tmp_path):
    report = tmp_path / "refused.csv"
    bring(queue, f"--report={report}")
    with report.open(encoding="utf-8-sig", newline="") as text:
        [header, row] = list(csv.reader(text))
    assert header == ["line", "reason", "Id", "Subject", "Text", "Reported by", "Created"]
    assert row[0] == "4"
    assert row[3] == "'-1 day"


def test_constants_stand_in_for_missing_columns(queue):
    out = StringIO()
    options = ["--requester=desk@example.org", "--received=now"]
    call_command("import_requests", str(queue), "--map=title=Subject", *options, stdout=out)
    assert "3 brought in" in out.getvalue()
    assert set(WorkRequest.objects.values_list("requester__email", flat=True)) == {
        "desk@example.org"
    }


def test_finished_requests_stay_behind(tmp_path, administrator, policies):
    path = tmp_path / "queue.csv"
    path.write_text("Subject,Status\nOne,Closed\nTwo,Triage\nThree,Open\n")
    out = StringIO()
    options = ["--requester=desk@example.org", "--received=now", "--open=triage"]
    call_command(
        "import_requests", str(path), "--map=title=Subject,state=Status", *options, stdout=out
    )
    assert "2 brought in" in out.getvalue()
    assert "1 left behind: they are finished in the old queue." in out.getvalue()


def test_an_interrupted_import_goes_on_where_it_stopped(queue, monkeypatch):
    bring_in = import_requests.bring_in
    done = []

    def stop_after_one(*args, **kwargs):
        if done:
            raise KeyboardInterrupt
        done.append(bring_in(*args, **kwargs))
        return done[-1]

    monkeypatch.setattr(batches, "BATCH", 1)
    monkeypatch.setattr(import_requests, "bring_in", stop_after_one)
    with pytest.raises(CommandError, match="Run it again"):
        bring(queue)
    assert WorkRequest.objects.count() == 1
    monkeypatch.setattr(import_requests, "bring_in", bring_in)
    assert "1 brought in, 1 were here already." in bring(queue)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--zone=Moon/Crater"], "no IANA time zone"),
        (["--by=nobody@example.org"], "no administrator and no lead"),
        (["--map=department=Area"], "no column 'Area'"),
        (["--received=whenever"], "is no date"),
        (["--encoding=ascii2"], "is no encoding"),
    ],
)
def test_wrong_options_are_answered_in_a_sentence(queue, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        bring(queue, *options)


def test_somebody_has_to_answer_for_the_import(queue, administrator):
    administrator.give_roles()
    with pytest.raises(CommandError, match="Say who imports"):
        bring(queue)


def test_an_analyst_can_not_import(queue, analyst):
    with pytest.raises(CommandError, match="no administrator and no lead"):
        bring(queue, f"--by={analyst.email}")
