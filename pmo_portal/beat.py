"""Celery's beat, kept in memory and not silenced by a clock that is set back."""

import time
from typing import Any

from celery.beat import Scheduler

SLACK = 1.0  # seconds; a time server nudges the clock by less


class SteadyScheduler(Scheduler):
    """Begins its schedule afresh when the wall clock goes back.

    Celery's own waits until the time of the last run comes round again: after a clock that was a
    day ahead, for a day. Nothing is kept in a file, so a restart begins afresh too.
    """

    _latest = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, and return the seconds to wait (Celery's contract)."""
        now = time.time()
        if now < self._latest - SLACK:
            self._begin_afresh()
        self._latest = now
        return float(super().tick(*args, **kwargs))

    def _begin_afresh(self) -> None:
        for entry in self.schedule.values():
            entry.last_run_at = entry.default_now()
        self._heap = None
