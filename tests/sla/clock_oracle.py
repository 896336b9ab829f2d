"""A clock by brute force: it counts the minutes in which it ran, one by one.

Written apart from the replay, for histories on whole minutes and targets of whole hundreds of
minutes, so that every threshold falls on a minute. Minutes are numbers; hours are sets of them.
"""

from dataclasses import dataclass, field

PERCENTS = (50, 75, 90, 100, 150)
Hours = frozenset[int]
Row = list[int | None]  # percent, cycle, due, effective, superseded


@dataclass
class ClockOracle:
    """Everything is worked out from `ran`: (minute, hours it is sealed in or None)."""

    hours: Hours
    name: str
    target: int
    horizon: int
    state: str = "not_started"
    cycle: int = 1
    start: int = 0
    now: int = 0
    outcome: str | None = None
    kept_due: int | None = None
    changed: int | None = None
    ran: list[tuple[int, Hours | None]] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)
    live: dict[int, Row] = field(default_factory=dict)
    log: list[Row] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)
    past: list[str | None] = field(default_factory=list)

    def run_to(self, minute: int) -> None:
        if self.state == "running":
            self.ran += [(at, None) for at in range(self.now, minute)]
        self.now = max(self.now, minute)

    def counted(self) -> list[int]:
        return [at for at, sealed in self.ran if at in (self.hours if sealed is None else sealed)]

    def reached(self, amount: int) -> int | None:
        """The minute at which `amount` is first counted, in future too if it runs on."""
        if self.state == "not_started":
            return None
        if amount == 0:
            return self.start
        counted = self.counted()
        if self.state == "running" and len(counted) < amount:
            counted += [at for at in range(self.now, self.horizon) if at in self.hours]
        return counted[amount - 1] + 1 if len(counted) >= amount else None

    def true_since(self, percent: int) -> int | None:
        reached = self.reached(self.target * percent // 100)
        if reached is None or reached > self.now:
            return None
        if percent < 100:
            return reached
        return min((at for at, _ in self.ran if at >= reached), default=None)

    def settle(self) -> None:
        for percent in PERCENTS:
            since = self.true_since(percent)
            if since is None and percent in self.live:
                self.live.pop(percent)[4] = self.now
            elif since is not None and percent not in self.live:
                due = self.reached(self.target * percent // 100)
                row: Row = [percent, self.cycle, due, max(since, self.changed or 0), None]
                self.live[percent] = row
                self.log.append(row)

    def command(self, index: int, act: str, minute: int, **given: object) -> None:
        self.run_to(minute)
        self.settle()
        if not getattr(self, f"do_{act}")(**given):
            self.ignored.append(index)
        self.settle()

    def do_start(self) -> bool:
        if self.state != "not_started":
            return False
        self.state, self.start = "running", self.now
        return True

    def do_pause(self, reason: str) -> bool:
        if self.state not in ("running", "paused") or reason in self.reasons:
            return False
        self.reasons.add(reason)
        self.state = "paused"
        return True

    def do_resume(self, reason: str) -> bool:
        if self.state != "paused" or reason not in self.reasons:
            return False
        self.reasons.remove(reason)
        self.state = "paused" if self.reasons else "running"
        return True

    def do_stop(self) -> bool:
        if self.state not in ("running", "paused"):
            return False
        self.kept_due = self.reached(self.target)
        self.outcome = "missed" if 100 in self.live else "met"
        self.close("stopped")
        return True

    def do_cancel(self) -> bool:
        if self.state in ("stopped", "cancelled"):
            return False
        self.close("cancelled")
        return True

    def do_reopen(self) -> bool:
        if self.state != "stopped":
            return False
        self.state, self.outcome = "running", None
        return True

    def do_restart(self) -> bool:
        if self.state == "not_started":
            return False
        self.past.append(self.outcome)
        self.ran, self.live, self.reasons = [], {}, set()
        self.state, self.start, self.outcome, self.changed = "running", self.now, None, None
        self.cycle += 1
        return True

    def do_retarget(self, target: int, hours: Hours, name: str) -> bool:
        if self.state in ("stopped", "cancelled") or (target, name) == (self.target, self.name):
            return False
        if name != self.name:
            self.seal()
        self.target, self.hours, self.name, self.changed = target, hours, name, self.now
        return True

    def do_calendar(self, hours: Hours, name: str) -> bool:
        was, self.hours, self.name = self.name, hours, name
        if self.state in ("stopped", "cancelled") or name == was:
            return False
        self.changed = self.now
        return True

    def seal(self) -> None:
        self.ran = [(at, self.hours if sealed is None else sealed) for at, sealed in self.ran]

    def close(self, state: str) -> None:
        self.seal()
        self.reasons = set()
        self.state = state

    def told(self) -> dict[str, object]:
        elapsed = len(self.counted())
        breach = self.live.get(100)
        waiting = [
            self.reached(self.target * percent // 100)
            for percent in PERCENTS
            if percent not in self.live
        ]
        coming = [at for at in waiting if at is not None] if self.state == "running" else []
        return {
            "state": self.state,
            "cycle": self.cycle,
            "elapsed": elapsed,
            "remaining": self.target - elapsed,
            "due_at": self.kept_due if self.state == "stopped" else self.reached(self.target),
            "breached": breach is not None,
            "breached_at": breach and breach[3],
            "outcome": self.outcome,
            "next_event_at": min(coming, default=None),
            "ignored": self.ignored,
            "log": self.log,
            "past_outcomes": self.past,
        }
