"""What made a request urgent, kept when it closes, so that it can be prevented (ux.md 5.7)."""

from datetime import datetime

from accounts.models import User
from audit.services import record
from intake.models import UrgencyJudgement, WorkRequest


class RootMissingError(Exception):
    """A request that was treated as urgent can't close before it is said what made it urgent."""


def standing(work: WorkRequest) -> UrgencyJudgement | None:
    """The judgement in force, if urgent treatment was accepted."""
    if work.urgency != WorkRequest.Urgency.ACCEPTED:
        return None
    return work.urgency_judgements.filter(reversed_at=None, is_accepted=True).first()


def keep(work: WorkRequest, *, root: str, carried_by: str, actor: User, at: datetime) -> None:
    """Confirm the root as a locked, urgently treated request closes; nothing for any other.

    Without a word of its own the root that the judge saw is confirmed.
    """
    judgement = standing(work)
    if judgement is None:
        return
    root = root or judgement.root
    if not root:
        raise RootMissingError
    judgement.root, judgement.carried_by, judgement.root_confirmed_at = root, carried_by, at
    judgement.save(update_fields=["root", "carried_by", "root_confirmed_at"])
    record("intake.urgency_root_kept", work, actor=actor, at=at, is_internal=True, root=root)
