"""Files leave the portal as downloads only, to people who may see the request."""

import errno

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.urls import reverse

from intake.services import attachments
from intake.uploads import store
from tests.factories.files import PDF, upload
from tests.factories.intake import make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def file(work, requester, berlin):
    at = berlin("2026-03-02 11:00")
    return attachments.attach(work, [upload("plan.pdf")], actor=requester, at=at)[0]


def address(file, reference=None):
    return reverse("intake:request_file", args=[reference or file.work.reference, file.pk])


def test_a_file_comes_as_a_download_that_runs_nothing(client, requester, file):
    client.force_login(requester)
    answer = client.get(address(file))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]


def test_nobody_else_gets_it(client, file, outsider):
    assert "/sign-in/" in client.get(address(file))["Location"]
    client.force_login(outsider)
    assert client.get(address(file)).status_code == 404


def test_an_internal_file_is_no_page_for_the_requester(client, work, requester, analyst, berlin):
    at = berlin("2026-03-02 11:00")
    (note,) = attachments.attach(work, [upload()], actor=analyst, at=at, is_internal=True)
    client.force_login(requester)
    assert client.get(address(note)).status_code == 404
    client.force_login(analyst)
    assert client.get(address(note)).status_code == 200


def test_a_file_of_another_request_is_not_found_under_ones_own(
    client, file, outsider, policies, berlin
):
    own = make_draft(outsider, berlin("2026-03-02 11:00"))
    client.force_login(outsider)
    assert client.get(f"/ask/{own.draft_key}/files/{file.pk}/").status_code == 404
    assert client.post(f"/ask/{own.draft_key}/files/{file.pk}/remove/").status_code == 404


def test_a_file_that_left_the_disk_is_no_server_error(client, requester, file, caplog):
    store.remove([file.stored_name])
    client.force_login(requester)
    assert client.get(address(file)).status_code == 404
    assert "is gone" in caplog.text


def test_a_disk_that_fills_while_it_is_received_is_told(client, requester, work, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", full)
    client.force_login(requester)
    client.raise_request_exception = False
    page = reverse("intake:conversation", args=[work.reference])
    answer = client.post(
        page, {"text": "See this", "file": upload("plan.pdf", PDF + b" " * 3_000_000)}
    )
    assert answer.status_code == 507
    assert "Nothing was saved" in answer.content.decode()
