"""An old queue on the page: uploaded, mapped, brought in, reported, taken back."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from intake.models import ImportRun, WorkRequest
from intake.services import import_runs, triage
from sla.models import Clock, Subject
from tests.pages import page_of

pytestmark = pytest.mark.django_db
PAGE = "/manage/import/"
HEAD = "Title,Mail,Created,Status\n"
ROWS = (
    "Late suppliers,ana@example.org,2025-11-05,open\n"
    "Empty trucks,bo@example.org,2025-11-06,open\n"
    "Old news,bo@example.org,2025-11-06,closed\n"
    "=SUM(A1),bo@example.org,2025-11-07,open\n"
    "No address,nobody,2025-11-07,open\n"
    "Ragged,bo@example.org\n"
)
COLUMNS = {
    "in_title": "0",
    "in_requester": "1",
    "in_received": "2",
    "in_state": "3",
    "source": "desk",
    "dates": "ask",
    "lane": "consult",
}


@pytest.fixture
def client(client, administrator, policies, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(administrator)
    return client


def upload(client, content, name="queue.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def bring_in(client, content=HEAD + ROWS):
    address = upload(client, content)["Location"]
    client.post(address, COLUMNS | {"do": "begin"})
    while import_runs.work_on_next(now=timezone.now):
        pass
    return address, ImportRun.objects.get(pk=address.rstrip("/").rsplit("/", 1)[1])


def test_the_columns_are_guessed_and_the_preview_changes_nothing(client):
    address = upload(client, HEAD + ROWS)["Location"]
    form = client.get(address).context["form"]
    assert [form[f"in_{name}"].initial for name in ("title", "requester", "state")] == [
        "0",
        "1",
        "3",
    ]
    html = client.post(address, COLUMNS | {"do": "preview"}).content.decode()
    assert "Late suppliers" in html
    assert "Bring them in" in html
    assert not WorkRequest.objects.exists()
    assert ImportRun.objects.get().state == "mapping"


def test_rows_come_in_and_each_refused_one_has_its_line_and_reason(client):
    address, run = bring_in(client)
    assert (run.state, run.new, run.finished, run.refused) == ("done", 3, 1, 2)
    assert list(run.refusals.values_list("line", flat=True)) == [4, 6, 7]
    answer = client.get(address)
    assert "is no mail address" in answer.content.decode()
    assert not page_of(answer).forbidden
    file = b"".join(client.get(f"{address}refused/?format=csv").streaming_content).decode()
    assert "The row has 2 cells and the header 4." in file
    _, again = bring_in(client)
    assert (again.new, again.known) == (0, 3)


def test_an_import_is_taken_back_and_can_be_repeated(client):
    address, run = bring_in(client)
    client.post(f"{address}undo/")
    assert import_runs.work_on_next(now=timezone.now)
    run.refresh_from_db()
    assert (run.state, run.problem) == ("undone", "")
    assert not WorkRequest.objects.exists()
    assert not Clock.objects.exists()
    assert not Subject.objects.exists()
    assert bring_in(client)[1].new == 3


def test_once_something_has_happened_it_stays(client, analyst):
    address, run = bring_in(client)
    triage.claim(WorkRequest.objects.first(), actor=analyst, at=timezone.now())
    assert not client.get(address).context["can_undo"]
    client.post(f"{address}undo/")
    run.refresh_from_db()
    assert run.state == "done"
    assert WorkRequest.objects.count() == 3


def test_another_worker_goes_on_after_the_last_line_dealt_with(client, monkeypatch):
    monkeypatch.setattr("intake.importing.batches.BATCH", 2)
    address = upload(client, HEAD + ROWS)["Location"]
    client.post(address, COLUMNS | {"do": "begin"})
    real, seen = import_runs.add_batch, []

    def dies(batch, *args, **kwargs):
        seen.append(len(batch))
        if len(seen) == 2:
            raise SystemExit
        return real(batch, *args, **kwargs)

    monkeypatch.setattr(import_runs, "add_batch", dies)
    with pytest.raises(SystemExit):
        import_runs.work_on_next(now=timezone.now)
    # The lease of the one that died holds for a while.
    assert not import_runs.work_on_next(now=timezone.now)
    assert import_runs.work_on_next(now=lambda: timezone.now() + timedelta(minutes=3))
    run = ImportRun.objects.get()
    assert (run.state, run.new, run.finished, run.refused) == ("done", 3, 1, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "The file is empty"),
        ("Title,Mail\n", "no row below"),
        ("a," * 600 + "\n1\n", "The file has 601 columns; 500 fit"),
        (b"PK\x03\x04" + b"x" * 100, "This is a spreadsheet"),
        (b"\x00\x01" * 200, "This is no text"),
        ("Title,Mail\nä,ö\n".encode("cp1252") + b"\x81", "encoding of the file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(client, content, words):
    answer = upload(client, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_columns_that_were_not_told_are_asked_for(client):
    address = upload(client, "A,B\n1,2\n")["Location"]
    answer = client.post(address, {"do": "begin", "source": "x\x00", "in_title": "99"})
    assert answer.status_code == 422
    answer = client.post(address, COLUMNS | {"in_received": "", "in_state": "", "in_title": ""})
    assert "Say which column holds the words" in answer.content.decode()


def test_only_administrators_and_leads_import(client, analyst, lead):
    client.force_login(analyst)
    assert client.get(PAGE).status_code == 403
    client.force_login(lead)
    assert client.get(PAGE).status_code == 200


def test_the_page_costs_the_same_for_one_and_for_many(client, django_assert_num_queries):
    person, now = User.objects.get(), timezone.now()
    with django_assert_num_queries(3):  # session, user, imports
        client.get(PAGE)
    for n in range(25):
        ImportRun.objects.create(file_name=f"{n}.csv", by=person, uploaded_at=now)
    with django_assert_num_queries(3):
        client.get(PAGE)
