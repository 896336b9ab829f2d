"""Outcome promises: defining them, taking readings, leaving readings out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from accounts.policies import require
from audit.services import record
from catalog import outcome_policies as policies
from catalog.models import Measurement, MetricVersion, OutcomeMetric, Service


class Reading(NamedTuple):
    """What one reading says; which parts count depends on the kind of the promise."""

    reference: str
    at: datetime
    done_at: datetime | None = None
    forecast: Decimal | None = None
    actual: Decimal | None = None
    holds: bool | None = None
    evidence: str = ""


@dataclass(frozen=True)
class ReadingExistsError(Exception):
    """The same thing was read before, and differently."""

    reading: Measurement


class TooEarlyError(Exception):
    """A definition can't begin before the one that is in force."""


@transaction.atomic
def define(
    service: Service,
    *,
    name: str,
    question: str,
    owner: User,
    terms: dict[str, Any],
    actor: User,
    at: datetime,
) -> OutcomeMetric:
    """Promise something about the results of a service, from the start of a month on."""
    require(policies.can_define(actor))
    metric = OutcomeMetric.objects.create(
        service=service, slug=_free_slug(service, name), name=name, question=question, owner=owner
    )
    _add_version(metric, 1, terms, actor=actor, at=at)
    return metric


@transaction.atomic
def redefine(
    metric: OutcomeMetric, *, terms: dict[str, Any], actor: User, at: datetime
) -> MetricVersion:
    """Promise something else from a month on; months before keep what they were promised."""
    require(policies.can_define(actor))
    OutcomeMetric.objects.select_for_update().get(pk=metric.pk)
    newest = metric.versions.latest("number")
    if terms["effective_from"] < newest.effective_from:
        raise TooEarlyError
    return _add_version(metric, newest.number + 1, terms, actor=actor, at=at)


def _add_version(
    metric: OutcomeMetric, number: int, terms: dict[str, Any], *, actor: User, at: datetime
) -> MetricVersion:
    version = MetricVersion.objects.create(
        metric=metric, number=number, saved_at=at, approved_by=actor, **terms
    )
    record(
        "catalog.outcome_defined",
        metric,
        actor=actor,
        at=at,
        reason=version.note,
        version=number,
        effective_from=version.effective_from.isoformat(),
    )
    return version


def _free_slug(service: Service, name: str) -> str:
    wanted = slugify(name)[:50] or "outcome"
    taken = set(service.metrics.values_list("slug", flat=True)) | {"new"}
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


@transaction.atomic
def measure(
    metric: OutcomeMetric,
    reading: Reading,
    *,
    actor: User | None,
    at: datetime,
    source: str = Measurement.Source.ENTERED,
) -> tuple[Measurement, bool]:
    """Take a reading; return it, and whether that is news.

    The same reading again changes nothing. One that was open is completed. A thing that was read
    otherwise before raises ReadingExistsError: what was judged is not rewritten.
    """
    require(actor is None or policies.can_measure(actor))
    known = metric.measurements.select_for_update().filter(reference=reading.reference).first()
    if known is None:
        taken = Measurement.objects.create(
            metric=metric, source=source, entered_by=actor, entered_at=at, **reading._asdict()
        )
        _note("catalog.measured", taken, actor, at)
        return taken, True
    if _says(known) == reading._replace(evidence=known.evidence):
        return known, False
    if not _completes(known, reading):
        raise ReadingExistsError(known)
    for name in ("done_at", "actual", "holds"):
        setattr(known, name, getattr(reading, name))
    known.save(update_fields=["done_at", "actual", "holds"])
    _note("catalog.measured", known, actor, at)
    return known, True


def _says(known: Measurement) -> Reading:
    return Reading(*(getattr(known, name) for name in Reading._fields))


def _completes(known: Measurement, reading: Reading) -> bool:
    """Whether it only adds what was open: the end, the actual value, or whether it holds."""
    is_open = known.done_at is None and known.actual is None and known.holds is None
    return is_open and known.at == reading.at and known.forecast == reading.forecast


@transaction.atomic
def exclude(reading: Measurement, *, reason: str, actor: User, at: datetime) -> None:
    """Ask to leave a reading out; it counts until somebody else approves."""
    require(policies.can_measure(actor) and not reading.is_excluded)
    reading.exclusion_reason, reading.excluded_by = reason, actor
    reading.save(update_fields=["exclusion_reason", "excluded_by"])
    _note("catalog.exclusion_asked", reading, actor, at, reason)


@transaction.atomic
def approve_exclusion(reading: Measurement, *, actor: User, at: datetime) -> None:
    """Leave it out, by name."""
    require(policies.can_approve(actor, reading))
    reading.approved_by = actor
    reading.save(update_fields=["approved_by"])
    _note("catalog.exclusion_approved", reading, actor, at, reading.exclusion_reason)


def _note(
    action: str, reading: Measurement, actor: User | None, at: datetime, reason: str = ""
) -> None:
    record(action, reading.metric, actor=actor, at=at, reason=reason, reading=reading.reference)


def first_of_month(text: str) -> date:
    """Read "2026-10" as the first of that month; ValueError for anything else."""
    year, month = text.split("-")
    return date(int(year), int(month), 1)
