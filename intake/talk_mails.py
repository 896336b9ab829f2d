"""What the mails say about talks: times to choose, the time that is fixed, answers beforehand."""

from datetime import datetime

from django.urls import reverse

from intake.mails import Notice, Words, to_pmo, to_them
from intake.models import AgendaPoint, Session


def _session(notice: Notice) -> Session | None:
    """The talk; one that is over needs no mail."""
    found = Session.objects.filter(work=notice.work, pk=notice.number("session"), closed_at=None)
    return found.select_related("planned_by", "chosen_by").first()


def proposed(notice: Notice) -> Words | None:
    """Times to choose from, until one is chosen."""
    session = _session(notice)
    if session is None or session.starts_at is not None:
        return None
    slots = [datetime.fromisoformat(slot) for slot in session.slots]
    return {"session": session, "slots": slots, "points": list(session.points.all())} | _page(
        notice, session
    )


def fixed(notice: Notice) -> Words | None:
    session = _session(notice)
    if session is None or session.starts_at is None:
        return None
    return {"session": session, "points": list(session.points.all())} | _page(notice, session)


def chosen(notice: Notice) -> Words | None:
    session = _session(notice)
    return {"session": session} if session and session.starts_at else None


def answered(notice: Notice) -> Words | None:
    points = AgendaPoint.objects.filter(session__work=notice.work, answered_at__isnull=False)
    point = points.filter(pk=notice.number("point")).select_related("answered_by").first()
    return {"point": point} if point else None


def need_edited(notice: Notice) -> Words | None:
    """The newest wording, while a tick is missing."""
    need = notice.work.needs.select_related("written_by").order_by("-number").first()
    is_it = need is not None and need.pk == notice.number("need") and not need.is_agreed
    return {"need": need} if is_it else None


def _page(notice: Notice, session: Session) -> Words:
    at = [notice.work.reference, session.number]
    return {
        "address": reverse("intake:talk", args=at),
        "calendar": reverse("intake:talk_calendar", args=at),
    }


def register_all() -> None:
    to_them("talk_proposed", proposed)
    to_them("talk_fixed", fixed)
    to_pmo("talk_chosen", chosen)
    to_them("need_edited", need_edited, path="framing/")
    to_pmo("need_edited_by_them", need_edited)
    to_pmo("talk_answered", answered)
