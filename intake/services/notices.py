"""Which notices a request owes, and to whom."""

from datetime import datetime
from typing import Any

from accounts.models import User
from intake.models import WorkRequest
from notifications.models import OutboxMessage
from notifications.services import enqueue_many, notice


def their_side(work: WorkRequest) -> list[User]:
    """The requester, and who raised the request for them."""
    people = [work.requester]
    if work.raised_by and work.raised_by != work.requester:
        people.append(work.raised_by)
    return people


def everybody_on(work: WorkRequest, *, but: User) -> list[User]:
    """The requester's side and who takes part, without the one who acts."""
    joined = work.participants.select_related("person").order_by("id")
    people = [*their_side(work), *(participant.person for participant in joined)]
    return [person for person in dict.fromkeys(people) if person != but]


def owe(
    kind: str, work: WorkRequest, *, to: list[User], at: datetime, event: object, **payload: Any
) -> None:
    """Owe this notice to these people; `event` tells it from others of its kind."""
    enqueue_many(notices(kind, work, to=to, at=at, event=event, **payload))


def notices(
    kind: str, work: WorkRequest, *, to: list[User], at: datetime, event: object, **payload: Any
) -> list[OutboxMessage]:
    return [
        notice(
            kind,
            to=person,
            about=work.about,
            key=f"{kind}:{work.pk}:{event}",
            at=at,
            payload={"work": work.pk} | payload,
            is_urgent=work.urgency == WorkRequest.Urgency.ACCEPTED,
        )
        for person in to
    ]


def owe_requester(
    kind: str, work: WorkRequest, *, at: datetime, event: object, **payload: Any
) -> None:
    owe(kind, work, to=their_side(work), at=at, event=event, **payload)


def owe_pmo(kind: str, work: WorkRequest, *, at: datetime, event: object, **payload: Any) -> None:
    """Owe the analyst; a request that nobody claimed has none to tell."""
    if work.analyst:
        owe(kind, work, to=[work.analyst], at=at, event=event, **payload)
