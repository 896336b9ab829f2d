"""Mail comes in from anybody: what becomes a message, what does not, and who hears of it."""

import random
import time
from email.message import EmailMessage
from email.utils import parseaddr

import pytest

from intake import reply_address
from intake.mail_in.parsing import MOST_BYTES, read_mail
from intake.models import Attachment, InboundMail, Message, Participant
from intake.services import conversation, mail_in
from notifications.models import OutboxMessage
from tests.factories.files import EXE, PDF
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db
QUOTED = "Yes, on Thursday.\n\nOn Mon, 2 Mar 2026 at 11:00, PMO <pmo@example.org> wrote:\n> When?\n"
Outcome = InboundMail.Outcome


@pytest.fixture(autouse=True)
def takes_mail(settings):
    settings.REPLY_ADDRESS = "reply@portal.example.org"


@pytest.fixture
def at(berlin):
    return berlin("2026-03-02 12:00")


def address_for(work, person):
    return parseaddr(reply_address.reply_address(work.pk, person.pk))[1]


def mail(to, sender="ana@example.org", text=QUOTED, named="<one@mail.example.org>", **headers):
    """A mail as a mail program sends it; a header of None is left out."""
    made = EmailMessage()
    lines = {"From": f"Ana <{sender}>", "To": to, "Subject": "Re: When?", "Message-ID": named}
    for name, value in (lines | headers).items():
        if value is not None:
            made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def test_a_reply_becomes_a_message_without_what_it_quotes(work, requester, at):
    row = mail_in.receive(mail(address_for(work, requester)).as_bytes(), at=at)
    message = Message.objects.get()
    assert (row.outcome, row.message, row.work) == (Outcome.ADDED, message, work)
    assert message.text == "Yes, on Thursday."
    assert (message.author, message.from_pmo, message.is_internal) == (requester, False, False)


def test_an_answer_of_the_analyst_by_mail_is_public_and_meets_the_promise(work, analyst, at):
    raw = mail(address_for(work, analyst), sender="DANA@example.org").as_bytes()
    assert mail_in.receive(raw, at=at).outcome == Outcome.ADDED
    assert Message.objects.get().from_pmo is True
    assert work.clock("first_reply").outcome == "met"


def test_html_without_a_plain_part_is_read_as_words(work, requester, at):
    made = mail(address_for(work, requester))
    html = (
        "<style>p{color:red}</style><p>On &lt;Thursday&gt;</p><script>alert(1)</script>"
        "<div class='gmail_quote'>On Monday you wrote</div>"
    )
    made.set_content(html, subtype="html")
    mail_in.receive(made.as_bytes(), at=at)
    assert Message.objects.get().text == "On <Thursday>"


def test_the_same_mail_twice_makes_one_message(work, requester, at):
    raw = mail(address_for(work, requester)).as_bytes()
    first, second = (mail_in.receive(raw, at=at) for _ in range(2))
    assert first == second
    assert Message.objects.count() == 1


@pytest.mark.parametrize("change", ["mark", "work", "person"])
def test_an_address_that_we_did_not_sign_opens_nothing(work, requester, analyst, at, change):
    local, domain = address_for(work, requester).split("@")
    tag = local.removeprefix("reply+")
    number, person, mark = tag.split("-")
    forged = {
        "mark": f"{number}-{person}-{'0' * 32}",
        "work": f"{make_work(requester, at).pk}-{person}-{mark}",
        "person": f"{number}-{analyst.pk}-{mark}",
    }
    raw = mail(f"reply+{forged[change]}@{domain}").as_bytes()
    assert mail_in.receive(raw, at=at).outcome == Outcome.NO_REQUEST
    assert not Message.objects.exists()


def test_another_sender_is_not_believed_and_only_the_owner_of_the_address_hears(
    work, requester, analyst, at
):
    for number in range(3):
        made = mail(address_for(work, requester), sender="dana@example.org", named=f"<{number}@x>")
        assert mail_in.receive(made.as_bytes(), at=at).outcome == Outcome.OTHER_SENDER
    assert not Message.objects.exists()
    told = OutboxMessage.objects.filter(kind="mail_not_taken")
    assert [message.recipient for message in told] == [requester]


def test_whoever_may_not_write_any_more_writes_nothing(work, outsider, at):
    part = Participant.objects.create(work=work, person=outsider, added_at=at)
    to = address_for(work, outsider)
    part.delete()
    row = mail_in.receive(mail(to, sender=outsider.email).as_bytes(), at=at)
    assert row.outcome == Outcome.NOT_ALLOWED
    outsider.is_active = False
    outsider.save()
    again = mail(to, sender=outsider.email, named="<two@x>").as_bytes()
    assert mail_in.receive(again, at=at).outcome == Outcome.NOT_ALLOWED
    assert not Message.objects.exists()
    assert not OutboxMessage.objects.filter(kind="mail_not_taken").exists()


MACHINES = [
    {"Auto_Submitted": "auto-replied"},
    {"Precedence": "bulk"},
    {"X_Autoreply": "yes"},
    {"Return_Path": "<>"},
    {"Subject": "Out of office: Re: When?"},
    {"List_Id": "<all.example.org>"},
]


@pytest.mark.parametrize("said", MACHINES, ids=lambda said: next(iter(said)))
def test_what_a_machine_wrote_is_dropped_without_an_answer(work, requester, at, said):
    row = mail_in.receive(mail(address_for(work, requester), **said).as_bytes(), at=at)
    assert row.outcome == Outcome.AUTOMATIC
    assert not Message.objects.exists()
    assert not OutboxMessage.objects.filter(kind="mail_not_taken").exists()


def test_our_own_mail_is_never_answered(work, requester, at):
    to = address_for(work, requester)
    assert mail_in.receive(mail(to, sender=to).as_bytes(), at=at).outcome == Outcome.LOOP


def test_two_machines_that_answer_each_other_are_stopped(work, requester, at):
    to = address_for(work, requester)
    outcomes = [
        mail_in.receive(mail(to, named=f"<{n}@x>").as_bytes(), at=at).outcome
        for n in range(mail_in.MOST_IN_AN_HOUR + 1)
    ]
    assert outcomes[-1] == Outcome.TOO_MANY
    assert Message.objects.count() == mail_in.MOST_IN_AN_HOUR


def test_files_pass_the_checks_of_uploads_and_what_is_left_out_is_said(
    work, requester, at, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    made = mail(address_for(work, requester))
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="../../plan.pdf")
    made.add_attachment(EXE, maintype="application", subtype="pdf", filename="lie.pdf")
    made.add_attachment(EXE, maintype="application", subtype="octet-stream", filename="run.exe")
    row = mail_in.receive(made.as_bytes(), at=at)
    file = Attachment.objects.get()
    assert (file.name, file.message, file.is_internal) == ("plan.pdf", row.message, False)
    assert "lie.pdf" in row.message.text
    assert "run.exe" in row.message.text
    assert "run.exe" in row.detail


def test_what_is_too_large_is_not_even_read(monkeypatch, at):
    monkeypatch.setattr(mail_in, "read_mail", lambda raw: pytest.fail("it was read"))
    assert mail_in.receive(b"x" * (MOST_BYTES + 1), at=at).outcome == Outcome.TOO_LARGE


def test_no_words_make_no_message_and_the_sender_is_told(work, requester, at):
    raw = mail(address_for(work, requester), text="> When?\n").as_bytes()
    assert mail_in.receive(raw, at=at).outcome == Outcome.EMPTY
    assert OutboxMessage.objects.get(kind="mail_not_taken").recipient == requester


def test_a_reply_without_our_address_is_found_by_the_mail_that_it_answers(
    work, requester, analyst, at
):
    from notifications.channels.email import message_id

    conversation.write(work, text="When?", actor=analyst, at=at)
    sent = OutboxMessage.objects.get(kind="reply", recipient=requester)
    raw = mail("pmo@example.org", In_Reply_To=message_id(sent)).as_bytes()
    assert mail_in.receive(raw, at=at).outcome == Outcome.ADDED
    forged = message_id(sent).replace("reply", "replz")
    other = mail("pmo@example.org", named="<two@x>", In_Reply_To=forged).as_bytes()
    assert mail_in.receive(other, at=at).outcome == Outcome.NO_REQUEST


HOSTILE = {
    "nothing": b"",
    "noise": random.Random(7).randbytes(5000),
    "no end": b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHi",
    "deep": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1500)
    ),
    "charset": b"Content-Type: text/plain; charset=nowhere\n\n\xff\xfe\x00 hi",
    "base64": b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!=",
    "encoded": b"Subject: =?utf-8?b?!!!?= =?x?q?=ff?=\nFrom: =?utf-8?q?=00?= <a\x00@b>\n\nhi",
    "halves": b"From: \xed\xa0\x80@x\nSubject: \xff\xed\xa0\x80\nMessage-ID: <\xff\xff@x>\n\n\xff",
    "from": b"From: a@b, c@d <e@f\nTo: undisclosed:;\n\nhi",
    "headers": b"From: a@b\n" + b"To: " + b"a@b, " * 50_000 + b"\n\nhi",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_broken_mail_is_logged_and_breaks_nothing(raw, at):
    row = mail_in.receive(raw, at=at)
    assert row.outcome in (Outcome.UNKNOWN, Outcome.UNREADABLE, Outcome.AUTOMATIC)
    assert mail_in.receive(raw, at=at) == row


@pytest.mark.parametrize(
    "body",
    [
        "<!--" * 60_000,
        "<a <" * 60_000,
        "x <" + "a@" * 120_000,
        "on " + " " * 200_000,
        "<div>" * 50_000,
    ],
    ids=["comments", "tags", "addresses", "spaces", "deep"],
)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_text_made_to_be_slow_is_read_quickly(body, kind):
    raw = b"From: a@b\nContent-Type: text/%s\n\n%s" % (kind.encode(), body.encode())
    begun = time.process_time()
    read_mail(raw)
    assert time.process_time() - begun < 2


def test_the_command_reads_one_mail_from_its_input(work, requester, monkeypatch, capsys):
    from io import BytesIO, TextIOWrapper

    from django.core.management import CommandError, call_command

    raw = mail(address_for(work, requester)).as_bytes()
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(raw)))
    call_command("receive_mail")
    assert Message.objects.get().author == requester
    with pytest.raises(CommandError, match="IMAP_URL"):
        call_command("receive_mail", imap=True)
