"""The parts of a blueprint: what each holds, how it reads, and what it lacks (ux.md 5.10).

A part's content is plain data, as it is stored. Rows carry a `key`, which names the same step or
promise through all versions.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import models

Content = dict[str, Any]
Row = dict[str, Any]
Contents = Mapping[str, Content]


class Part(models.TextChoices):
    TRIGGER = "trigger", "Trigger"
    STEPS = "steps", "Steps and handoffs"
    PROMISES = "promises", "Promises"
    END = "end", "End"
    IMPACT = "impact", "Impact"
    PEOPLE = "people", "People and limits"


NUMBERS = {part.value: number for number, part in enumerate(Part, start=1)}
LANES = (
    ("requester", "Requester"),
    ("pmo", "PMO, seen by you"),
    ("behind", "PMO, behind the line"),
    ("other", "Others and systems"),
)
UNITS = (("days", "working days"), ("hours", "working hours"))
KINDS = (("time", "Time between two events"), ("value", "Value with a tolerance"))
READ = (("30-90", "After 30 and 90 days"), ("30", "After 30 days"), ("90", "After 90 days"))
ONE_APPROVER = "Name one approver. Two slow the decision down."
AMOUNT = re.compile(r"(\d{1,3})\s*(?:working\s+)?(days?|d|hours?|h)\b", re.IGNORECASE)
SEPARATORS = re.compile(r"[,;\n]|\s+(?:and|&)\s+")


def empty(part: str) -> Content:
    if part == Part.STEPS or part == Part.PROMISES or part == Part.IMPACT:
        return {"rows": []}
    return {"rows": [], "stop_early": ""} if part == Part.END else {}


def within(row: Row) -> str:
    """ "2 working days", or nothing where no time is promised."""
    if not row.get("amount"):
        return ""
    words = dict(UNITS)[row.get("unit") or "days"]
    return f"{row['amount']} {words[:-1] if row['amount'] == 1 else words}"


def seconds(row: Row, day: int) -> int:
    """The promised working time of a row; `day` is the seconds of a working day."""
    return int(row.get("amount") or 0) * (3600 if row.get("unit") == "hours" else day)


def read_amount(text: str, *, tier_days: int = 0) -> tuple[int | None, str]:
    """Read "2 working days" or "the days of your tier" as amount and unit."""
    if "days of your tier" in text and tier_days:
        return tier_days, "days"
    found = AMOUNT.search(text)
    if not found:
        return None, "days"
    return int(found[1]), "hours" if found[2].lower().startswith("h") else "days"


def approvers(content: Content) -> list[str]:
    """The names that were written as approver; one is right."""
    names = SEPARATORS.split(str(content.get("approver", "")))
    return [name.strip() for name in names if name.strip()]


def name_rows(rows: Iterable[Row], words: str, taken: Iterable[str] = ()) -> list[Row]:
    """Give each row without one a key made of its `words`, unlike any other."""
    rows = [dict(row) for row in rows]
    used = set(taken) | {row["key"] for row in rows if row.get("key")}
    for row in rows:
        if not row.get("key"):
            row["key"] = _key(str(row.get(words, "")), used)
            used.add(row["key"])
    return rows


def _key(words: str, used: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:40].strip("-") or "step"
    numbered = (f"{base}-{number}" for number in range(2, 1000))
    return base if base not in used else next(key for key in numbered if key not in used)


# How a part reads: one line for each thing it says.


def lines(part: str, content: Content) -> list[str]:
    return [line for line in _READERS[part](content) if line]


def text(part: str, content: Content) -> str:
    return "\n".join(lines(part, content))


def _labelled(content: Content, labels: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{label}: {content[name]}" for name, label in labels if content.get(name)]


TRIGGER_LABELS = (("what", "Starts when"), ("how_often", "How often"), ("who", "Says go"))
PEOPLE_LABELS = (
    ("driver", "Driver"),
    ("approver", "Approver"),
    ("contributors", "Contributors"),
    ("informed", "Informed"),
    ("problem_owner", "Owner of the problem"),
    ("out_of_scope", "Out of scope"),
    ("review_on", "Looked at again on"),
)


def _trigger(content: Content) -> list[str]:
    return _labelled(content, TRIGGER_LABELS)


def _steps(content: Content) -> list[str]:
    return [step_words(row) for row in content.get("rows", ())]


def step_words(row: Row) -> str:
    """A handoff as a sentence."""
    time = f", within {within(row)}" if within(row) else ""
    needs = f". Needs {row['needs']}" if row.get("needs") else ""
    return f"{row.get('from', '')} to {row.get('to', '')}: {row.get('what', '')}{time}{needs}"


def _promises(content: Content) -> list[str]:
    return [promise_words(row) for row in content.get("rows", ())]


def promise_words(row: Row) -> str:
    limit = within(row) if row.get("kind") == "time" else row.get("target", "")
    return f"{row.get('sentence', '')}{f' ({limit})' if limit else ''}"


def _end(content: Content) -> list[str]:
    early = content.get("stop_early")
    criteria = [str(row.get("text", "")) for row in content.get("rows", ())]
    return [*criteria, f"We stop early when: {early}" if early else ""]


def _impact(content: Content) -> list[str]:
    return [measure_words(row) for row in content.get("rows", ())]


def measure_words(row: Row) -> str:
    moves = [f"from {row['baseline']}" if row.get("baseline") else ""]
    moves.append(f"to {row['target']}" if row.get("target") else "")
    moved = " ".join(word for word in moves if word)
    who = f"read by {row['who']}" if row.get("who") else ""
    read = dict(READ).get(row.get("read", ""), "").lower()
    tagged = "in use" if row.get("in_use") else ""
    more = ", ".join(word for word in (moved, who, read, tagged) if word)
    return f"{row.get('measure', '')}{f': {more}' if more else ''}"


def _people(content: Content) -> list[str]:
    return _labelled(content, PEOPLE_LABELS)


_READERS: dict[str, Callable[[Content], list[str]]] = {
    Part.TRIGGER: _trigger,
    Part.STEPS: _steps,
    Part.PROMISES: _promises,
    Part.END: _end,
    Part.IMPACT: _impact,
    Part.PEOPLE: _people,
}


# What a part lacks before anybody can agree to it.


def problems(part: str, content: Content) -> list[str]:
    rows = content.get("rows", [])
    match part:
        case Part.TRIGGER:
            return [] if content.get("what") else ["Write what starts it"]
        case Part.STEPS:
            whole = any(all(row.get(k) for k in ("from", "to", "amount")) for row in rows)
            return [] if whole else ["Write at least one handoff with from, to and time"]
        case Part.PROMISES:
            outcome = any(row.get("kind") == "value" and row.get("sentence") for row in rows)
            return [] if outcome else ["Write at least one promise about the outcome"]
        case Part.END:
            done = any(row.get("text") for row in rows)
            return [] if done else ["Write at least one sentence that can be ticked at the end"]
        case Part.IMPACT:
            in_use = any(row.get("in_use") and row.get("measure") for row in rows)
            return [] if in_use else ["Write at least one measure that is read in use"]
        case _:
            return [] if len(approvers(content)) == 1 else [ONE_APPROVER]


def all_problems(contents: Contents) -> list[tuple[str, str]]:
    """What stands in the way of signing: each part with what it lacks."""
    return [
        (part, words) for part in Part.values for words in problems(part, contents.get(part, {}))
    ]
