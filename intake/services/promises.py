"""What would be promised to a request sent now, worked out from the policies in force."""

import re
from datetime import datetime, timedelta
from typing import Any

from accounts.date_words import day_words
from intake.effort import promise_words
from intake.models import QuestionVersion
from intake.services.lifecycle import POLICY_OF_LANE, URGENT_POLICY
from intake.states import Lane
from sla.business_time import add_working_time
from sla.models import SlaTarget
from sla.services import clocks, hours

FULL = POLICY_OF_LANE[Lane.CONSULT]


class Outlook:
    """The promises of a full-lane request that is sent at this moment."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._policies: dict[str, dict[str, SlaTarget]] = {}

    def target(self, policy: str, metric: str) -> SlaTarget | None:
        """A promise of a policy; each policy is read once."""
        if policy not in self._policies:
            self._policies[policy] = clocks.policy_targets(policy, at=self.at)
        return self._policies[policy].get(metric)

    def due(self, metric: str) -> datetime | None:
        return _due(self.target(FULL, metric), self.at)

    def delivered(self, policy: str) -> datetime | None:
        """When a delivery would be due whose tier is chosen on the last day of the proposal."""
        return _due(self.target(policy, "delivery"), self.due("proposal"))

    def words_for(self, question: QuestionVersion) -> dict[str, str]:
        """The dates that a question's words name in braces, such as {proposal}."""
        after = question.rules.get("delivery", {})
        return {name: self._word(name, after) for name in _named(question.words)}

    def _word(self, name: str, after: dict[str, str]) -> str:
        if name == "urgent_reply":
            return promise_words(self.target(URGENT_POLICY, "first_reply"))
        metric = {"reply": "first_reply", "proposal": "proposal"}.get(name, "")
        moment = self.delivered(after[name]) if name in after else self.due(metric)
        return day_words(moment, now=self.at) if moment else ""


def _due(promise: SlaTarget | None, start: datetime | None) -> datetime | None:
    """When a promise falls due whose clock starts then; None where nothing is promised."""
    if promise is None or start is None:
        return None
    calendar = hours.timetable(promise.calendar).hours
    return add_working_time(calendar, start, timedelta(seconds=promise.target_seconds))


def _named(words: Any) -> set[str]:
    """The names in braces in any text of a question but its errors, which speak of lengths."""
    if isinstance(words, dict):
        texts = [text for name, text in words.items() if name != "errors"]
    elif isinstance(words, list):
        texts = words
    else:
        return set(re.findall(r"{(\w+)}", str(words)))
    return {name for text in texts for name in _named(text)}
