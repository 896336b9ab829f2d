"""Trying rules out in a process of their own, which can be stopped: a pattern may take for ever.

Reads a job as JSON from standard input and writes what came of it to standard output; on standard
error stands which entry is being tried, so that whoever stops it knows the culprit.
"""

import json
import re
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from intake.reframe.engine import read
from intake.reframe.phrases import Phrase, measure
from intake.reframe.rules import Rules, RulesError, compile_rules
from intake.reframe.texts import LIMIT

HOSTILE = ("a", "a ", "we need a ", "report ", "can you extend the ", "1", "a, ", "not ", "'s ")
# Seconds of processor time that one entry, or all together, may take with one text at worst.
MOST = 0.4


def main() -> None:
    job = json.load(sys.stdin)
    try:
        answer = _try(job)
    except RulesError as error:
        answer = {"error": {"place": error.place, "problem": error.problem}}
    json.dump(answer, sys.stdout)


def _try(job: dict[str, Any]) -> dict[str, Any]:
    rules = compile_rules(job["document"])
    for place, pattern in _patterns(rules):
        sys.stderr.write(f"{place}\n")
        sys.stderr.flush()
        for text in _texts_against(pattern):
            _within(place, partial(pattern.search, text))
    for piece in HOSTILE:
        _within("rules", partial(read, _filled(piece), rules))
    figures = measure([Phrase(*row) for row in job["phrases"]], rules)
    return {"figures": {name: asdict(found) for name, found in figures.items()}}


def _within(place: str, act: Callable[[], object]) -> None:
    """Do it, or stop in the middle: the library looks for signals while it searches."""

    def stop(*_: object) -> None:
        raise RulesError(place, "takes too long on some texts; avoid a repetition of repetitions")

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, MOST)
    try:
        act()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _patterns(rules: Rules) -> Iterator[tuple[str, re.Pattern[str]]]:
    yield from ((f"lexicon {name}", pattern) for name, pattern in rules.groups)
    for rule in (*rules.guards, *rules.rules):
        if rule.pattern:
            yield rule.id, rule.pattern
    yield from ((f"flags {name}", pattern) for name, pattern in rules.flags.items())
    for name in ("asking", "imperative", "problem", "having", "question", "finite"):
        yield f"generic {name}", getattr(rules.generic, name)


def _texts_against(pattern: re.Pattern[str]) -> Iterator[str]:
    """Long texts of what the pattern itself is made of, each with an end that does not fit."""
    own = sorted(set(re.findall(r"[a-z]{1,12}", pattern.pattern, re.IGNORECASE)), key=len)[:4]
    for piece in (*HOSTILE[:3], *own):
        yield _filled(piece)


def _filled(piece: str) -> str:
    return (piece * (LIMIT // len(piece) + 1))[: LIMIT - 1] + "#"


if __name__ == "__main__":
    main()
