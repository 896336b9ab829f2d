"""The form of an act for one request, and what stands around it."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.forms import PortalForm
from accounts.models import User
from intake.models import Problem, Symptom, Weighing, WorkRequest
from intake.reading.joining import join_case
from intake.reading.priority import Advice, advice
from intake.reading.queue import open_to
from intake.reading.requesters import last_contact
from intake.reading.urgency import lane_case, normal_date, urgent_case
from intake.services import roots
from intake.states import Lane
from intake.views.desk import Desk

Extras = dict[str, Any]
MANY_PROBLEMS = 50


def form_of(desk: Desk, data: Any = None) -> PortalForm:
    """The act's form, filled with what was posted or with what is known."""
    assert desk.act is not None
    name = desk.act.name
    initial = {"seen": desk.work.version, **INITIAL.get(name, _nothing)(desk)}
    form: PortalForm = desk.act.form(data, initial=initial, **EXTRAS.get(name, _nothing)(desk))
    return form


def around(desk: Desk) -> Extras:
    """What the template of an act shows above its fields."""
    assert desk.act is not None
    more = AROUND.get(desk.act.name, _nothing)(desk) if desk.is_allowed else {}
    return {**more, "choice": desk.choice} if desk.act.is_wide else more


def _nothing(desk: Desk) -> Extras:
    return {}


def _colleagues(work: WorkRequest) -> Any:
    """Everybody who may take this request, without who has it."""
    others = User.objects.pmo().exclude(pk=work.requester_id)
    return (others.exclude(pk=work.analyst_id) if work.analyst_id else others).order_by("name")


def _contact_last_time(work: WorkRequest) -> str:
    """Who worked with this requester before is proposed again (product.md 18)."""
    last = last_contact(work)
    return str(last.analyst_id) if last and work.analyst_id is None else ""


def _other_lane(work: WorkRequest) -> str:
    return Lane.CONSULT if work.is_quick else Lane.ORDER


def _merge_case(desk: Desk) -> Extras:
    given = desk.request.POST if desk.request.method == "POST" else desk.request.GET
    find = desk.request.GET.get("find", "")[:200]
    into = given.get("into", "")
    return {"case": join_case(desk.work, desk.request.user, find=find, into=into)}


def _weighing(work: WorkRequest) -> Weighing | None:
    return Weighing.objects.filter(work=work).select_related("by").first()


def _advice(desk: Desk, cost_of_delay: int | None, effect: int | None) -> Advice:
    return advice(desk.work, cost_of_delay=cost_of_delay, effect=effect, now=desk.page.now)


def _weighed(desk: Desk) -> Extras:
    known = _weighing(desk.work)
    advised = _advice(desk, *((known.cost_of_delay, known.effect) if known else (None, None)))
    return {"advice": advised, "weighing": known}


def _weigh_extras(desk: Desk) -> Extras:
    return {"advise": lambda cost, effect: _advice(desk, cost, effect).priority}


def _weigh_initial(desk: Desk) -> Extras:
    known = _weighing(desk.work)
    if known is None:
        return {}
    names = ("cost_of_delay", "effect", "priority", "why")
    return {name: getattr(known, name) for name in names}


def _problem_of(work: WorkRequest) -> Problem | None:
    linked = Symptom.objects.filter(work=work).select_related("problem").first()
    return linked.problem if linked else None


def _problem_extras(desk: Desk) -> Extras:
    known = Problem.objects.filter(closed_at=None)[:MANY_PROBLEMS]
    return {"problems": known, "current": _problem_of(desk.work)}


def _problem_initial(desk: Desk) -> Extras:
    known = _problem_of(desk.work)
    return {"problem": str(known.pk)} if known else {}


def _root(desk: Desk) -> Extras:
    return {"judgement": roots.standing(desk.work)}


Made = Callable[[Desk], Extras]
# What some forms have to know to offer choices, or to check a date.
EXTRAS: dict[str, Made] = {
    "assign": lambda desk: {"people": _colleagues(desk.work)},
    "park": lambda desk: {"today": timezone.localdate()},
    "propose": lambda desk: {"tiers": desk.choice.tiers},
    "urgent": lambda desk: {"normal_date": normal_date(desk.page)},
    "merge": lambda desk: {
        "targets": open_to(desk.request.user).exclude(requester=desk.request.user),
        "work": desk.work,
    },
    "lane": lambda desk: {"lane": _other_lane(desk.work)},
    "label": lambda desk: {"is_labelled": desk.page.behind.label is not None},
    "weigh": _weigh_extras,
    "problem": _problem_extras,
    "answer": _root,
    "decline": _root,
    "hand-over": _root,
}
INITIAL: dict[str, Made] = {
    "assign": lambda desk: {"to": _contact_last_time(desk.work)},
    "reframe": lambda desk: {
        "text": desk.page.need.text if desk.page.need else desk.page.own_sentence
    },
    "merge": lambda desk: {"into": desk.request.GET.get("into", "")[:30]},
    "tag": lambda desk: {"tags": ", ".join(desk.work.tags.values_list("name", flat=True))},
    "weigh": _weigh_initial,
    "problem": _problem_initial,
}
AROUND: dict[str, Made] = {
    "urgent": lambda desk: {"case": urgent_case(desk.page)},
    "merge": _merge_case,
    "lane": lambda desk: {"case": lane_case(desk.page, _other_lane(desk.work))},
    "weigh": _weighed,
}
