"""Proposal, choice, delivery, result and the ways out, on paper."""

from __future__ import annotations

from datetime import timedelta

from intake.models import ResultCheck, Verdict
from intake.states import State
from pmo_portal.volume import words
from pmo_portal.volume.life import Agreed, Life, Proposed
from sla.business_time import to_instant

NEARBY = 50
MISSING = "The last month is missing."
DAY = timedelta(days=1)


def propose(life: Life, at: int) -> None:
    life.lift(at, life.contact)
    life.offer = life.rng.choice(life.world.offers)
    suggested = life.rng.choice(life.offer.tiers)
    level = suggested.get_level_display()
    told = f', "service": "{life.offer.name}", "tier": "{level}"'
    life.move(State.PROPOSED, at, life.analyst, data=told)
    life.proposed = Proposed(suggested, at)


def refuse(life: Life, at: int) -> None:
    """Say that none of the tiers fits."""
    life.write_proposal(withdrawn=at, refusal=words.one_of(life.rng, words.ANSWER))
    life.new_answer = at
    life.move(State.DISCOVERY, at, life.requester)


def choose(life: Life, at: int) -> None:
    if life.offer is None:
        raise ValueError("nothing was proposed")
    life.tier = life.rng.choice(life.offer.tiers)
    life.write_proposal(chosen=at)
    told = f', "chosen": "{life.tier.level}"'
    life.move(State.BLUEPRINT, at, life.requester, data=told)


def begin(life: Life, at: int) -> None:
    """Take the standard blueprint of the tier, which signs it."""
    if life.tier is None:
        raise ValueError("no tier was chosen")
    life.agreed = Agreed(life.book.blueprints.next_id(), at)
    told = f'{{"tier": "{life.tier.level}"}}'
    life.record("intake.standard_blueprint_taken", at, life.requester, told)
    life.move(State.RUNNING, at, life.requester)


def hand_over(life: Life, at: int) -> None:
    life.lift(at, life.contact)
    if life.agreed:
        life.agreed.ticked = at
    life.move(State.CHECK, at, life.analyst)


def send_back(life: Life, at: int) -> None:
    """Something is missing; the delivery clock goes on."""
    life.new_answer = at
    life.move(State.RUNNING, at, life.requester, reason=MISSING)


def result(life: Life, at: int) -> None:
    difference = life.rng.choice(ResultCheck.Difference.values)
    told = words.one_of(life.rng, words.RESULT)
    row = (life.book.results.next_id(), life.id, difference, "", told, life.requester.pk, at)
    life.book.results.add(*row)
    life.move(State.DONE, at, life.requester, data=f', "difference": "{difference}"')


def answered(life: Life, at: int) -> None:
    _exit(life, State.ANSWERED, at, explanation=words.one_of(life.rng, words.TALK))


def decline(life: Life, at: int) -> None:
    reason = life.rng.choice(Verdict.Reason.values)
    explanation = words.sentence(life.rng, words.EXPLANATION)
    alternative = words.sentence(life.rng, words.ALTERNATIVE)
    _exit(life, State.DECLINED, at, reason, explanation, alternative)


def park(life: Life, at: int, *, until: int) -> None:
    """Set aside until the day after `until`, a moment."""
    life.parked_until = to_instant(until).date() + DAY
    _exit(life, State.PARKED, at, explanation="The new plan is out then.")


def wake(life: Life, at: int) -> None:
    """Come back from park by itself, on the day that was named."""
    life.parked_until, life.returned = None, at
    life.move(State.CLAIMED, at, None)


def merge(life: Life, at: int) -> None:
    """Join an earlier request of the same load; the first ones are answered instead."""
    kept = life.id - life.rng.randint(1, NEARBY)
    if kept < life.book.first_work:
        answered(life, at)
        return
    life.merged_into = kept
    _exit(life, State.MERGED, at)


def _exit(
    life: Life, to: State, at: int, reason: str = "", explanation: str = "", alternative: str = ""
) -> None:
    life.lift(at, life.contact)
    life.new_answer = life.returned = None
    verdict = life.book.verdicts.next_id()
    row = (verdict, life.id, to, reason, explanation, alternative, life.contact.pk, at)
    life.book.verdicts.add(*row)
    life.move(to, at, life.analyst, data=f', "verdict": {verdict}', reason=reason)


def withdraw(life: Life, at: int) -> None:
    life.lift(at, life.requester)
    life.write_proposal(withdrawn=at)
    life.parked_until = None
    life.move(State.WITHDRAWN, at, life.requester)
