"""What only the PMO may read stands at no address, in no mail and in no file for anybody else."""

import pytest

from intake.models import Answer, Attachment, Participant
from intake.services import attachments, conversation
from notifications.channels import email
from notifications.models import OutboxMessage
from notifications.registry import context_for
from tests.factories.files import PDF, upload
from tests.test_access import ROUTES, filled, world

pytestmark = pytest.mark.django_db
NOTE, FILE, ANSWER = "Zwiebelfisch", "Quittenbrot", "Wolpertinger"
SECRETS = (NOTE, FILE, ANSWER)
__all__ = ["world"]


@pytest.fixture
def planted(world, work, analyst, berlin, settings, tmp_path):
    """A note, a file beside it, and an answer that only the PMO reads."""
    settings.MEDIA_ROOT = tmp_path
    at = berlin("2026-03-02 18:00")
    conversation.note(work, text=f"{NOTE} says no", actor=analyst, at=at)
    name = f"{FILE}.pdf"
    attachments.attach(work, [upload(name, PDF)], actor=analyst, at=at, is_internal=True)
    changed = Answer.objects.filter(work=work, slug="who")
    assert changed.update(is_pmo_only=True, value={"who": f"{ANSWER} and others"})
    conversation.write(work, text="See you", actor=analyst, at=at)
    return world | {"file": str(Attachment.objects.get(name=name).pk)}


def texts_for(client, person, places):
    """What this person gets at every address, with all that the answer says in its head."""
    for name, route in ROUTES:
        if name == "account_logout":
            continue
        client.force_login(person)
        answer = client.get(filled(route, places))
        body = b"".join(answer) if answer.streaming else answer.content
        yield name, f"{answer.headers}{body.decode(errors='ignore')}"


@pytest.mark.parametrize("who", ["requester", "participant", "outsider", "sponsor"])
def test_a_secret_of_the_pmo_is_at_no_address(
    client, planted, work, outsider, berlin, request, who
):
    if who == "participant":
        at = berlin("2026-03-02 18:00")
        Participant.objects.create(work=work, person=outsider, added_at=at)
    person = outsider if who == "participant" else request.getfixturevalue(who)
    # Whoever asked marked the answer, and reads their own.
    hidden = (NOTE, FILE) if who == "requester" else SECRETS
    found = [
        (name, word)
        for name, text in texts_for(client, person, planted)
        for word in hidden
        if word in text
    ]
    assert not found


def test_the_pmo_itself_finds_each_of_them(client, planted, analyst):
    shown = "".join(text for _, text in texts_for(client, analyst, planted))
    assert [word for word in SECRETS if word not in shown] == []


def test_a_secret_of_the_pmo_is_in_no_mail_to_anybody_else(planted):
    for message in OutboxMessage.objects.select_related("recipient"):
        context = context_for(message)
        if context is None or message.recipient.is_pmo:
            continue
        mail = email.render(message, context)
        page = "".join(body for body, _ in mail.alternatives)
        text = mail.subject + mail.body + page + str(message.payload) + message.key
        assert not [word for word in SECRETS if word in text], message.kind
