"""No mail at night or on a holiday, except urgent (ux.md 5.17)."""

from datetime import UTC, date, datetime, time

import pytest
from django.core import mail

from notifications import quiet, registry
from notifications.models import OutboxMessage
from notifications.quiet import quiet_until
from notifications.services import deliver_next, enqueue_many, notice
from tests.factories.accounts import PersonFactory

pytestmark = pytest.mark.django_db
Status = OutboxMessage.Status


@pytest.fixture(autouse=True)
def no_days_off(monkeypatch):
    monkeypatch.setattr(quiet, "_days_off", [])


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-02 18:59", None),
        ("2026-03-02 19:00", "2026-03-03 07:00"),
        ("2026-03-03 06:59", "2026-03-03 07:00"),
        ("2026-03-03 07:00", None),
        # The night of the clock change is an hour shorter; morning is morning.
        ("2026-03-28 23:00", "2026-03-29 07:00"),
    ],
)
def test_without_hours_of_ones_own_it_is_quiet_from_nineteen_to_seven(analyst, berlin, now, until):
    assert quiet_until(analyst, berlin(now)) == (berlin(until) if until else None)


def test_the_night_is_that_of_the_persons_own_zone():
    person = PersonFactory(time_zone="America/New_York")
    at = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # five in the morning there
    assert quiet_until(person, at) == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_hours_of_ones_own_may_lie_within_a_day(berlin):
    person = PersonFactory(quiet_from=time(12), quiet_until=time(14))
    assert quiet_until(person, berlin("2026-03-02 12:30")) == berlin("2026-03-02 14:00")
    assert quiet_until(person, berlin("2026-03-02 23:30")) is None


def test_a_holiday_is_quiet_until_the_morning_after(analyst, berlin, monkeypatch):
    monkeypatch.setattr(
        quiet, "_days_off", [lambda _, day: date(2026, 4, 3) <= day <= date(2026, 4, 6)]
    )
    assert quiet_until(analyst, berlin("2026-04-02 20:00")) == berlin("2026-04-07 07:00")
    assert quiet_until(analyst, berlin("2026-04-04 12:00")) == berlin("2026-04-07 07:00")


def test_a_calendar_closed_for_good_does_not_hold_mail_for_ever(analyst, berlin, monkeypatch):
    monkeypatch.setattr(quiet, "_days_off", [lambda _, day: True])
    assert quiet_until(analyst, berlin("2026-04-02 12:00")) < berlin("2026-07-01 00:00")


def test_the_organisations_calendar_says_what_a_holiday_is(policies, analyst, berlin):
    from sla.services.days_off import is_day_off

    assert is_day_off(analyst, date(2026, 4, 3))  # Good Friday
    assert not is_day_off(analyst, date(2026, 4, 4))  # a Saturday, no holiday
    assert not is_day_off(analyst, date(2026, 4, 2))


@pytest.fixture
def kind(monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register("request_back", lambda message: {"work": None, "because": "of a test"})
    return "request_back"


def owe(kind, person, at, *, key="1", is_urgent=False):
    enqueue_many([notice(kind, to=person, about="x", key=key, at=at, is_urgent=is_urgent)])


def test_a_notice_waits_in_the_outbox_until_the_morning(kind, analyst, berlin):
    owe(kind, analyst, berlin("2026-03-02 20:00"))
    assert deliver_next(now=berlin("2026-03-02 20:00")) is True
    row = OutboxMessage.objects.get()
    assert (row.status, row.not_before) == (Status.DUE, berlin("2026-03-03 07:00"))
    assert (row.tries, mail.outbox) == (0, [])
    assert deliver_next(now=berlin("2026-03-03 06:59")) is False
    deliver_next(now=berlin("2026-03-03 07:00"))
    assert len(mail.outbox) == 1


def test_an_urgent_notice_goes_out_at_night(kind, analyst, berlin):
    owe(kind, analyst, berlin("2026-03-02 23:00"), is_urgent=True)
    deliver_next(now=berlin("2026-03-02 23:00"))
    assert len(mail.outbox) == 1
