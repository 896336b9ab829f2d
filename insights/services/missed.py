"""The promises that were missed in a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from insights.figures import words
from intake.models import PromiseMonth

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
Shown = dict[str, Any]


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
    def promise(self) -> str:
        return PROMISES.get(self.metric, self.metric)

    @property
    def is_often(self) -> bool:
        is_enough = self.ended >= words.FEW
        return is_enough and self.missed / self.ended >= MISSED_TOO_OFTEN

    @property
    def shown(self) -> Shown:
        return {
            "service": self.service_name,
            "service_id": self.service,
            "promise": self.promise,
            "missed": self.missed,
            "ended": self.ended,
        }


def missed_promises(month: date) -> list[Missed]:
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
