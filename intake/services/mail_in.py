"""Taking mail in: a reply becomes a message of who wrote it, or the log says why not.

The address that was answered names the request and the person; both are signed. Only that person,
writing from their own address, is believed, and only as far as they may write on the page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from io import BytesIO
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.services import name_source
from intake import policies, reply_address
from intake.mail_in.parsing import MOST_BYTES, FileIn, Mail, UnreadableError, key_of, read_mail
from intake.models import InboundMail, Message, WorkRequest
from intake.reply_address import Target
from intake.services import attachments, conversation
from intake.services.attachments import Received, RefusedFilesError
from intake.services.notices import owe
from intake.uploads.limits import MOST_IN_QUESTION
from notifications.channels.email import message_named

Outcome = InboundMail.Outcome
# Two machines that answer each other without saying so are stopped by this.
MOST_IN_AN_HOUR = 20
HOUR = timedelta(hours=1)


@dataclass
class NotTakenError(Exception):
    """Nothing was added, and this is why."""

    outcome: Outcome
    target: Target | None = None


@dataclass(frozen=True)
class Sent:
    """A file of a mail, as an upload."""

    name: str
    size: int
    file: BytesIO


def receive(raw: bytes, *, at: datetime) -> InboundMail:
    """Take one mail in. The same mail again is the one that is there already."""
    name_source("mail")
    if len(raw) > MOST_BYTES:
        return too_large(key_of(raw[:MOST_BYTES]), at=at)
    try:
        mail = read_mail(raw)
    except UnreadableError as error:
        return _log(InboundMail(key=key_of(raw), outcome=Outcome.UNREADABLE, detail=str(error)), at)
    known = InboundMail.objects.filter(key=mail.key).first()
    return known or _take(mail, at)


def too_large(key: str, *, at: datetime) -> InboundMail:
    """Note a mail that is larger than we take; it is not even read."""
    return _log(InboundMail(key=key, outcome=Outcome.TOO_LARGE), at)


def _take(mail: Mail, at: datetime) -> InboundMail:
    row = InboundMail(key=mail.key, sender=mail.sender, subject=mail.subject)
    try:
        work, person = _meant(mail, at)
        return _add(row, mail, work, person, at)
    except NotTakenError as reason:
        row.outcome = reason.outcome
        return _refuse(row, reason.target, at)
    except PermissionDenied:
        # The right to write was taken away between the look and the act.
        row.outcome = Outcome.NOT_ALLOWED
        return _log(row, at)


def _meant(mail: Mail, at: datetime) -> tuple[WorkRequest, User]:
    """The request and the person that a mail is from, checked; NotTakenError otherwise."""
    own = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()
    if reply_address.is_ours(mail.sender) or mail.sender == own:
        raise NotTakenError(Outcome.LOOP)
    if mail.is_automatic:
        raise NotTakenError(Outcome.AUTOMATIC)
    target = _target(mail)
    if target is None:
        known = User.objects.filter(email__iexact=mail.sender, is_active=True).exists()
        raise NotTakenError(Outcome.NO_REQUEST if known else Outcome.UNKNOWN)
    person = User.objects.with_roles().filter(pk=target.person, is_active=True).first()
    if person is None:
        raise NotTakenError(Outcome.NOT_ALLOWED)
    if person.email.lower() != mail.sender:
        raise NotTakenError(Outcome.OTHER_SENDER, target)
    work = WorkRequest.objects.visible_to(person).filter(pk=target.work).first()
    if work is None or not policies.can_write(person, work):
        raise NotTakenError(Outcome.NOT_ALLOWED)
    if not mail.text and not mail.files:
        raise NotTakenError(Outcome.EMPTY, target)
    since = {"sender": mail.sender, "work": work, "received_at__gt": at - HOUR}
    if InboundMail.objects.filter(**since).count() >= MOST_IN_AN_HOUR:
        raise NotTakenError(Outcome.TOO_MANY)
    return work, person


def _target(mail: Mail) -> Target | None:
    """What was answered: by the address it was sent to, else by the mail that it answers."""
    for address in mail.recipients:
        if found := reply_address.read(address):
            return found
    for named in mail.answers_to:
        if sent := message_named(named):
            work = sent.payload.get("work")
            return Target(work, sent.recipient_id) if isinstance(work, int) else None
    return None


def _add(
    row: InboundMail, mail: Mail, work: WorkRequest, person: User, at: datetime
) -> InboundMail:
    """Add the message with its files, and the log's row, in one transaction."""
    received, left_out = _received(mail.files)
    row.work, row.outcome, row.detail = work, Outcome.ADDED, " · ".join(left_out)[:300]
    try:
        with transaction.atomic():
            row.message = _write(mail, work, person, received, left_out, at)
            row.received_at = at
            row.save(force_insert=True)
    except RefusedFilesError as error:
        attachments.drop(received)
        return _add_without_files(row, mail, work, person, [*left_out, *error.problems], at)
    except IntegrityError:
        # A twin took the same mail in at the same moment.
        attachments.drop(received)
        return InboundMail.objects.get(key=mail.key)
    return row


def _add_without_files(
    row: InboundMail, mail: Mail, work: WorkRequest, person: User, left_out: list[str], at: datetime
) -> InboundMail:
    """The request holds as many files as it may: the words are added all the same."""
    row.detail = " · ".join(left_out)[:300]
    with transaction.atomic():
        row.message = _write(mail, work, person, [], left_out, at)
        row.received_at = at
        row.save(force_insert=True)
    return row


def _write(
    mail: Mail,
    work: WorkRequest,
    person: User,
    received: list[Received],
    left_out: list[str],
    at: datetime,
) -> Message:
    text = mail.text or "Sent by mail, without words:"
    if left_out:
        text = f"{text}\n\n[Left out: {'; '.join(left_out)}]"
    token = uuid5(NAMESPACE_URL, f"mail:{mail.key}")
    return conversation.write(work, text=text, actor=person, at=at, token=token, files=received)


def _received(files: tuple[FileIn, ...]) -> tuple[list[Received], list[str]]:
    """Store what we take, file by file, and say what we do not."""
    received: list[Received] = []
    left_out = [f"{file.name[:80]}: too many files" for file in files[MOST_IN_QUESTION:]]
    for file in files[:MOST_IN_QUESTION]:
        upload = Sent(file.name, len(file.content), BytesIO(file.content))
        try:
            received += attachments.receive([upload])
        except RefusedFilesError as error:
            left_out += error.problems
        except OSError:
            left_out.append(f"{file.name[:80]}: there was no room for it")
    return received, left_out


def _refuse(row: InboundMail, target: Target | None, at: datetime) -> InboundMail:
    """Log a mail that was not taken; who owns the signed address is told, nobody else."""
    with transaction.atomic():
        row = _log(row, at)
        person = User.objects.with_roles().filter(pk=target.person).first() if target else None
        if target and person:
            work = WorkRequest.objects.visible_to(person).filter(pk=target.work).first()
            if work:
                # At most one an hour: nobody's mailbox is to be filled through us.
                hour = f"{at:%Y-%m-%dT%H}"
                owe("mail_not_taken", work, to=[person], at=at, event=hour, mail=row.pk)
    return row


def _log(row: InboundMail, at: datetime) -> InboundMail:
    row.received_at = at
    found, _ = InboundMail.objects.get_or_create(
        key=row.key,
        defaults={
            "sender": row.sender,
            "subject": row.subject,
            "received_at": at,
            "outcome": row.outcome,
            "detail": row.detail,
        },
    )
    return found
