"""What no single file owns: where state is assigned, and who may see which address."""

import ast
from pathlib import Path

import pytest

from intake.states import CLOSED, MOVES, OPEN, State

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "pmo_portal",
    "api",
    "insights",
    "intake",
    "catalog",
    "sla",
    "notifications",
    "audit",
    "accounts",
)


def modules():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def assigns_state(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(
        isinstance(target, ast.Attribute)
        and target.attr == "state"
        and isinstance(target.value, ast.Name)
        and target.value.id == "work"
        for target in targets
    )


def test_only_lifecycle_assigns_the_state_of_a_request():
    offenders = {
        str(path.relative_to(ROOT))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if assigns_state(node)
    }
    assert offenders == {"intake/services/lifecycle.py"}


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_row_in_the_table_of_moves(state):
    assert state in MOVES
    assert state == State.DRAFT or (state in OPEN) != (state in CLOSED)


def test_only_views_tasks_commands_and_starters_read_the_clock():
    """House style, rule 7: below the edges the moment is an argument."""
    edges = {"views", "tasks.py", "commands", "middleware.py", "moment.py", "demo", "starter.py"}
    edges |= {"templatetags", "errors.py"}
    offenders = {
        str(path.relative_to(ROOT))
        for path in modules()
        if not edges & set(path.parts) and "views.py" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"timezone", "datetime", "date"}
    }
    # Starter questions are published by `migrate`, which has no moment to give.
    assert offenders <= {"intake/services/library.py", "intake/services/questions.py"}
