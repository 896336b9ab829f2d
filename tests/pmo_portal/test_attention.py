"""What an administrator is told to look at."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit.services import beat
from catalog.models import Service
from notifications.models import OutboxMessage
from notifications.services import enqueue
from pmo_portal.attention import findings
from sla.models import BusinessCalendar
from sla.services import calendars
from tests.pages import page_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def words(now=NOW):
    return " | ".join(finding.words for finding in findings(now))


@pytest.fixture
def healthy(lead):
    call_command("make_starter", owner=lead.email, stdout=None)
    beat("sweep", at=NOW)


def test_where_all_is_well_nothing_is_found(healthy):
    assert findings(NOW) == []


def test_an_empty_installation_is_told_how_to_begin(db):
    found = words()
    assert "Nobody has looked at the clocks yet" in found
    assert "No promise is defined" in found
    assert "No service is offered" in found
    assert "Nobody works requests" in found


def test_a_silent_sweep_is_found_after_five_minutes(healthy):
    assert words(NOW + timedelta(minutes=5)) == ""
    assert "Nobody has looked at the clocks since" in words(NOW + timedelta(minutes=6))


def test_mail_that_waits_and_mail_that_gave_up_are_found(healthy, requester):
    enqueue("reply", to=requester, about="request-1", key="a", at=NOW - timedelta(minutes=11))
    enqueue("reply", to=requester, about="request-1", key="b", at=NOW)
    OutboxMessage.objects.filter(key__startswith="b").update(status="dead")
    assert "Mails wait since" in words()
    assert "1 mail could not be delivered" in words()


def test_services_without_an_owner_are_named(healthy):
    Service.objects.filter(slug="good-start").update(owner=None)
    assert words() == "Without an owner: Good start"


def test_a_calendar_without_hours_is_named(healthy):
    calendar = BusinessCalendar.objects.get()
    document = calendar.versions.get().hours | {"weekly": {}}
    calendars.save_version(calendar, document, actor=None, at=NOW, reason="closed down")
    assert words() == "No working hours in PMO working hours"


def test_administrators_land_there(client, administrator, healthy):
    client.force_login(administrator)
    answer = client.get("/landing/", follow=True)
    page = page_of(answer)
    assert answer.redirect_chain[-1][0] == "/manage/"
    assert page.title == "Manage – PMO front door"
    assert not page.forbidden


def test_each_finding_with_a_page_leads_there(client, administrator, requester, healthy):
    enqueue("reply", to=requester, about="request-1", key="b", at=NOW)
    OutboxMessage.objects.update(status="dead")
    client.force_login(administrator)
    assert 'href="/manage/outbox/?status=dead"' in client.get("/manage/").content.decode()


@pytest.mark.parametrize("role", ["requester", "analyst", "lead", "sponsor"])
def test_nobody_else_gets_in(client, request, role):
    client.force_login(request.getfixturevalue(role))
    assert client.get("/manage/").status_code == 403


def test_a_visitor_is_asked_to_sign_in(client, db):
    assert client.get("/manage/")["Location"] == "/sign-in/?next=/manage/"
