"""What the mails about a pilot say: set up, time to look, time to decide, late, decided."""

from django.utils import timezone

from catalog.models import Pilot
from intake.clock_mails import escalation
from intake.mails import Notice, Words, to_everybody, to_them
from intake.reading.pilot_page import PilotPage


def _page(notice: Notice) -> PilotPage | None:
    pilot = Pilot.objects.with_people().filter(pk=notice.work.pilot_id or 0).first()
    return PilotPage(pilot, notice.message.created_at) if pilot else None


def set_up(notice: Notice) -> Words | None:
    page = _page(notice)
    return {"tried": page, "pilot": page.pilot} if page else None


def check_in_due(notice: Notice) -> Words | None:
    """A look that was taken meanwhile, or a pilot that has ended, needs no mail."""
    page = _page(notice)
    if page is None or page.pilot.ended_at:
        return None
    if page.pilot.check_ins.filter(
        on=timezone.localtime(notice.message.created_at).date()
    ).exists():
        return None
    return {"tried": page, "pilot": page.pilot, "day": page.day}


def verdict_due(notice: Notice) -> Words | None:
    page = _page(notice)
    if page is None or page.pilot.decided_at or not page.pilot.ended_at:
        return None
    due = page.clock.due_at if page.clock else None
    return {"tried": page, "pilot": page.pilot, "due_at": due}


def verdict_late(notice: Notice) -> Words | None:
    page = _page(notice)
    words = escalation(notice)
    if page is None or words is None or page.pilot.decided_at:
        return None
    return words | {"tried": page, "pilot": page.pilot}


def decided(notice: Notice) -> Words | None:
    page = _page(notice)
    return {"tried": page, "pilot": page.pilot} if page and page.pilot.decided_at else None


def register_all() -> None:
    to_everybody("pilot_set_up", set_up, path="pilot/")
    to_everybody("check_in_due", check_in_due, path="pilot/check-ins/new/")
    to_everybody("verdict_due", verdict_due, path="pilot/decide/")
    to_everybody("verdict_late", verdict_late, path="pilot/decide/")
    to_them("pilot_decided", decided, path="pilot/")
