"""The demo organisation: alive, and as consistent as real work."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit.models import Entry
from catalog.models import Line, Pilot
from intake import track_record
from intake.models import BlueprintVersion, Message, Verdict, WorkRequest
from intake.states import State
from notifications.models import OutboxMessage
from pmo_portal.demo.organisation import make_organisation
from sla.models import Clock, ClockEvent
from sla.services import verify
from tests.conftest import at_berlin

NOW = at_berlin("2026-06-17 14:30")
# There is no act yet that merges.
PASSED_THROUGH = {State.MERGED}


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker):
    """One demo for all of this module, on a Wednesday afternoon."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_organisation(NOW, told=lambda number, of: None)
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def states():
    return set(WorkRequest.objects.values_list("state", flat=True))


def person(name):
    return User.objects.get(email=f"{name}@demo.example")


def test_every_state_is_there():
    assert states() == set(State) - PASSED_THROUGH


def test_the_queue_is_alive():
    open_works = WorkRequest.objects.open()
    today = NOW + timedelta(hours=2, minutes=30)
    assert open_works.filter(queue_at__lt=NOW).count() in range(2, 6)
    assert open_works.filter(queue_at__range=(NOW, today)).exists()
    assert open_works.filter(state=State.NEW).count() >= 5
    assert open_works.filter(waiting_since__isnull=False).count() >= 2
    assert open_works.filter(new_answer_at__isnull=False).exists()
    assert open_works.filter(returned_at__isnull=False).exists()
    assert open_works.filter(urgency="asked", state=State.NEW).exists()
    assert open_works.filter(urgency="accepted").exists()


def test_the_requester_has_one_of_each_to_look_at():
    own = WorkRequest.objects.filter(requester=person("requester"))
    assert own.filter(waiting_since__isnull=False).exists()
    assert {State.PROPOSED, State.RUNNING, State.DONE, State.DRAFT} <= set(
        own.values_list("state", flat=True)
    )


def test_the_outsider_is_of_another_department():
    outsider, requester = person("outsider"), person("requester")
    assert outsider.department != requester.department
    assert not WorkRequest.objects.visible_to(outsider).filter(requester=requester).exists()


def test_every_role_can_sign_in(client, settings):
    roles = {
        "requester": {"requester"},
        "outsider": {"requester"},
        "analyst": {"analyst"},
        "lead": {"analyst", "lead"},
        "sponsor": {"sponsor"},
        "admin": {"administrator"},
    }
    for name, held in roles.items():
        assert person(name).roles == held
        login = {"login": f"{name}@demo.example", "password": settings.DEMO_PASSWORD}
        assert client.post("/sign-in/", login).status_code == 302, name


def test_clocks_say_what_their_commands_say():
    assert list(verify.differences(now=NOW)) == []


def test_every_event_was_noticed_at_its_time_and_told():
    late = F("effective_at") + timedelta(minutes=1)
    assert ClockEvent.objects.exists()
    assert not ClockEvent.objects.filter(detected_at__gt=late).exists()
    assert not ClockEvent.objects.live().filter(is_notified=False).exists()
    assert not Clock.objects.filter(next_event_at__lt=NOW - timedelta(minutes=1)).exists()


def test_most_promises_were_kept_and_some_were_not():
    _, records = track_record.promise_records(NOW)
    met = sum(record.total.met for record in records)
    missed = sum(record.total.missed for record in records)
    assert len(records) >= 5
    assert missed >= 5
    assert 0.9 < met / (met + missed) < 1


def test_nothing_is_mailed_and_nothing_waits_or_failed():
    assert mail.outbox == []
    found = set(OutboxMessage.objects.values_list("status", flat=True))
    assert found == {OutboxMessage.Status.SENT, OutboxMessage.Status.STALE}
    written = OutboxMessage.objects.filter(status=OutboxMessage.Status.SENT)
    assert not written.filter(body="").exists()
    assert not written.filter(sent_at__gt=F("created_at") + timedelta(minutes=1)).exists()


def test_a_note_of_the_pmo_is_in_no_mail():
    notes = Message.objects.filter(is_internal=True)
    assert notes.exists()
    for note in notes:
        assert not OutboxMessage.objects.filter(body__contains=note.text[:40]).exists()


def test_each_history_tells_what_happened_in_its_order():
    told = defaultdict(list)
    for entry in Entry.objects.filter(subject_type="intake.workrequest").order_by("id"):
        told[entry.subject_id].append(entry.at)
    assert len(told) >= 50
    for moments in told.values():
        assert all(earlier <= later for earlier, later in pairwise(moments))
        assert moments[-1] <= NOW


def test_nothing_lies_in_the_future():
    assert not WorkRequest.objects.filter(received_at__gt=NOW).exists()
    assert not Message.objects.filter(sent_at__gt=NOW).exists()
    assert not OutboxMessage.objects.filter(created_at__gt=NOW).exists()


def test_every_decline_says_why_and_what_else():
    declines = Verdict.objects.filter(state=State.DECLINED)
    assert declines.count() >= 3
    assert all(len(verdict.explanation) >= 40 for verdict in declines)


def test_an_older_version_of_a_service_is_there_to_read(client):
    assert client.get("/services/forecast-check/versions/1/").status_code == 200


def test_blueprints_stand_in_every_stage():
    set_up = WorkRequest.objects.filter(state=State.BLUEPRINT)
    versions = BlueprintVersion.objects.filter(work__in=set_up)
    assert set_up.filter(blueprint_versions=None).exists()
    assert versions.filter(agreed_at=None).exists()
    assert versions.filter(agreed_at__isnull=False, signatures__side="requester").exists()
    changing = WorkRequest.objects.filter(state=State.RUNNING, blueprint_versions__number=2)
    assert changing.filter(blueprint__version__number=1).exists()


def test_there_is_a_pilot_for_each_verdict_one_that_runs_and_one_to_decide():
    assert set(Pilot.objects.values_list("verdict", flat=True)) == {"", *Line.values}
    assert Pilot.objects.running().exists()
    assert Pilot.objects.to_decide().filter(decider=person("requester")).exists()
