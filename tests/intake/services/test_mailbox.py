"""Replies fetched from a real mailbox on loopback: taken in once, and nothing lost on the way."""

import pytest
from django.core.management import CommandError, call_command

from intake.models import Attachment, InboundMail, Message
from tests.factories.files import PDF
from tests.intake.imap_server import Folder, serving
from tests.intake.services.test_mail_in import address_for, mail

pytestmark = pytest.mark.django_db
Outcome = InboundMail.Outcome


@pytest.fixture
def folder():
    return Folder()


@pytest.fixture(autouse=True)
def served(folder, settings, tmp_path):
    settings.REPLY_ADDRESS, settings.MEDIA_ROOT = "reply@portal.example.org", tmp_path
    with serving(folder) as address:
        settings.IMAP_URL = address
        yield


def fetch():
    call_command("receive_mail", imap=True)


def outcomes():
    return list(InboundMail.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_reply_with_its_file_is_taken_in_once_and_marked(folder, work, requester, capsys):
    made = mail(address_for(work, requester))
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="plan.pdf")
    folder.add(made.as_bytes())
    fetch()
    assert "1 mails taken in" in capsys.readouterr().out
    message = Message.objects.get()
    assert (message.author, message.text) == (requester, "Yes, on Thursday.")
    assert Attachment.objects.get().message == message
    assert folder.mails[1].is_seen
    fetch()
    assert "0 mails taken in" in capsys.readouterr().out
    # Even when the mark was lost.
    folder.mails[1].is_seen = False
    fetch()
    assert Message.objects.count() == 1
    assert folder.said[-1] == "LOGOUT"


def test_what_nobody_wrote_to_us_is_logged_and_no_message(folder, work, requester):
    to = address_for(work, requester)
    folder.add(mail(to, named="<auto@x>", Auto_Submitted="auto-replied").as_bytes())
    folder.add(mail("reply@portal.example.org", named="<none@x>").as_bytes())
    fetch()
    assert outcomes() == [Outcome.AUTOMATIC, Outcome.NO_REQUEST]
    assert not Message.objects.exists()
    assert all(one.is_seen for one in folder.mails.values())


def test_a_server_that_hangs_up_loses_nothing(folder, work, requester):
    folder.add(mail(address_for(work, requester)).as_bytes())
    folder.fault = "hangs-up"
    with pytest.raises(CommandError, match="did not answer as it should"):
        fetch()
    assert not folder.mails[1].is_seen
    folder.fault = ""
    fetch()
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [(("se%20cret", "wrong"), "wrong name or password"), (("INBOX", "Other"), "no folder Other")],
)
def test_a_mailbox_that_refuses_is_named_without_its_password(settings, change, said):
    settings.IMAP_URL = settings.IMAP_URL.replace(*change)
    with pytest.raises(CommandError, match=said) as refused:
        fetch()
    assert "cret" not in str(refused.value)
