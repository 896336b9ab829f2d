"""Keeping a service alive: what to improve, whom we talked to, what people say of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from catalog import outcome_policies as policies
from catalog.models import CustomerContact, Improvement, Service, Story


@dataclass(frozen=True)
class StaleImprovementError(Exception):
    """Somebody changed it since this person saw it."""

    improvement: Improvement


class NothingSaidError(Exception):
    """It is closed without a word on what was done, or why not."""


def suggest(
    service: Service,
    *,
    text: str,
    source: str,
    actor: User | None,
    at: datetime,
    key: str = "",
    evidence: Sequence[str] = (),
) -> Improvement | None:
    """Put something on the list; the same occasion (`key`) only once, and None the second time.

    Without an actor the portal suggests it. Joins the transaction of the act that it comes from.
    """
    require(actor is None or policies.can_measure(actor))
    told = {
        "text": text[:300],
        "source": source,
        "evidence": list(evidence),
        "suggested_by": actor,
        "suggested_at": at,
    }
    if not key:
        made, is_new = Improvement.objects.create(service=service, **told), True
    else:
        made, is_new = Improvement.objects.get_or_create(service=service, key=key, defaults=told)
    if not is_new:
        return None
    record("service.improvement_suggested", service, actor=actor, at=at, text=made.text)
    return made


@transaction.atomic
def change_improvement(
    improvement: Improvement,
    *,
    state: str,
    text: str,
    what_was_done: str,
    is_public: bool,
    seen: int,
    actor: User,
    at: datetime,
) -> Improvement:
    """Say how far it is. Raise StaleImprovementError, or NothingSaidError for a silent end."""
    require(policies.can_measure(actor))
    fresh = Improvement.objects.select_for_update(of=("self",)).get(pk=improvement.pk)
    if fresh.version != seen:
        raise StaleImprovementError(fresh)
    is_closed = state in Improvement.CLOSED
    if is_closed and not what_was_done:
        raise NothingSaidError
    was, fresh.state, fresh.text = fresh.state, state, text
    fresh.what_was_done, fresh.is_public = what_was_done, is_public
    fresh.closed_at = (fresh.closed_at or at) if is_closed else None
    fresh.version += 1
    fresh.save()
    told = {"text": text, "was": was, "to": state}
    record("service.improvement_changed", fresh.service, actor=actor, at=at, **told)
    return fresh


@transaction.atomic
def log_contact(
    service: Service,
    *,
    happened_on: date,
    kind: str,
    who: str,
    heard: str,
    actor: User,
    at: datetime,
) -> CustomerContact:
    """Write down a talk with the people whom a service is for."""
    require(policies.can_measure(actor))
    made = CustomerContact.objects.create(
        service=service,
        happened_on=happened_on,
        kind=kind,
        who=who,
        heard=heard,
        logged_by=actor,
        logged_at=at,
    )
    record("service.contact_logged", service, actor=actor, at=at, who=who)
    return made


@transaction.atomic
def tell_story(
    service: Service, *, text: str, who: str, source: str, actor: User, at: datetime
) -> Story:
    """Show what somebody said on the service's page; the PMO vouches that they agreed."""
    require(policies.can_measure(actor))
    made = Story.objects.create(
        service=service, text=text, who=who, source=source, written_by=actor, written_at=at
    )
    record("service.story_told", service, actor=actor, at=at, who=who)
    return made


@transaction.atomic
def hide_story(story: Story, *, actor: User, at: datetime) -> None:
    """Take it off the page; pressed twice, it went the first time."""
    require(policies.can_measure(actor))
    if Story.objects.filter(pk=story.pk, hidden_at=None).update(hidden_at=at):
        record("service.story_hidden", story.service, actor=actor, at=at, who=story.who)
