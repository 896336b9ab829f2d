"""How a service is kept, read: its list of improvements, and the months without a contact."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Case, IntegerField, QuerySet, Value, When

from catalog.models import CustomerContact, Improvement, Service

MONTHS = 6
State = Improvement.State


class ContactMonth(NamedTuple):
    month: date
    contacts: int

    @property
    def is_silent(self) -> bool:
        return self.contacts == 0


def improvements(service: Service) -> QuerySet[Improvement]:
    """What is being done first, then what is open, then what was closed last."""
    order = Case(
        When(state=State.DOING, then=Value(0)),
        When(state=State.OPEN, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    listed = service.improvements.select_related("suggested_by").annotate(place=order)
    return listed.order_by("place", "-closed_at", "-suggested_at", "-id")


def contact_months(service: Service, *, today: date) -> Sequence[ContactMonth]:
    """The last six months, the newest first, each with its number of contacts."""
    months = [_back(today, number) for number in range(MONTHS)]
    found = service.contacts.filter(happened_on__gte=months[-1]).values_list(
        "happened_on", flat=True
    )
    held = [day.replace(day=1) for day in found]
    return [ContactMonth(month, held.count(month)) for month in months]


def _back(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def silent_services(*, today: date) -> list[Service]:
    """Services on offer that nobody talked about with their customers for three months."""
    since = _back(today, 2)
    talked = CustomerContact.objects.filter(happened_on__gte=since).values("service")
    return list(Service.objects.listed().exclude(pk__in=talked))
