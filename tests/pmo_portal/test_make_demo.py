"""Making the demo organisation: on any day, once, and only where it is allowed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from intake.models import WorkRequest
from intake.states import State
from notifications.models import OutboxMessage
from pmo_portal.demo.organisation import is_empty
from pmo_portal.demo.story import stories
from sla.services import verify
from tests.conftest import at_berlin

pytestmark = pytest.mark.django_db


@pytest.mark.once
def test_made_in_the_night_the_clocks_change_it_is_whole(settings, time_machine):
    moment = "2026-03-29 03:30"
    settings.DEMO_ALLOWED = True
    time_machine.move_to(at_berlin(moment), tick=False)
    said = StringIO()
    call_command("make_demo", if_empty=True, stdout=said)
    assert f"Made 23 people and {WorkRequest.objects.count()} requests" in said.getvalue()
    states = set(WorkRequest.objects.values_list("state", flat=True))
    assert states >= set(State) - {State.MERGED}
    assert list(verify.differences(now=at_berlin(moment))) == []
    assert not OutboxMessage.objects.filter(status=OutboxMessage.Status.DEAD).exists()


def test_the_first_sentence_of_a_story_is_its_title():
    for story in stories():
        first = story.said["need"].split(". ")[0].split("? ")[0]
        assert len(first) <= 91, first


def test_it_is_refused_where_it_is_not_allowed(settings):
    settings.DEBUG = settings.DEMO_ALLOWED = False
    with pytest.raises(CommandError, match="DEMO_ALLOWED"):
        call_command("make_demo")
    assert is_empty()


def test_where_somebody_has_begun_it_changes_nothing(settings, requester):
    settings.DEMO_ALLOWED = True
    call_command("make_demo", if_empty=True, stdout=StringIO())
    with pytest.raises(CommandError, match="in use"):
        call_command("make_demo")
    assert User.objects.count() == 1
