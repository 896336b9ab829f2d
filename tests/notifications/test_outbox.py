"""The outbox: owed once, sent at least once, nothing lost while mail is away."""

import smtplib
from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.template import engines
from django.utils import timezone

from notifications import registry, services, tasks
from notifications.models import OutboxMessage
from notifications.services import claim_next, deliver_next, enqueue

NOW = timezone.now()
Status = OutboxMessage.Status


@pytest.fixture(autouse=True)
def greeting(tmp_path, settings):
    """A kind of notice of this test's own."""
    folder = tmp_path / "emails" / "greeting"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("PMO-0001: hello\n{{ name }}")
    (folder / "body.txt").write_text("Hello {{ name }}")
    (folder / "body.html").write_text("<p>Hello {{ name }}</p>")
    directories = engines["django"].engine.dirs
    directories.append(tmp_path)
    builder = lambda message: {"name": message.recipient.name}  # noqa: E731
    registry.register("greeting", builder, at_once=True)
    yield
    directories.remove(tmp_path)
    registry.unregister("greeting")


def owe(requester, key="hello:1"):
    enqueue("greeting", to=requester, about="request-1", key=key, at=NOW)


def test_the_same_event_is_owed_once(requester):
    owe(requester)
    owe(requester)
    assert OutboxMessage.objects.count() == 1


def test_a_notice_goes_out_with_its_key_as_message_id(requester):
    owe(requester)
    assert deliver_next(now=NOW) is True
    assert deliver_next(now=NOW) is False
    sent = mail.outbox[0]
    assert sent.subject == "PMO-0001: hello Ana Silva"
    assert sent.extra_headers["Message-ID"].startswith("<hello.1.")
    row = OutboxMessage.objects.get()
    assert (row.status, row.body) == (Status.SENT, "Hello Ana Silva\n")


def test_while_the_mail_server_is_down_the_notice_waits_and_then_goes(requester, monkeypatch):
    owe(requester)
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=OSError("down")):
        deliver_next(now=NOW)
    row = OutboxMessage.objects.get()
    assert (row.status, row.tries, row.last_error) == (Status.DUE, 1, "OSError: down")
    assert deliver_next(now=NOW) is False
    assert deliver_next(now=NOW + timedelta(minutes=2)) is True
    assert len(mail.outbox) == 1


def test_after_three_days_of_trying_it_gives_up_and_can_be_retried(requester):
    owe(requester)
    later = NOW + timedelta(days=3, hours=1)
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=OSError("down")):
        deliver_next(now=later)
    row = OutboxMessage.objects.get()
    assert row.status == Status.DEAD
    services.retry(row, at=later)
    assert deliver_next(now=later) is True
    assert len(mail.outbox) == 1


def test_an_address_refused_for_good_is_not_tried_again(requester):
    owe(requester)
    refusal = smtplib.SMTPRecipientsRefused({requester.email: (550, b"no such user")})
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=refusal):
        deliver_next(now=NOW)
    assert OutboxMessage.objects.get().status == Status.DEAD


def test_one_notice_that_cant_go_does_not_hold_up_the_others(requester, analyst):
    owe(requester, key="hello:1")
    owe(analyst, key="hello:2")
    send = mock.Mock(side_effect=[OSError("full"), 1])
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", send):
        assert deliver_next(now=NOW)
        assert deliver_next(now=NOW)
    assert sorted(OutboxMessage.objects.values_list("status", flat=True)) == ["due", "sent"]


def test_a_lease_that_ran_out_is_taken_again(requester):
    owe(requester)
    assert claim_next(now=NOW) is not None
    assert claim_next(now=NOW) is None
    assert claim_next(now=NOW + services.LEASE + timedelta(seconds=1)) is not None


def test_a_lease_written_by_a_clock_that_ran_ahead_does_not_stick(requester):
    owe(requester)
    OutboxMessage.objects.update(lease_until=NOW + timedelta(days=3))
    assert claim_next(now=NOW) is not None


def test_a_notice_nobody_needs_any_more_is_dropped(requester):
    registry.register("greeting", lambda message: None, at_once=True)
    owe(requester)
    deliver_next(now=NOW)
    assert OutboxMessage.objects.get().status == Status.STALE
    assert not mail.outbox


def test_who_left_is_owed_nothing(requester):
    requester.is_active = False
    requester.save()
    owe(requester)
    assert not OutboxMessage.objects.exists()


def test_a_broker_that_is_away_fails_nothing(
    requester, settings, django_capture_on_commit_callbacks
):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    refused = mock.patch("celery.current_app.send_task", side_effect=OSError("refused"))
    with refused, django_capture_on_commit_callbacks(execute=True):
        owe(requester)
    assert OutboxMessage.objects.count() == 1


def test_a_second_ring_does_not_wait_beside_a_delivery_that_hangs(requester):
    owe(requester)
    with tasks._delivering:
        assert tasks.deliver_outbox() == 0
    assert tasks.deliver_outbox() == 1
