"""Moments of June 2026, whose first day is a Monday."""

from datetime import UTC, datetime


def june(moment: str) -> datetime:
    """ "01 09:00" is Monday 1 June 2026 at nine, UTC."""
    return datetime.fromisoformat(f"2026-06-{moment}").replace(tzinfo=UTC)
