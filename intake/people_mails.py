"""What the mails say about people, new dates, and requests that are taken up again."""

from accounts.models import User
from intake.mails import Notice, Words, to_everybody, to_pmo, to_them
from intake.models import InboundMail
from intake.reading.promises import promised


def added(notice: Notice) -> Words | None:
    part = notice.work.participants.filter(person=notice.recipient).first()
    if part is None:
        return None
    by = _person(notice, "by")
    return {"by": by.name if by else "The PMO", "part": part.get_part_display().lower()}


def asked_for_access(notice: Notice) -> Words | None:
    """Who asks; nobody needs it once they can see the request."""
    who = _person(notice, "person")
    if who is None or notice.work.participants.filter(person=who).exists():
        return None
    return {"who": who, "why": str(notice.message.payload.get("why", ""))}


def _person(notice: Notice, name: str) -> User | None:
    return User.objects.filter(pk=notice.number(name)).first()


def late(notice: Notice) -> Words | None:
    """We are late: what was promised, why, the new date, and who says so (ux.md 5.17, mail 10)."""
    dates = notice.work.new_dates.select_related("clock", "named_by")
    named = dates.filter(pk=notice.number("new_date")).first()
    if named is None:
        return None
    return {"new": named, "promised": promised(named.clock, notice.work)}


def taken_up(notice: Notice) -> Words | None:
    if not notice.work.is_open:
        return None
    return {"why": str(notice.message.payload.get("why", ""))}


def decided(notice: Notice) -> Words | None:
    decision = getattr(notice.work, "decision", None)
    return {"decision": decision} if decision and decision.decided_on else None


def changed(notice: Notice) -> Words | None:
    answers = notice.work.answers.select_related("question", "answered_by")
    answer = answers.filter(slug=notice.message.payload.get("slug", "")).first()
    if answer is None:
        return None
    return {"question": answer.question.words["label"], "who": answer.answered_by.name}


def not_taken(notice: Notice) -> Words | None:
    """A reply that did not become a message, told to whose address we signed."""
    mail = InboundMail.objects.filter(pk=notice.number("mail")).first()
    return {"mail": mail} if mail else None


def register_all() -> None:
    to_everybody("added_to_request", added)
    to_everybody("access_asked", asked_for_access, path="people/")
    to_everybody("mail_not_taken", not_taken, path="conversation/")
    to_them("request_late", late)
    to_them("request_reopened", taken_up)
    to_pmo("request_reopened_pmo", taken_up)
    to_pmo("decision_recorded", decided)
    to_pmo("answer_changed", changed)
