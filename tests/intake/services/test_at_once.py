"""Several people act on one request at once: one act is done whole, the others are told."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from audit.models import Entry
from intake.models import Joining, Proposal, Verdict, WorkRequest
from intake.services import merging, triage
from intake.services.lifecycle import ConflictError
from intake.services.merging import NotKeptError
from intake.states import State
from notifications.models import OutboxMessage
from tests.factories.accounts import PersonFactory
from tests.factories.intake import agree_need, make_work

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="needs rows that are locked one by one"
    ),
]
Act = Callable[[], object]
WORDS = "Both are about the same late suppliers."


def at_once(*acts: Act) -> list[BaseException | None]:
    """Do each act on a connection of its own, all let go together; return what each raised."""
    start = threading.Barrier(len(acts))

    def run(act: Act) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        running = [threads.submit(run, act) for act in acts]
        return [one.exception(timeout=60) for one in running]


def losers(raised: list[BaseException | None]) -> list[BaseException]:
    """What was raised, after exactly one act was done."""
    told = [error for error in raised if error is not None]
    assert len(told) == len(raised) - 1, raised
    return told


def fresh(work):
    return WorkRequest.objects.get(pk=work.pk)


def moves(work, to):
    return [entry for entry in Entry.objects.about(work) if entry.data.get("to") == to]


@pytest.fixture
def at(berlin):
    return berlin("2026-03-02 12:00")


@pytest.mark.parametrize("sees", [True, False])
def test_eight_claims_at_once_make_one_contact(work, analysts, at, sees):
    seen = work.version if sees else None
    told = losers(
        at_once(
            *(lambda who=who: triage.claim(work, actor=who, at=at, seen=seen) for who in analysts)
        )
    )
    assert {type(error) for error in told} == {ConflictError}
    assert {error.work.analyst for error in told} == {fresh(work).analyst}
    assert len(moves(work, State.CLAIMED)) == 1
    assert OutboxMessage.objects.filter(kind="request_claimed").count() == 1


@pytest.fixture
def analysts(db):
    return [PersonFactory(roles=["analyst"]) for _ in range(8)]


@pytest.mark.parametrize("sees", [True, False])
def test_of_joining_declining_and_answering_at_once_one_is_done(
    work, outsider, analyst, other_analyst, at, berlin, sees
):
    kept = make_work(outsider, berlin("2026-03-02 10:30"))
    work = agree_need(work, analyst, berlin("2026-03-02 11:00"))
    before = OutboxMessage.objects.count()
    seen = work.version if sees else None
    told = losers(
        at_once(
            lambda: merging.merge(work, into=kept, words=WORDS, actor=analyst, at=at, seen=seen),
            lambda: triage.decline(
                work,
                reason="exists",
                explanation="It is there.",
                alternative="The list on the intranet.",
                actor=other_analyst,
                at=at,
                seen=seen,
            ),
            lambda: triage.answer(work, text="It is there.", actor=analyst, at=at, seen=seen),
        )
    )
    if sees:
        assert {type(error) for error in told} == {ConflictError}
    state = fresh(work).state
    assert state in {State.MERGED, State.DECLINED, State.ANSWERED}
    assert len(moves(work, state)) == 1
    assert [verdict.state for verdict in Verdict.objects.filter(work=work)] == [state]
    assert Joining.objects.count() == (state == State.MERGED)
    assert kept.participants.count() == (state == State.MERGED)
    assert OutboxMessage.objects.count() == before + 1
    assert not work.subject.clocks.open().exists()


def test_of_claim_propose_decline_and_merge_at_once_one_is_done(
    work, outsider, analyst, other_analyst, silver, at, berlin
):
    kept = make_work(outsider, berlin("2026-03-02 10:30"))
    work = agree_need(work, analyst, berlin("2026-03-02 11:00"))
    seen = work.version
    told = losers(
        at_once(
            lambda: triage.claim(work, actor=other_analyst, at=at, seen=seen),
            lambda: merging.merge(work, into=kept, words=WORDS, actor=analyst, at=at, seen=seen),
            lambda: triage.propose(
                work, tier=silver, why="It fits.", actor=analyst, at=at, seen=seen
            ),
            lambda: triage.propose(
                work, tier=silver, why="It fits.", actor=other_analyst, at=at, seen=seen
            ),
            lambda: triage.decline(
                work,
                reason="exists",
                explanation="It is there.",
                alternative="The list on the intranet.",
                actor=other_analyst,
                at=at,
                seen=seen,
            ),
        )
    )
    assert {type(error) for error in told} == {ConflictError}
    assert Proposal.objects.count() + Verdict.objects.count() == 1
    assert fresh(work).analyst == analyst
    assert Joining.objects.count() == kept.participants.count()
    told = OutboxMessage.objects.filter(
        kind__in=["proposal_ready", "request_declined", "request_merged"]
    )
    assert told.count() == 1


def test_two_who_join_crosswise_wait_for_each_other(
    work, outsider, analyst, other_analyst, at, berlin
):
    other = make_work(outsider, berlin("2026-03-02 10:30"))
    told = losers(
        at_once(
            lambda: merging.merge(work, into=other, words=WORDS, actor=analyst, at=at),
            lambda: merging.merge(other, into=work, words=WORDS, actor=other_analyst, at=at),
        )
    )
    assert {type(error) for error in told} == {NotKeptError}
    assert Joining.objects.count() == 1
    assert {fresh(work).state, fresh(other).state} > {State.MERGED}
