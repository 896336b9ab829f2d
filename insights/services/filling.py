"""Filling a review with its month: five numbers, a section per service, what is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count

from catalog.judging import Status
from catalog.models import CustomerContact, Improvement, OutcomeMetric, Pilot, Service
from catalog.outcome_record import OutcomeLine, outcome_lines
from insights.figures import monthly, words
from insights.figures.breaks import heaviest_breaks
from insights.figures.monthly import Approach, Counted, shifted
from insights.models import ReviewDecision
from intake.models import Answer, PromiseMonth, ResultCheck, WorkRequest
from intake.services import figures as board
from intake.track_record import month_bounds

LESS_LEAD_TIME, LESS_URGENT = 0.6, 0.5  # product.md: -40 % and -50 %
MOST_LINES = 3
MOST_PROMISES = 6
MOST_ASKED = 3
# From one in five on, a missed promise is a question for the sponsors.
MISSED_TOO_OFTEN = 0.2
PROMISES = {
    "first_reply": "A person replies",
    "proposal": "A proposal or an answer",
    "next_contact": "We write again",
    "blueprint": "The work is set up",
    "delivery": "The first result is there",
    "handoff": "A step is handed over",
    "promise": "An agreed promise",
    "verdict": "The pilot is decided",
}
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


@dataclass
class Filled:
    """A month as it is counted now."""

    figures: Shown
    rows: dict[str, list[int]]
    sections: dict[int, Shown]
    questions: list[Question] = field(default_factory=list)


def fill(month: date, *, now: datetime) -> Filled:
    """Count a month. The time promises come from the board's figures, made current first."""
    board.refresh([shifted(month, -1), month], now=now)
    numbers, rows = _numbers(month)
    missed = _missed_promises(month)
    sections = _sections(month, now, missed)
    shown = {
        "numbers": numbers,
        "promises": [line.shown for line in missed][:MOST_PROMISES],
        "breaks": heaviest_breaks(MOST_LINES),
        "results": _results(month),
        "summary": summary(month, numbers),
    }
    return Filled(shown, rows, sections, list(_questions(month, now, sections, missed)))


# The five numbers


def _numbers(month: date) -> tuple[list[Shown], dict[str, list[int]]]:
    before = shifted(month, -1)
    base = monthly.baseline_months(monthly.first_month())
    # A month of the baseline itself is not held against it.
    base = base if base and month > base[-1] else []
    lead, urgent = monthly.lead_time(month), monthly.urgent_share(month)
    parts, kept = monthly.approach(month), monthly.promises_kept(month)
    helped = monthly.results_that_helped(month)
    numbers = [
        _lead(lead, monthly.lead_time(before), monthly.baseline_of_lead_time(base)),
        _urgent(urgent, monthly.urgent_share(before), monthly.baseline_of_urgent_share(base)),
        _approach(parts, monthly.approach(before)),
        _counts("promises", "Promises kept", kept, monthly.promises_kept(before)),
        _counts(
            "results",
            "Results that made a difference",
            helped,
            monthly.results_that_helped(before),
        ),
    ]
    rows = {
        "lead": lead.rows,
        "urgent": urgent.rows,
        "approach": [*parts.as_ordered, *parts.framed, *parts.measured],
        "promises": kept.rows,
        "results": helped.rows,
    }
    return numbers, rows


def _number(key: str, label: str, now: str, before: str, **more: Any) -> Shown:
    blank = {"baseline": "", "target": "", "verdict": "", "n": 0, "value": None}
    return blank | {"key": key, "label": label, "now": now, "before": before} | more


def _lead(now: Counted, before: Counted, baseline: float | None) -> Shown:
    target = baseline * LESS_LEAD_TIME if baseline is not None else None
    return _number(
        "lead",
        "Decision lead time, median",
        words.days(now.value),
        words.days(before.value),
        baseline=words.days(baseline),
        target=words.days(target),
        verdict=words.standing(now.value, baseline, target, now.whole),
        n=now.whole,
        value=now.value,
        against=baseline,
    )


def _urgent(now: Counted, before: Counted, baseline: float | None) -> Shown:
    target = baseline * LESS_URGENT if baseline is not None else None
    return _number(
        "urgent",
        "Urgent share",
        words.percent(now.value),
        words.percent(before.value),
        baseline=words.percent(baseline),
        target=words.percent(target),
        verdict=words.standing(now.value, baseline, target, now.whole),
        n=now.whole,
        value=now.value,
        against=baseline,
    )


def _approach(now: Approach, before: Approach) -> Shown:
    whole = sum(map(len, now))
    shown = now.ratio if whole else "–"
    previous = before.ratio if sum(map(len, before)) else "–"
    return _number("approach", "Orders : value", shown, previous, n=whole)


def _counts(key: str, label: str, now: Counted, before: Counted) -> Shown:
    return _number(key, label, words.of(now), words.of(before), n=now.whole, value=now.value)


def summary(month: date, numbers: list[Shown]) -> str:
    """The month in sentences made from its numbers: the headline where nobody writes one."""
    by_key = {number["key"]: number for number in numbers}
    lead, kept, helped = by_key["lead"], by_key["promises"], by_key["results"]
    told = [_lead_sentence(month, lead)]
    if kept["n"]:
        told.append(f"{kept['now']} promises were kept.")
    if helped["n"]:
        told.append(f"{helped['now']} results made a difference.")
    return " ".join(told)


def _lead_sentence(month: date, lead: Shown) -> str:
    if lead["value"] is None:
        return f"No decision was recorded in {month:%B}."
    said = f"Median decision lead time was {lead['now'].replace(' d', '')} days in {month:%B}"
    if not lead.get("against"):
        return f"{said}."
    off = round((lead["value"] / lead["against"] - 1) * 100)
    side = "below" if off < 0 else "above"
    baseline = lead["baseline"].replace(" d", "")
    where = f"{abs(off)} % {side} the baseline" if off else "the same as the baseline"
    return f"{said}, {where} of {baseline}. Target {lead['target'].replace(' d', '')}."


# Promises that were missed


@dataclass(frozen=True)
class Missed:
    """One promise of one service, missed in the month at least once."""

    service: int | None
    service_name: str
    metric: str
    policy: int
    missed: int
    ended: int

    @property
    def is_often(self) -> bool:
        is_enough = self.ended >= words.FEW
        return is_enough and self.missed / self.ended >= MISSED_TOO_OFTEN

    @property
    def shown(self) -> Shown:
        return {
            "service": self.service_name,
            "service_id": self.service,
            "promise": PROMISES.get(self.metric, self.metric),
            "missed": self.missed,
            "ended": self.ended,
        }


def _missed_promises(month: date) -> list[Missed]:
    """The most often missed first."""
    rows = PromiseMonth.objects.of_months(month, month).filter(missed__gt=0)
    found = [
        Missed(
            row.service_id,
            str(row.service or "No service yet"),
            row.metric,
            row.policy_id,
            row.missed,
            row.met + row.missed,
        )
        for row in rows
    ]
    return sorted(found, key=lambda m: (-m.missed, m.service_name, m.metric, m.policy))


# A section per service


def _sections(month: date, now: datetime, missed: list[Missed]) -> dict[int, Shown]:
    start, end = month_bounds(month)
    services = list(Service.objects.filter(state__in=Service.OFFERED, current__isnull=False))
    kept = _kept_by_service(month)
    came = dict(
        WorkRequest.objects.received()
        .filter(monthly.received(month), service__isnull=False)
        .order_by()
        .values_list("service")
        .annotate(Count("pk"))
    )
    outcomes: dict[int, list[Shown]] = defaultdict(list)
    for line in _outcomes(month, now):
        outcomes[line.metric.service_id].append(_outcome(line))
    done: dict[int, list[str]] = defaultdict(list)
    improved = Improvement.objects.closed_since(start).filter(closed_at__lt=end)
    for of, text in improved.filter(state="done").values_list("service", "what_was_done"):
        done[of].append(text)
    contacts = CustomerContact.objects.filter(
        happened_on__gte=month, happened_on__lt=shifted(month, 1)
    )
    talks = dict(contacts.order_by().values_list("service").annotate(Count("pk")))
    pending = dict(
        Improvement.objects.pending().order_by().values_list("service").annotate(Count("pk"))
    )
    helped = _helped_by_service(month)
    return {
        service.pk: {
            "came": came.get(service.pk, 0),
            "met": kept.get(service.pk, (0, 0))[0],
            "missed": kept.get(service.pk, (0, 0))[1],
            "missed_promises": [line.shown for line in missed if line.service == service.pk],
            "outcomes": outcomes[service.pk],
            "improved": done[service.pk],
            "pending": pending.get(service.pk, 0),
            "contacts": talks.get(service.pk, 0),
            "helped": helped.get(service.pk, (0, 0))[0],
            "told": helped.get(service.pk, (0, 0))[1],
        }
        for service in services
    }


def _kept_by_service(month: date) -> dict[int, tuple[int, int]]:
    sums: dict[int, tuple[int, int]] = {}
    rows = PromiseMonth.objects.filter(month=month, service__isnull=False)
    for service, met, missed in rows.values_list("service", "met", "missed"):
        before = sums.get(service, (0, 0))
        sums[service] = (before[0] + met, before[1] + missed)
    return sums


def _helped_by_service(month: date) -> dict[int, tuple[int, int]]:
    start, end = month_bounds(month)
    told = ResultCheck.objects.filter(at__gte=start, at__lt=end, work__service__isnull=False)
    counted: dict[int, tuple[int, int]] = {}
    rows = told.exclude(difference=ResultCheck.Difference.NOT_MEASURABLE)
    for service, difference in rows.values_list("work__service", "difference"):
        helped, whole = counted.get(service, (0, 0))
        counted[service] = (helped + (difference in monthly.HELPED), whole + 1)
    return counted


def _outcomes(month: date, now: datetime) -> list[OutcomeLine]:
    metrics = OutcomeMetric.objects.filter(ended_on=None).select_related("service__current")
    return outcome_lines(metrics, [month], now=now)


def _outcome(line: OutcomeLine) -> Shown:
    return {
        "metric": line.metric.pk,
        "name": line.metric.name,
        "promise": line.promise,
        "words": line.last_words,
        "is_missed": line.last.status == Status.MISSED,
    }


# What is asked of the sponsors


def _questions(
    month: date, now: datetime, sections: dict[int, Shown], missed: list[Missed]
) -> Iterator[Question]:
    services = {s.pk: s for s in Service.objects.filter(pk__in=sections).select_related("current")}
    often = [line for line in missed if line.is_often and line.service in sections]
    for line in often[:MOST_ASKED]:
        name = PROMISES.get(line.metric, line.metric)
        yield Question(
            f"promise:{line.service}:{line.policy}:{line.metric}",
            _short(f"Keep the promise “{name}” of “{line.service_name}”?"),
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
                    _short(f"Keep “{outcome['name']}” of “{services[pk]}”?"),
                    Ending.CHANGE,
                    _short(f"{outcome['words']} in {month:%B}; promised: {outcome['promise']}", 118)
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
    return Question(f"service:{pk}", _short(f"Keep “{service}”?"), suggested, why, service=pk)


def _about_pilots(now: datetime) -> Iterator[Question]:
    soon = now.date() + timedelta(days=31)
    running = Pilot.objects.filter(decided_at=None, ends_on__lte=soon).order_by("ends_on")
    for pilot in running.select_related("service__current")[:MOST_ASKED]:
        yield Question(
            f"pilot:{pilot.pk}",
            _short(f"Pilot of “{pilot.service}” ends {pilot.ends_on:%-d %b}: go on with it?"),
            Ending.KEEP,
            _short(pilot.scope),
            service=pilot.service_id,
            pilot=pilot.pk,
        )


def _short(text: str, most: int = 120) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


# Results, in users' words


def _results(month: date) -> list[Shown]:
    """Up to three, the clearest first; nothing of requests that hold answers for the PMO only."""
    start, end = month_bounds(month)
    hidden = Answer.objects.filter(is_pmo_only=True).values("work")
    told = ResultCheck.objects.filter(at__gte=start, at__lt=end, difference__in=monthly.HELPED)
    open_ones = told.exclude(work__in=hidden).select_related("work")
    ordered = sorted(
        open_ones.order_by("-at", "-pk")[:50],
        key=lambda result: result.difference != ResultCheck.Difference.CLEARLY,
    )
    return [_result(result) for result in ordered[:MOST_LINES]]


def _result(result: ResultCheck) -> Shown:
    believed = result.work.hypotheses.order_by("-number").first()
    before = believed.baseline if believed else ""
    return {
        "reference": result.work.reference,
        "measure": believed.measure if believed else "",
        "before": before,
        "after": result.value_now,
        "sentence": _short(result.sentence, 140),
    }
