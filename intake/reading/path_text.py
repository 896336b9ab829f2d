"""A decision path as plain text, one step a line, to copy elsewhere and to read back."""

import re
from collections.abc import Sequence

from intake.models import PathStep

SEPARATOR = "|"
COLUMNS = ("what", "actor", "role", "moment", "data", "wait", "pain", "breaks", "break_cost")
HEAD = "What happens | who | role | when | data | waits | pain 1 to 5 | breaks | what that costs"
FINE = "fine"
UNITS = {unit[:4]: unit for unit in ("hours", "days", "weeks")}


def as_text(steps: Sequence[PathStep]) -> str:
    return "\n".join([HEAD, *(_line(step) for step in steps)])


def _line(step: PathStep) -> str:
    cells = (
        f"{step.position}. {step.what}",
        step.actor,
        step.get_role_display(),
        step.moment or "-",
        step.data or "-",
        step.wait_words,
        str(step.pain),
        step.get_break_kind_display() if step.is_broken else FINE,
        step.break_cost,
    )
    return " | ".join(str(cell).replace(SEPARATOR, "/") for cell in cells).rstrip(" |")


def read_lines(text: str) -> list[tuple[int, dict[str, str]]]:
    """Read each line into what a form would post, with the number of the line.

    What a line leaves out is left to the form to ask for; nothing is guessed.
    """
    lines = enumerate(text.splitlines(), start=1)
    said = [(number, line) for number, line in lines if line.strip() and not _is_head(line)]
    return [(number, _read(line)) for number, line in said]


def _is_head(line: str) -> bool:
    return line.strip().casefold().startswith("what happens |")


def _read(line: str) -> dict[str, str]:
    cells = [cell.strip() for cell in line.split(SEPARATOR)]
    given = dict(zip(COLUMNS, cells, strict=False))
    given["what"] = re.sub(r"^\s*\d{1,2}[.)]\s*", "", given.get("what", ""))
    dashed = {name: "" for name in ("moment", "data") if given.get(name) == "-"}
    return given | dashed | _role(given) | _wait(given) | _breaks(given)


def _role(given: dict[str, str]) -> dict[str, str]:
    words = {label: value for value, label in PathStep.Role.choices}
    return {"role": str(words.get(given.get("role", "").casefold(), given.get("role", "")))}


def _wait(given: dict[str, str]) -> dict[str, str]:
    """ "3 days", "does not wait", "not sure"; anything else stays empty, which the form refuses."""
    said = given.get("wait", "").casefold()
    plain = {str(label): str(value) for value, label in PathStep.Unit.choices}
    if said in plain:
        return {"wait_number": "", "wait_unit": plain[said]}
    found = re.fullmatch(r"(\d{1,4})\s*(hour|day|week)s?", said)
    if not found:
        return {"wait_number": "", "wait_unit": ""}
    return {"wait_number": found[1], "wait_unit": f"{found[2]}s"}


def _breaks(given: dict[str, str]) -> dict[str, str]:
    said = given.get("breaks", "").casefold()
    kinds = {str(label): str(value) for value, label in PathStep.Break.choices}
    if said in ("", FINE, "no", "-"):
        return {"breaks": "no", "break_kind": ""}
    return {"breaks": "yes", "break_kind": kinds.get(said, "")}
