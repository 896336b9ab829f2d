"""Who takes part in a request, who may see it, and who hears of what is written."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import StandIn, User
from intake.models import WorkRequest
from intake.services import conversation, people
from intake.services.people import AlreadyPartError
from notifications.models import OutboxMessage
from tests.factories.accounts import PersonFactory

pytestmark = pytest.mark.django_db


def sees(person, work):
    return WorkRequest.objects.visible_to(person).filter(pk=work.pk).exists()


def told(kind):
    rows = OutboxMessage.objects.filter(kind=kind).select_related("recipient")
    return sorted(row.recipient.name for row in rows)


def test_who_is_added_sees_the_request_and_is_told_once(work, outsider, berlin):
    at = berlin("2026-03-02 11:00")
    people.add(work, person=outsider, part="uses", actor=work.requester, at=at)
    assert sees(outsider, work)
    assert told("added_to_request") == ["Otto Berg"]
    with pytest.raises(AlreadyPartError):
        people.add(work, person=outsider, part="uses", actor=work.requester, at=at)


def test_who_is_removed_sees_it_no_more(work, outsider, analyst, berlin):
    at = berlin("2026-03-02 11:00")
    part = people.add(work, person=outsider, part="uses", actor=analyst, at=at)
    people.remove(work, part, actor=work.requester, at=at)
    people.remove(work, part, actor=work.requester, at=at)
    assert not sees(outsider, work)


def test_who_takes_part_can_not_add_others(work, outsider, sponsor, berlin):
    at = berlin("2026-03-02 11:00")
    people.add(work, person=outsider, part="uses", actor=work.requester, at=at)
    with pytest.raises(PermissionDenied):
        people.add(work, person=sponsor, part="uses", actor=outsider, at=at)


def test_the_department_sees_it_only_when_the_requester_says_so(work, operations, berlin):
    colleague = PersonFactory(department=operations)
    assert not sees(colleague, work)
    at = berlin("2026-03-02 11:00")
    people.show_to_department(work, shown=True, actor=work.requester, at=at)
    assert sees(colleague, work)
    assert not sees(PersonFactory(), work)
    with pytest.raises(PermissionDenied):
        conversation.write(work, text="Hello", actor=colleague, at=at)


def test_a_message_reaches_everybody_on_the_request_but_its_author(work, outsider, analyst, berlin):
    at = berlin("2026-03-02 11:00")
    people.add(work, person=outsider, part="uses", actor=work.requester, at=at)
    conversation.write(work, text="From the PMO", actor=analyst, at=at)
    assert told("reply") == ["Ana Silva", "Otto Berg"]
    conversation.write(work, text="From Otto", actor=outsider, at=at)
    assert told("reply") == ["Ana Silva", "Ana Silva", "Otto Berg"]


def test_a_stand_in_acts_for_the_requester_while_they_are_away(
    work, outsider, berlin, time_machine
):
    at = berlin("2026-03-02 11:00")
    StandIn.objects.create(
        person=work.requester, stand_in=outsider, starts_on="2026-03-02", ends_on="2026-03-03"
    )
    time_machine.move_to(at)
    assert sees(outsider, work)
    message = conversation.write(work, text="For Ana", actor=outsider, at=at)
    assert message.author == outsider
    time_machine.move_to(berlin("2026-03-04 00:30"))
    back = User.objects.get(pk=outsider.pk)
    assert not sees(back, work)
    with pytest.raises(PermissionDenied):
        conversation.write(work, text="Too late", actor=back, at=berlin("2026-03-04 00:30"))
