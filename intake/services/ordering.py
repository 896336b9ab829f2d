"""Asking for a service itself: its tier, its own questions, check, sent (the order lane).

The service's questions are put like any other: as a version of a question, made from the version
of the service, so that an answer keeps the wording that it was given to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.policies import require
from catalog import questions
from catalog.models import Service, ServiceTier, ServiceVersion
from catalog.questions import Kind, ServiceQuestion
from intake import policies
from intake.models import ORDER_PREFIX, Answer, QuestionVersion, WorkRequest
from intake.services import agreement, submission, triage
from intake.states import Lane

TIER = "tier"
LONGEST_LINE, LONGEST_TEXT, LONGEST_NUMBER = 200, 1500, 40
FIELD_RULES: dict[Kind, dict[str, Any]] = {
    Kind.LINE: {"kind": "text", "max": LONGEST_LINE},
    Kind.TEXT: {"kind": "area", "rows": 4, "max": LONGEST_TEXT},
    Kind.DATE: {"kind": "date"},
    Kind.NUMBER: {"kind": "text", "max": LONGEST_NUMBER, "number": True},
    Kind.CHOICE: {"kind": "choice"},
}


@dataclass(frozen=True)
class NotForThemError(Exception):
    """The service can't be asked for today, or not by this person."""

    service: Service


@dataclass(frozen=True)
class OtherVersionError(Exception):
    """What was asked for is not what the service offers now."""

    service: Service


def question_of(version: ServiceVersion, *, at: datetime) -> QuestionVersion:
    """The question of this version of a service; made when it is first asked."""
    made, _ = QuestionVersion.objects.get_or_create(
        slug=f"{ORDER_PREFIX}{version.service_id}",
        number=version.number,
        defaults={
            "position": 0,
            "words": _words(version),
            "rules": _rules(version),
            "is_current": False,
            "published_at": at,
        },
    )
    return made


def _words(version: ServiceVersion) -> dict[str, Any]:
    own = questions.read(version.questions)
    tiers = list(version.tiers.order_by("rank"))
    return {
        "label": f"How do you want “{version.name}”?",
        "short": version.name,
        "hint": "What each tier gives, and what it does not, stands side by side",
        "why": "What you choose here is what we promise. Until we begin, you can change your mind",
        "fields": {TIER: {"label": "How fast and how deep?", "short": "Tier"}}
        | {_name(one): _field_words(one) for one in own},
        "options": {TIER: [_option(tier) for tier in tiers]}
        | {_name(one): _choices(one) for one in own if one.choices},
        "errors": {TIER: {"empty": "Select how fast and how deep"}}
        | {_name(one): _errors(one) for one in own},
    }


def _name(question: ServiceQuestion) -> str:
    return f"own_{question.slug}"


def _option(tier: ServiceTier) -> dict[str, str]:
    words = str(tier)
    return {"value": tier.level, "label": words, "short": words, "hint": tier.promise}


def _field_words(question: ServiceQuestion) -> dict[str, str]:
    label = question.label if question.is_required else f"{question.label} (optional)"
    return {"label": label, "short": question.label, "hint": question.hint}


def _choices(question: ServiceQuestion) -> list[dict[str, str]]:
    return [{"value": choice, "label": choice} for choice in question.choices]


def _errors(question: ServiceQuestion) -> dict[str, str]:
    said = question.label.rstrip("?.: ")
    bad = "Enter the date as day, month and year" if question.kind == Kind.DATE else ""
    return {
        "empty": f"Answer “{said}”",
        "long": f"“{said}” must be {{max}} characters or less. You have {{length}}",
        "bad": bad or "Enter a number, such as 6 or 2.5",
    }


def _rules(version: ServiceVersion) -> dict[str, Any]:
    own = questions.read(version.questions)
    return {
        "part": "What you ask for",
        "lanes": [Lane.ORDER],
        "required": [Lane.ORDER],
        "seconds": 30,
        "may_be_unsure": False,
        "may_wait": False,
        "order": [TIER, *(_name(one) for one in own)],
        "fields": {TIER: {"kind": "choice"}}
        | {_name(one): FIELD_RULES[one.kind] | {"optional": not one.is_required} for one in own},
    }


@transaction.atomic
def begin(
    service: Service, value: Mapping[str, Any], *, actor: User, at: datetime, today: date, key: UUID
) -> WorkRequest:
    """Open a draft that asks for a service in one of its tiers; raise NotForThemError."""
    version = service.current
    if version is None or not may_ask(service, actor, today):
        raise NotForThemError(service)
    draft = submission.begin(
        question_of(version, at=at),
        value=dict(value),
        actor=actor,
        at=at,
        service=service,
        lane=Lane.ORDER,
        key=key,
    )
    kind = QuestionVersion.objects.current().get(slug="kind")
    thing = {"kind": WorkRequest.Kind.ONE_THING}
    if not draft.answers.filter(slug="kind").exists():
        submission.save_answer(draft, kind, value=thing, actor=actor, at=at)
        WorkRequest.objects.filter(pk=draft.pk).update(title=version.name)
    return draft


def may_ask(service: Service, person: User, today: date) -> bool:
    """Whether the service can be asked for on this day, by this person."""
    for_them = Service.objects.visible_to(person).filter(Q(("is_for_them", True)), pk=service.pk)
    return service.can_be_asked_for(today) and for_them.exists()


def order_of(work: WorkRequest) -> Answer | None:
    """The answer that says which tier was asked for; None for any other request."""
    asked = work.answers.filter(slug__startswith=ORDER_PREFIX, status=Answer.Status.GIVEN)
    return asked.select_related("question").first() if work.service_id else None


def tier_of(work: WorkRequest) -> ServiceTier | None:
    """The tier that the requester asked for, of the version that they saw."""
    order = order_of(work)
    if order is None:
        return None
    tiers = ServiceTier.objects.select_related("version__service")
    asked = {"version__service": work.service_id, "version__number": order.question.number}
    return tiers.filter(**asked, level=order.get(TIER)).first()


@transaction.atomic
def accept(work: WorkRequest, *, actor: User, at: datetime, seen: int | None = None) -> WorkRequest:
    """Begin what was asked for as it was asked for: the requester has chosen the tier already.

    Raise OtherVersionError when the service offers something else now; then it is proposed.
    """
    require(policies.can_begin_order(actor, work))
    tier = tier_of(work)
    require(tier is not None)
    assert tier is not None
    service = tier.version.service
    if service.current_id != tier.version_id:
        raise OtherVersionError(service)
    triage.propose(work, tier=tier, why="Asked for by name.", actor=actor, at=at, seen=seen)
    work = WorkRequest.objects.get(pk=work.pk)
    return agreement.choose_tier(work, tier=tier, actor=work.requester, at=at)
