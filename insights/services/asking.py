"""What a review asks of the sponsors: to keep, change or retire, each by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from catalog.models import Pilot, Service
from insights.figures import words
from insights.models import ReviewDecision
from insights.services.missed import MISSED_TOO_OFTEN, Missed

MOST_ASKED = 3
Ending = ReviewDecision.Ending
Shown = dict[str, Any]


class Question(NamedTuple):
    """Something that the sponsors are asked to keep, change or retire."""

    key: str
    words: str
    suggested: str
    why: str
    service: int | None = None
    pilot: int | None = None


def questions(
    month: date, now: datetime, sections: dict[int, Shown], missed: list[Missed]
) -> Iterator[Question]:
    services = {s.pk: s for s in Service.objects.filter(pk__in=sections).select_related("current")}
    often = [line for line in missed if line.is_often and line.service in sections]
    for line in often[:MOST_ASKED]:
        yield Question(
            f"promise:{line.service}:{line.policy}:{line.metric}",
            short(f"Keep the promise “{line.promise}” of “{line.service_name}”?"),
            Ending.CHANGE,
            f"{line.missed} of {line.ended} were missed in {month:%B}.",
            service=line.service,
        )
    yield from _about_outcomes(month, sections, services)
    for pk, service in sorted(services.items(), key=lambda item: item[1].position):
        yield _about_service(pk, service, sections[pk])
    yield from _about_pilots(now)


def _about_outcomes(
    month: date, sections: dict[int, Shown], services: dict[int, Service]
) -> Iterator[Question]:
    for pk, section in sections.items():
        for outcome in section["outcomes"]:
            if outcome["is_missed"]:
                yield Question(
                    f"metric:{outcome['metric']}",
                    short(f"Keep “{outcome['name']}” of “{services[pk]}”?"),
                    Ending.CHANGE,
                    short(f"{outcome['words']} in {month:%B}; promised: {outcome['promise']}", 118)
                    + ".",
                    service=pk,
                )


def _about_service(pk: int, service: Service, section: Shown) -> Question:
    met, missed = section["met"], section["missed"]
    ended = met + missed
    is_often = ended >= words.FEW and missed / ended >= MISSED_TOO_OFTEN
    if not ended:
        why = "No promise came due." if section["came"] else "Nobody asked for it this month."
    elif missed:
        why = f"{met} of {ended} promises were kept."
    else:
        why = f"All {ended} promises were kept." if ended > 1 else "Its one promise was kept."
    if section["told"]:
        why += f" {section['helped']} of {section['told']} results made a difference."
    suggested = Ending.CHANGE if is_often else Ending.KEEP
    return Question(f"service:{pk}", short(f"Keep “{service}”?"), suggested, why, service=pk)


def _about_pilots(now: datetime) -> Iterator[Question]:
    soon = now.date() + timedelta(days=31)
    running = Pilot.objects.filter(decided_at=None, ends_on__lte=soon).order_by("ends_on")
    for pilot in running.select_related("service__current")[:MOST_ASKED]:
        yield Question(
            f"pilot:{pilot.pk}",
            short(f"Pilot of “{pilot.service}” ends {pilot.ends_on:%-d %b}: go on with it?"),
            Ending.KEEP,
            short(pilot.scope),
            service=pilot.service_id,
            pilot=pilot.pk,
        )


def short(text: str, most: int = 120) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
