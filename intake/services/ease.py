"""What people say about asking itself: how easy it was."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from intake import policies
from intake.models import Ease, WorkRequest


@transaction.atomic
def say(work: WorkRequest, *, felt: int, words: str, actor: User, at: datetime) -> Ease:
    """Keep what they say; said again, the newer word counts."""
    require(policies.is_of(actor, work) and not work.is_draft)
    said, _ = Ease.objects.update_or_create(
        work=work, defaults={"felt": felt, "words": words, "at": at}
    )
    return said
