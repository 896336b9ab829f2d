"""Invented requests hold together: as the services would have left them, whatever the database."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from intake import search
from intake.models import Hold, Message, WorkRequest
from intake.services import conversation, lifecycle
from intake.states import CLOCKS, State
from pmo_portal.volume import load as filling
from pmo_portal.volume.load import load, plan
from pmo_portal.volume.sheets import Sheet
from pmo_portal.volume.words import RARE
from sla.models import Clock, ClockCommand, ClockEvent
from sla.services import ledger, verify
from sla.services.history import rebuild
from sla.services.sweep import sweep
from tests.conftest import at_berlin
from tests.factories.intake import make_work

AT = at_berlin("2026-03-02 11:00")
REQUESTS = 200


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """A database with 200 requests, two in five of them open; emptied by the rollback."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(
            plan(requests=REQUESTS, open_share=0.4, seed=7, at=AT),
            progress=lambda done, rows: None,
        )
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _use(filled, db):
    """Each test sees the filled database inside a transaction of its own."""


def test_requests_stand_in_every_state_that_lasts():
    found = set(WorkRequest.objects.values_list("state", flat=True))
    assert found >= set(State) - {State.BLUEPRINT, State.MERGED}
    assert WorkRequest.objects.received().count() == REQUESTS


def test_about_as_many_are_open_as_asked_for():
    assert 0.25 < WorkRequest.objects.open().count() / REQUESTS < 0.55


def test_open_clocks_say_what_their_commands_say():
    assert list(verify.differences(now=AT)) == []


def test_closed_clocks_say_what_their_commands_say():
    clocks = list(Clock.objects.filter(ended_at__isnull=False).with_terms())
    stored = ledger.stored_events(rebuild(clocks))
    for record in rebuild(clocks):
        assert ledger.columns_of(record) == ledger.stored(record.clock)
        events = stored[record.clock.pk]
        assert not ledger.missing(record.cycle.log, events)
        assert not ledger.outdated(record.cycle.log, events)
    assert len(clocks) > REQUESTS


def test_a_sweep_finds_nothing_that_was_due_before():
    assert sweep(now=AT) == 0
    assert not ClockEvent.objects.unnotified().exists()


def test_the_queue_is_sorted_by_the_next_promise():
    for work in WorkRequest.objects.open():
        assert work.queue_at == lifecycle.soonest_promise(work)


def test_only_clocks_of_the_state_are_open():
    for work in WorkRequest.objects.select_related("subject"):
        running = set(work.subject.clocks.open().values_list("metric", flat=True))
        assert running <= CLOCKS[State(work.state)]


def test_waiting_and_open_questions_are_the_same():
    waiting = WorkRequest.objects.filter(waiting_since__isnull=False)
    assert waiting.exists()
    hold = Hold.objects.waiting().filter(work=OuterRef("pk"))
    assert set(waiting) == set(WorkRequest.objects.filter(Exists(hold)))
    assert not waiting.filter(state__in=[State.DONE, State.ANSWERED, State.DRAFT]).exists()


def test_history_leads_from_draft_to_the_present_state():
    for work in WorkRequest.objects.received():
        moves = [entry.data for entry in Entry.objects.about(work) if "was" in entry.data]
        states = [State.DRAFT, *(move["to"] for move in moves)]
        assert [move["was"] for move in moves] == states[:-1]
        assert states[-1] == work.state


def test_foreign_keys_and_constraints_hold():
    connection.check_constraints()


def test_there_is_a_rare_word_to_search_for():
    found = search.matching(WorkRequest.objects.all(), RARE)
    assert found.count() == filling.RARE_ONES
    assert all(RARE in work.ask for work in found)


def test_new_requests_follow_the_invented_ones(outsider):
    work = make_work(outsider, AT)
    assert work.number == REQUESTS + 1
    conversation.write(work, text="One more word", actor=outsider, at=AT)
    assert Message.objects.filter(work=work).count() == 1


def test_nobody_invented_can_sign_in():
    assert not any(person.has_usable_password() for person in User.objects.all()[:50])


def test_commands_are_in_order_and_never_in_the_future():
    assert not ClockCommand.objects.filter(at__gt=AT).exists()
    numbers: dict[int, list[int]] = {}
    for clock, seq in ClockCommand.objects.order_by("clock", "at", "seq").values_list(
        "clock", "seq"
    ):
        numbers.setdefault(clock, []).append(seq)
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in numbers.values())


def test_the_command_keeps_away_from_a_database_in_use():
    with pytest.raises(CommandError, match="holds requests"):
        call_command("load_volume", "--requests=10", stdout=StringIO())


def test_more_can_be_put_beside(monkeypatch):
    monkeypatch.setattr(filling, "CHUNK", 20)
    out = StringIO()
    call_command("load_volume", "--requests=50", "--add", "--open-share=1", stdout=out)
    assert out.getvalue().startswith("50 requests")
    added = WorkRequest.objects.filter(number__gt=REQUESTS)
    assert added.count() == added.open().count() == 50
    assert list(verify.differences(now=timezone.now())) == []


@pytest.mark.parametrize("options", [["--requests=0"], ["--requests=5", "--open-share=2"]])
def test_impossible_numbers_are_refused(options):
    with pytest.raises(CommandError):
        call_command("load_volume", *options)


def test_a_sheet_names_every_column_that_has_no_default():
    with pytest.raises(ValueError, match="has no default"):
        Sheet(Message, "id", "work", "text")


@pytest.mark.parametrize("wanted", [0.05, 0.1, 0.5])
def test_the_time_over_which_requests_come_in_follows_the_open_share(wanted):
    days = (AT - plan(requests=10, open_share=wanted, seed=1, at=AT).start).days
    shorter = (AT - plan(requests=10, open_share=wanted * 1.5, seed=1, at=AT).start).days
    assert days > shorter > 0
