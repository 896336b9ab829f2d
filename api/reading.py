"""Which rows a person reads over the API: those of the pages, by the same querysets."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from intake import policies, search
from intake.models import Answer, WorkRequest
from intake.states import OPEN

PEOPLE = ("requester__department", "analyst__department", "department", "service", "tier")


def works_for(user: User) -> QuerySet[WorkRequest]:
    """Received requests that this person may know of."""
    return WorkRequest.objects.visible_to(user).received().select_related(*PEOPLE)


def work_for(user: User, reference: str) -> WorkRequest:
    """One of them by its reference; Http404 for any other, whether it exists or not."""
    number = WorkRequest.number_of(reference)
    found = works_for(user).filter(number=number).first() if number else None
    if found is None or found.reference != reference:
        raise Http404
    return found


def narrowed(
    works: QuerySet[WorkRequest], asked: dict[str, str], user: User
) -> QuerySet[WorkRequest]:
    """By state, lane, contact, area or words. Unknown values find nothing."""
    for name in ("state", "lane", "urgency"):
        if value := asked.get(name):
            works = works.filter(**{name: value})
    if analyst := asked.get("analyst"):
        mine = {"analyst": user} if analyst == "me" else {"analyst__email__iexact": analyst}
        works = works.filter(**({"analyst": None} if analyst == "nobody" else mine))
    if area := asked.get("area"):
        works = works.filter(department__name=area)
    if asked.get("open") == "true":
        works = works.filter(state__in=OPEN)
    if q := asked.get("q"):
        works = search.matching(policies.in_words_for(user, works), q)
    return works


def hidden_from(user: User, works: Iterable[WorkRequest]) -> set[int]:
    """Those whose words are for the PMO only, where this person is neither side."""
    others = [work.pk for work in works if not policies.can_read_pmo_only(user, work)]
    kept = Answer.objects.filter(work__in=others, slug="need", is_pmo_only=True)
    return set(kept.values_list("work_id", flat=True)) if others else set()
