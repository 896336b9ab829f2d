"""Files of a request: whole or not at all, within limits, and gone when nobody knows them."""

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from audit.models import Entry
from intake.models import Attachment
from intake.services import attachments, conversation
from intake.services.attachments import RefusedFilesError
from intake.uploads import store
from tests.factories.files import PDF, png, upload
from tests.factories.intake import make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def at(berlin):
    return berlin("2026-03-02 11:00")


def on_disk():
    return [path for path in store.folder().glob("*/*") if path.is_file()]


def test_a_file_is_kept_under_a_name_nobody_can_guess(work, requester, at):
    (kept,) = attachments.attach(work, [upload("plan.pdf")], actor=requester, at=at)
    assert (kept.name, kept.size, kept.content_type) == ("plan.pdf", len(PDF), "application/pdf")
    assert store.path_of(kept.stored_name).read_bytes() == PDF
    assert len(kept.stored_name) == 48
    assert "plan" not in str(store.path_of(kept.stored_name))
    assert Entry.objects.about(work).filter(action="intake.file_added").count() == 1


def test_a_refused_file_keeps_the_others_out(work, requester, at):
    lies = [upload("plan.pdf"), upload("x.pdf", b"MZ"), upload("y.exe", b"MZ")]
    with pytest.raises(RefusedFilesError) as refused:
        attachments.attach(work, lies, actor=requester, at=at)
    assert len(refused.value.problems) == 2
    assert not Attachment.objects.exists()
    assert not on_disk()


def test_five_in_a_question_and_twenty_in_a_request(requester, policies, at):
    draft = make_draft(requester, at)

    def add(count, place, shade):
        pictures = [upload("a.png", png(n + 1, shade)) for n in range(count)]
        attachments.attach(draft, pictures, actor=requester, at=at, question=place)

    for place in ("files", "quick", "who"):
        add(5, place, 2)
    with pytest.raises(RefusedFilesError, match="up to 5 files"):
        add(1, "files", 3)
    add(5, "", 4)
    with pytest.raises(RefusedFilesError, match="up to 20 files"):
        add(1, "", 5)
    assert draft.attachments.count() == len(on_disk()) == 20


def test_pressing_twice_adds_once(work, requester, at, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            attachments.attach(work, [upload("plan.pdf")], actor=requester, at=at)
    assert work.attachments.count() == len(on_disk()) == 1


@pytest.mark.parametrize("edge", ["fsync", "rename"])
def test_a_full_disk_saves_nothing(work, requester, at, monkeypatch, edge):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os if edge == "fsync" else Path, edge, full)
    with pytest.raises(store.NoRoomError):
        attachments.attach(work, [upload("plan.pdf")], actor=requester, at=at)
    assert not Attachment.objects.exists()
    assert not on_disk()


def test_the_first_of_two_goes_when_the_second_finds_no_room(work, requester, at, monkeypatch):
    write, left = store.write, [1]

    def once(content):
        if not left:
            raise store.NoRoomError
        left.pop()
        return write(content)

    monkeypatch.setattr(store, "write", once)
    two = [upload("plan.pdf"), upload("note.txt")]
    with pytest.raises(store.NoRoomError):
        attachments.attach(work, two, actor=requester, at=at)
    assert not on_disk()


def test_only_the_sides_may_add_and_only_the_pmo_internally(work, requester, outsider, analyst, at):
    for person, internal in ((outsider, False), (requester, True)):
        with pytest.raises(PermissionDenied):
            attachments.attach(work, [upload()], actor=person, at=at, is_internal=internal)
    assert not on_disk()
    attachments.attach(work, [upload()], actor=analyst, at=at, is_internal=True)
    assert Attachment.objects.visible_to(analyst).count() == 1
    assert not Attachment.objects.visible_to(requester).exists()
    assert Entry.objects.about(work).get(action="intake.file_added").is_internal


def test_files_of_an_answer_for_the_pmo_only_stay_from_the_sponsor(
    work, requester, analyst, sponsor, at
):
    attachments.attach(work, [upload()], actor=requester, at=at, question="who")
    work.answers.filter(slug="who").update(is_pmo_only=True)
    seen = [Attachment.objects.visible_to(p).count() for p in (requester, analyst, sponsor)]
    assert seen == [1, 1, 0]


def test_a_file_of_a_message_is_added_with_it(work, requester, at):
    received = attachments.receive([upload("note.txt")])
    message = conversation.write(work, text="See the note", actor=requester, at=at)
    attachments.add(work, received, actor=requester, at=at, message=message)
    assert message.attachments.get().name == "note.txt"


def test_a_removed_file_leaves_the_disk_and_stays_in_the_history(
    requester, policies, at, django_capture_on_commit_callbacks
):
    draft = make_draft(requester, at)
    (kept,) = attachments.attach(draft, [upload()], actor=requester, at=at)
    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(kept, actor=requester, at=at)
    assert not on_disk()
    assert Entry.objects.about(draft).filter(action="intake.file_removed").exists()


def test_another_side_cannot_remove_a_file_that_was_sent(work, requester, analyst, at):
    (kept,) = attachments.attach(work, [upload()], actor=requester, at=at)
    with pytest.raises(PermissionDenied):
        attachments.remove(kept, actor=analyst, at=at)


def test_files_without_a_row_go_after_a_day(work, requester, at):
    attachments.attach(work, [upload()], actor=requester, at=at)
    attachments.receive([upload("note.txt")])
    (store.folder() / "ab").mkdir(exist_ok=True)
    (store.folder() / "ab" / "broken.part").write_bytes(b"half")
    now = timezone.now()
    assert attachments.remove_orphans(at=now + timedelta(hours=23)) == 0
    assert attachments.remove_orphans(at=now + timedelta(hours=25)) == 2
    assert [path.name for path in on_disk()] == [work.attachments.get().stored_name]
    assert attachments.remove_orphans(at=now + timedelta(hours=25)) == 0
