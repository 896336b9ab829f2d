"""What comes in from an old queue is received like any other request, and never twice."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import Department, User
from audit.models import Entry
from intake import search
from intake.importing.rows import Old
from intake.models import Answer, WorkRequest
from intake.services.importing import Terms, bring_in, check
from intake.states import Lane, State
from notifications.models import OutboxMessage
from sla.models import Clock
from tests.conftest import at_berlin

AT = at_berlin("2026-03-02 10:00")
OLD_DAY = at_berlin("2025-11-05 09:00")


def old(number: int = 1, **changes) -> Old:
    values = {
        "line": number + 1,
        "key": f"desk/T-{number}",
        "title": "Late suppliers",
        "ask": f"Late suppliers\n\nWe learn of it on Friday, {number} times.",
        "email": "ana@example.org",
        "name": "Ana",
        "received_at": OLD_DAY,
        "reference": f"T-{number}",
    }
    return Old(**values | changes)


@pytest.fixture
def terms(administrator, policies) -> Terms:
    return Terms("desk", administrator)


def test_a_request_comes_in_with_its_own_day_and_promises_from_today(terms, requester):
    bring_in([old()], terms, at=AT)
    work = WorkRequest.objects.get()
    assert (work.state, work.lane, work.reference) == (State.NEW, Lane.CONSULT, "PMO-0001")
    assert (work.requester, work.department) == (requester, requester.department)
    assert (work.received_at, work.created_at) == (OLD_DAY, OLD_DAY)
    clocks = {clock.metric: clock for clock in Clock.objects.all()}
    assert set(clocks) == {"first_reply", "proposal"}
    assert clocks["first_reply"].started_at == AT
    assert work.queue_at == clocks["first_reply"].due_at == at_berlin("2026-03-03 10:00")
    assert not any(clock.is_breached for clock in clocks.values())


def test_what_was_never_asked_is_left_open_by_name(terms, requester):
    bring_in([old()], terms, at=AT)
    answers = {answer.slug: answer for answer in Answer.objects.all()}
    need = answers.pop("need")
    assert (need.status, need.answered_by) == (Answer.Status.GIVEN, requester)
    assert need.get("need") == old().ask
    assert {answer.status for answer in answers.values()} == {Answer.Status.NOT_SURE}
    assert {answer.answered_by for answer in answers.values()} == {terms.actor}
    assert {"who", "decision", "decider", "limit", "success", "when"} <= set(answers)


def test_history_tells_where_it_came_from_and_nobody_gets_mail(terms):
    bring_in([old()], terms, at=AT)
    [entry] = Entry.objects.about(WorkRequest.objects.get())
    assert (entry.action, entry.actor, entry.at) == ("intake.moved", terms.actor, AT)
    assert (entry.data["source"], entry.data["reference"]) == ("desk", "T-1")
    assert not OutboxMessage.objects.exists()


def test_the_same_requests_again_change_nothing(terms):
    bring_in([old(1), old(2)], terms, at=AT)
    again = bring_in([old(1), old(2), old(3)], terms, at=AT + timedelta(hours=1))
    assert [len(again.new), len(again.known)] == [1, 2]
    assert [work.reference for work in WorkRequest.objects.order_by("id")] == [
        "PMO-0001",
        "PMO-0002",
        "PMO-0003",
    ]


def test_unknown_people_are_known_by_their_address_and_have_no_sign_in(terms):
    bring_in([old(1, email="new@example.org", name="New One"), old(2)], terms, at=AT)
    person = User.objects.get(email="new@example.org")
    assert person.name == "New One"
    assert person.roles == {"requester"}
    assert not person.has_usable_password()


def test_people_are_found_whatever_the_case_of_their_address(terms, requester):
    User.objects.filter(pk=requester.pk).update(email="Ana@Example.org")
    bring_in([old()], terms, at=AT)
    assert WorkRequest.objects.get().requester == requester


def test_an_unknown_department_is_refused_or_made(terms, administrator):
    found = bring_in([old(1, department="Fleet"), old(2)], terms, at=AT)
    assert [refused.reason for refused in found.refused] == ["There is no department 'Fleet'."]
    assert len(found.new) == 1
    making = Terms("desk", administrator, makes_departments=True)
    names = ["Fleet", "fleet", "x" * 81]
    batch = [old(n, department=name) for n, name in enumerate(names, start=3)]
    assert [row.line for row in bring_in(batch, making, at=AT).refused] == [6]
    assert Department.objects.filter(name__iexact="fleet").count() == 1


def test_the_quick_lane_asks_for_less(administrator, policies):
    bring_in([old()], Terms("desk", administrator, lane=Lane.ORDER), at=AT)
    assert set(Answer.objects.values_list("slug", flat=True)) == {"need", "kind", "quick"}


def test_checking_changes_nothing(terms):
    found = check([old(1, email="new@example.org"), old(2, department="Fleet")], terms)
    assert [len(found.new), len(found.refused)] == [1, 1]
    assert not WorkRequest.objects.exists()
    assert not User.objects.filter(email="new@example.org").exists()


def test_only_administrators_and_leads_bring_a_queue_in(analyst, lead, policies):
    with pytest.raises(PermissionDenied):
        bring_in([old()], Terms("desk", analyst), at=AT)
    assert bring_in([old()], Terms("desk", lead), at=AT).new


def test_what_came_in_is_found_by_its_words(terms):
    bring_in([old(1), old(2, title="Zeppelin", ask="Zeppelin hangar")], terms, at=AT)
    found = search.matching(WorkRequest.objects.all(), "zeppelin")
    assert [work.title for work in found] == ["Zeppelin"]


def test_a_batch_costs_the_same_queries_whatever_its_size(terms, django_assert_max_num_queries):
    bring_in([old(1)], terms, at=AT)
    batch = [old(n, email=f"person{n}@example.org") for n in range(2, 42)]
    # keys, departments twice, people, roles, counter, targets, eight inserts, questions,
    # savepoint; on SQLite inserts are cut into pieces of 999 values.
    with django_assert_max_num_queries(22 if connection.vendor == "postgresql" else 40):
        bring_in(batch, terms, at=AT)
