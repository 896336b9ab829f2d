"""Analysts at once on one request, over real connections: one verdict, nothing lost or doubled."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import Role
from audit.models import Entry
from intake.models import Joining, Message, Proposal, Verdict, WorkRequest
from intake.services import conversation, merging, triage
from intake.services.lifecycle import ConflictError
from intake.states import IllegalMoveError, State
from notifications.models import OutboxMessage
from sla.services import verify
from tests.factories.accounts import PersonFactory
from tests.factories.intake import agree_need, make_work

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real connections"),
    pytest.mark.django_db(transaction=True),
]
MANY = 8
BEATEN = (ConflictError, PermissionDenied, IllegalMoveError, merging.NotKeptError)
WORDS = "The weekly capacity call answers this already, with the same data."


@pytest.fixture
def people(db):
    return [
        PersonFactory(name=f"Analyst {n}", email=f"a{n}@example.org", roles=[Role.ANALYST])
        for n in range(MANY)
    ]


def at_once(acts):
    """Do all of these at the same moment, each over its own connection; say how each ended."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            act()
        except BEATEN as error:
            return type(error).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(run, acts))


def fresh(work):
    return WorkRequest.objects.get(pk=work.pk)


def moves(work):
    return [entry.data["to"] for entry in Entry.objects.about(work).filter(action="intake.moved")]


def test_one_of_many_claims_it(work, people, berlin):
    at, seen = berlin("2026-03-02 11:00"), work.version
    ended = at_once(
        [lambda who=who: triage.claim(work, actor=who, at=at, seen=seen) for who in people]
    )
    assert ended == {"done": 1, "ConflictError": MANY - 1}
    assert moves(work) == [State.NEW, State.CLAIMED]
    told = OutboxMessage.objects.filter(kind="request_claimed")
    assert told.count() == 1
    assert fresh(work).analyst == Entry.objects.about(work).last().actor


def test_one_verdict_wins_whatever_they_want(work, people, silver, requester, berlin):
    at = berlin("2026-03-02 13:00")
    work = agree_need(work, people[0], berlin("2026-03-02 11:00"))
    kept = make_work(requester, berlin("2026-03-02 10:30"))
    seen = work.version
    verdicts = (
        lambda who: triage.propose(work, tier=silver, why="It fits.", actor=who, at=at, seen=seen),
        lambda who: triage.decline(
            work,
            reason="exists",
            explanation=WORDS,
            alternative="Join the call.",
            actor=who,
            at=at,
            seen=seen,
        ),
        lambda who: triage.park(
            work, until=None, event="The plan is out", explanation="It waits.", actor=who, at=at,
            seen=seen,
        ),
        lambda who: merging.merge(work, into=kept, words=WORDS, actor=who, at=at, seen=seen),
    )  # fmt: skip
    chosen = islice(cycle(verdicts), MANY)
    ended = at_once(
        [lambda act=act, who=who: act(who) for act, who in zip(chosen, people, strict=True)]
    )
    assert ended["done"] == 1, ended
    work = fresh(work)
    assert work.state in {State.PROPOSED, State.DECLINED, State.PARKED, State.MERGED}
    assert moves(work)[-1] == work.state
    assert len(moves(work)) == len(set(moves(work)))
    assert Proposal.objects.count() + Verdict.objects.count() == 1
    assert Joining.objects.count() == (work.state == State.MERGED)
    kinds = ("proposal_ready", "request_declined", "request_parked", "request_merged")
    assert OutboxMessage.objects.filter(kind__in=kinds, payload__work=work.pk).count() == 1
    assert list(verify.differences(now=at)) == []


def test_two_requests_joined_into_each_other_at_once_keep_one(work, people, requester, berlin):
    at, other = berlin("2026-03-02 13:00"), make_work(requester, berlin("2026-03-02 10:30"))
    ended = at_once(
        [
            lambda: merging.merge(work, into=other, words=WORDS, actor=people[0], at=at),
            lambda: merging.merge(other, into=work, words=WORDS, actor=people[1], at=at),
        ]
    )
    states = [fresh(one).state for one in (work, other)]
    assert states.count(State.MERGED) == 1, (ended, states)


def test_messages_at_once_are_all_kept(work, people, berlin):
    at = berlin("2026-03-02 13:00")
    ended = at_once(
        [
            lambda who=who: conversation.write(work, text=f"From {who.name}", actor=who, at=at)
            for who in people
        ]
    )
    assert ended == {"done": MANY}
    assert Message.objects.filter(work=work).count() == MANY
    # The first of them met the promise of a first reply, once.
    assert fresh(work).subject.clocks.filter(metric="first_reply", outcome="met").count() == 1
