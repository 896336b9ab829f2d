"""Reading the environment. What is missing or malformed stops the start with one sentence."""

import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
BAD_SETTING = 78  # EX_CONFIG of sysexits.h: a supervisor need not try again
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
DATABASE_SCHEMES = {"postgres", "postgresql", "sqlite"}

# What the environment itself says wins over the file.
environ.Env.read_env(os.environ.get("ENV_FILE") or BASE_DIR / ".env")


def stop(sentence: str) -> NoReturn:
    """End the process with a sentence in place of a traceback."""
    sys.stderr.write(f"PMO Front Door can't start: {sentence}\n")
    raise SystemExit(BAD_SETTING)


def text(name: str, default: str = "") -> str:
    """Return a value without the spaces around it. An empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


def words(name: str, default: str = "") -> list[str]:
    """Return the parts of a comma-separated value."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def flag(name: str, default: bool) -> bool:
    given = text(name).lower()
    if given and given not in TRUE | FALSE:
        stop(f"{name} is {given!r}. It must be yes or no.")
    return given in TRUE if given else default


def number(name: str, default: int, *, least: int = 1, most: int = 2**31 - 1) -> int:
    given = text(name, str(default))
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
        stop(f"{name} is {given!r}. It must be a whole number from {least} to {most}.")
    return int(given)


def one_of(name: str, choices: set[str], default: str) -> str:
    given = text(name, default)
    if given not in choices:
        stop(f"{name} is {given!r}. It must be one of {', '.join(sorted(choices))}.")
    return given


def address(name: str, schemes: set[str], default: str, *, example: str) -> str:
    """Return a URL of one of these schemes, without a slash at its end; empty when not set."""
    given = text(name, default).rstrip("/")
    parts = _split(given)
    if given and (
        parts is None or parts.scheme not in schemes or not (parts.hostname or parts.path)
    ):
        # The value may hold a password, so it is not repeated.
        stop(f"{name} can't be read. It looks like {example}")
    return given


def matching(name: str, pattern: str, default: str, *, example: str) -> str:
    """Return a value of this shape, capitals or not."""
    given = text(name, default)
    if not re.fullmatch(pattern, given, re.IGNORECASE):
        stop(f"{name} is {given!r}. It looks like {example}")
    return given


def mail_address(name: str, default: str) -> str:
    """Return a bare mail address, such as reply@pmo.example.org; empty when not set."""
    given = text(name, default)
    local, _, domain = given.partition("@")
    if given and (
        not local or "." not in domain or "+" in local or any(c in given for c in " <>,")
    ):
        stop(f"{name} is {given!r}. It must be a mail address such as reply@pmo.example.org.")
    return given


def _split(url: str) -> SplitResult | None:
    """Return the parts of a URL, or None when it is none."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.hostname else None
    except ValueError:
        return None


def database(name: str) -> dict[str, Any]:
    """Return Django's description of the database that a URL names."""
    example = "postgres://name:password@host:5432/database"
    url = address(name, DATABASE_SCHEMES, "", example=example)
    found = dict(environ.Env.db_url_config(url))
    if found["NAME"] in {"", ":memory:"}:
        stop(f"{name} names no database. It looks like {example}")
    return found
