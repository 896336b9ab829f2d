"""The rules of solution language: which are in force, and how two people change them."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import RulesVersion, SolutionLabel
from intake.reframe.engine import read
from intake.reframe.phrases import Figures, Phrase, known_phrases, measure
from intake.reframe.rules import (
    Rules,
    RulesError,
    compile_rules,
    document_of_the_file,
    rules_of_the_file,
)


def rules_in_force() -> Rules:
    """The version published last; before there is one, the rules that the product ships with."""
    newest = RulesVersion.objects.published().values_list("pk", "number").first()
    return _compiled(*newest) if newest else rules_of_the_file()


@lru_cache(maxsize=4)
def _compiled(pk: int, number: int) -> Rules:
    """A published version never changes, so that it is made ready once."""
    return compile_rules(RulesVersion.objects.get(pk=pk).in_order | {"version": number})


def level_fields(text: str, rules: Rules) -> dict[str, int]:
    """What a request keeps of the reading of its words."""
    return {"solution_level": int(read(text, rules).level), "solution_rules": rules.version}


LABELS = "analysts"
MOST_LABELS = 2_000
# Seconds that a trial may take before it is stopped.
PATIENCE = 12
PROJECT = Path(__file__).resolve().parents[2]
FIXED_SETS = ("design", "plain")
GATE_PRECISION, GATE_RECALL, GATE_COUNT = 0.90, 0.75, 100
By = dict[str, Figures]


@dataclass
class BelowGateError(Exception):
    """The rules may not be published; `reasons` say which figures are too low."""

    reasons: list[str]


class StaleRulesError(Exception):
    """Other rules were published since these were proposed."""


def phrases() -> list[Phrase]:
    """Everything labelled: what comes with the product, and the analysts' labels by month."""
    newest = SolutionLabel.objects.order_by("-labelled_at")
    rows = newest.values_list("labelled_at", "is_solution", "work__ask")[:MOST_LABELS]
    labelled = [Phrase(f"{LABELS} {at:%Y-%m}", is_so, ask) for at, is_so, ask in reversed(rows)]
    return [*known_phrases(), *labelled]


def figures_in_force() -> By:
    return measure(phrases(), rules_in_force())


def document_in_force() -> Mapping[str, Any]:
    newest = RulesVersion.objects.published().first()
    return newest.in_order if newest else document_of_the_file()


def document_of(number: int) -> Mapping[str, Any]:
    """The rules of a version; those of the product where the database has none."""
    version = RulesVersion.objects.filter(number=number).first()
    return version.in_order if version else document_of_the_file()


def try_out(document: Mapping[str, Any]) -> By:
    """Measure rules that nobody has checked yet, in a process that is stopped when it takes long.

    Raise RulesError naming the entry that is wrong.
    """
    rows = [(phrase.set, phrase.fires, phrase.text) for phrase in phrases()]
    job = json.dumps({"document": document, "phrases": rows})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "intake.reframe.trial"],
            input=job,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            cwd=PROJECT,
            check=False,
        )
    except subprocess.TimeoutExpired as stopped:
        raise RulesError(_last_place(stopped.stderr), TOO_LONG) from stopped
    if done.returncode:
        raise RulesError(_last_place(done.stderr), "can’t be used: the trial ended with an error")
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise RulesError(**answer["error"])
    return {name: Figures(**found) for name, found in answer["figures"].items()}


TOO_LONG = "takes too long on some texts; avoid a repetition of repetitions"


def _last_place(told: bytes | str | None) -> str:
    text = told.decode() if isinstance(told, bytes) else told or ""
    lines = text.strip().splitlines()
    return lines[-1] if lines else "rules"


def below_gate(figures: By) -> list[str]:
    """Why these figures don't allow to publish; empty when they do."""
    reasons = [
        f"The set {name} must stay at 1.00 and 1.00; it has {found.precision:.2f} and "
        f"{found.recall:.2f}"
        for name in FIXED_SETS
        if (found := figures.get(name, Figures())).precision < 1 or found.recall < 1
    ]
    name, judged = gate_set(figures)
    if judged.count < GATE_COUNT:
        reasons.append(f"The set {name} has {judged.count} phrases; {GATE_COUNT} are needed")
    if judged.precision < GATE_PRECISION:
        reasons.append(f"Precision of {name} is {judged.precision:.2f}; 0.90 is needed")
    if judged.recall < GATE_RECALL:
        reasons.append(f"Recall of {name} is {judged.recall:.2f}; 0.75 is needed")
    return reasons


def gate_set(figures: By) -> tuple[str, Figures]:
    """What counts at the gate: the analysts' labels once there are enough, else the other sets."""
    labelled = _pooled(found for name, found in figures.items() if name.startswith(LABELS))
    if labelled.count >= GATE_COUNT:
        return "the analysts’ labels", labelled
    others = [f for n, f in figures.items() if n not in FIXED_SETS and not n.startswith(LABELS)]
    return "all sets but design and plain", _pooled(others)


def _pooled(many: Iterable[Figures]) -> Figures:
    pooled = Figures()
    for one in many:
        pooled = Figures(
            pooled.hits + one.hits,
            pooled.false_alarms + one.false_alarms,
            pooled.misses + one.misses,
            pooled.quiet + one.quiet,
        )
    return pooled


@transaction.atomic
def propose(
    document: Mapping[str, Any], *, base: int, note: str, actor: User, at: datetime
) -> RulesVersion:
    """Put changed rules before a second person. Raise RulesError when they can't be used."""
    require(policies.can_manage_rules(actor))
    after = try_out(document)
    before = figures_in_force()
    newest = RulesVersion.objects.aggregate(newest=Max("number"))["newest"] or 0
    version = RulesVersion.objects.create(
        number=max(newest, rules_of_the_file().version) + 1,
        base=base,
        document=json.dumps(dict(document)),
        note=note,
        figures={
            name: {"before": asdict(before.get(name, Figures())), "after": asdict(found)}
            for name, found in after.items()
        },
        proposed_by=actor,
        proposed_at=at,
    )
    record("rules.proposed", version, actor=actor, at=at, reason=note, number=version.number)
    return version


@transaction.atomic
def publish(version: RulesVersion, *, actor: User, at: datetime) -> None:
    """Put proposed rules in force; measured again, since labels were added meanwhile.

    Raise PermissionDenied for the one who proposed them, StaleRulesError and BelowGateError.
    """
    version = RulesVersion.objects.select_for_update().get(pk=version.pk)
    require(policies.can_publish_rules(actor, version))
    if version.base != rules_in_force().version:
        raise StaleRulesError
    if reasons := below_gate(try_out(version.in_order)):
        raise BelowGateError(reasons)
    _decide(version, RulesVersion.State.PUBLISHED, actor=actor, at=at)
    record("rules.published", version, actor=actor, at=at, number=version.number)


@transaction.atomic
def withdraw(version: RulesVersion, *, actor: User, at: datetime) -> None:
    """Take a proposal back; it stays readable."""
    version = RulesVersion.objects.select_for_update().get(pk=version.pk)
    require(policies.can_withdraw_rules(actor, version))
    _decide(version, RulesVersion.State.WITHDRAWN, actor=actor, at=at)
    record("rules.withdrawn", version, actor=actor, at=at, number=version.number)


def _decide(version: RulesVersion, state: RulesVersion.State, *, actor: User, at: datetime) -> None:
    version.state, version.decided_by, version.decided_at = state, actor, at
    version.save(update_fields=["state", "decided_by", "decided_at"])
