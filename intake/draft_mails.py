"""What the mails about a draft say: it rests, or a colleague may add (ux.md 5.17, mail 21)."""

from django.urls import reverse

from accounts.models import User
from intake import policies
from intake.models import WorkRequest
from intake.services import draft_life
from intake.services.drafts import read_draft
from notifications.models import OutboxMessage
from notifications.registry import Context, register


def register_all() -> None:
    register(draft_life.RESTS, rests)
    register(draft_life.SHARED, shared)


def rests(message: OutboxMessage) -> Context:
    """What is missing, and when it goes; nothing once somebody went on with it."""
    work = _draft_of(message)
    if work is None or message.created_at - work.saved_at < min(draft_life.REMINDERS):
        return None
    draft = read_draft(work.draft_key, message.recipient)
    return _common(work, "it is your draft") | {
        "missing": [question.words["short"] for question in draft.missing()],
        "ends_on": work.ends_on,
        "delete_address": reverse("intake:ask_delete", args=[work.draft_key]),
    }


def shared(message: OutboxMessage) -> Context:
    work = _draft_of(message)
    by = User.objects.filter(pk=message.payload.get("by")).first()
    if work is None or by is None:
        return None
    return _common(work, f"{by.name} lets you add to this draft") | {"by": by.name}


def _draft_of(message: OutboxMessage) -> WorkRequest | None:
    """The draft while it is one and this person may write in it."""
    found = WorkRequest.objects.visible_to(message.recipient).drafts()
    work = found.filter(pk=message.payload.get("work")).first()
    return work if work and policies.can_write_draft(message.recipient, work) else None


def _common(work: WorkRequest, because: str) -> dict[str, object]:
    return {
        "work": work,
        "title": work.title or "Draft",
        "address": reverse("intake:ask_draft", args=[work.draft_key]),
        "because": because,
    }
