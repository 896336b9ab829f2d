"""Taking up again what was closed: once, in time, with clocks that begin anew."""

import pytest
from django.core.exceptions import PermissionDenied

from intake.models import ResultCheck, WorkRequest
from intake.services import agreement, reopening
from intake.services.reopening import TooLateError
from intake.states import State
from tests.factories.intake import bring_to

pytestmark = pytest.mark.django_db


def fresh(work):
    return WorkRequest.objects.get(pk=work.pk)


@pytest.fixture
def declined(work, analyst, silver, berlin):
    at = berlin("2026-03-03 10:00")
    return bring_to(State.DECLINED, work, analyst=analyst, tier=silver, at=at)


def test_a_declined_request_is_looked_at_again_once(declined, analyst, silver, berlin):
    ask = {"why": "There is new data.", "actor": declined.requester}
    again = reopening.look_again(declined, **ask, at=berlin("2026-03-17 09:00"))
    assert again.state == State.CLAIMED
    assert (again.clock("proposal").cycle, again.clock("proposal").state) == (2, "running")
    bring_to(State.DECLINED, again, analyst=analyst, tier=silver, at=berlin("2026-03-18 10:00"))
    with pytest.raises(PermissionDenied):
        reopening.look_again(again, **ask, at=berlin("2026-03-19 10:00"))


def test_ten_working_days_later_it_is_too_late(declined, berlin):
    # Declined on Tuesday at 10:00; the tenth working day ends on Tuesday two weeks later.
    assert reopening.look_again_until(declined) == berlin("2026-03-17 10:00")
    with pytest.raises(TooLateError):
        reopening.look_again(
            declined, why="New", actor=declined.requester, at=berlin("2026-03-17 10:01")
        )


def test_what_was_done_runs_again_in_a_new_cycle_and_the_result_stands(
    work, analyst, silver, berlin
):
    done = bring_to(State.DONE, work, analyst=analyst, tier=silver, at=berlin("2026-03-03 10:00"))
    again = reopening.reopen(
        done, why="It broke.", actor=work.requester, at=berlin("2026-03-20 10:00")
    )
    assert again.state == State.RUNNING
    assert (again.clock("delivery").cycle, again.clock("delivery").state) == (2, "running")
    assert ResultCheck.objects.filter(work=work).count() == 1


def test_after_thirty_days_it_is_asked_anew(work, analyst, silver, berlin):
    done = bring_to(
        State.ANSWERED, work, analyst=analyst, tier=silver, at=berlin("2026-03-03 10:00")
    )
    with pytest.raises(TooLateError):
        reopening.reopen(done, why="Again", actor=work.requester, at=berlin("2026-04-03 10:00"))


def test_what_was_withdrawn_before_anybody_looked_is_not_taken_up(work, berlin):
    at = berlin("2026-03-03 10:00")
    withdrawn = agreement.withdraw(work, actor=work.requester, at=at)
    with pytest.raises(PermissionDenied):
        reopening.reopen(withdrawn, why="Again", actor=work.requester, at=at)


def test_what_was_answered_goes_back_to_its_analyst(work, analyst, silver, outsider, berlin):
    answered = bring_to(
        State.ANSWERED, work, analyst=analyst, tier=silver, at=berlin("2026-03-03 10:00")
    )
    at = berlin("2026-03-04 10:00")
    with pytest.raises(PermissionDenied):
        reopening.reopen(answered, why="Again", actor=outsider, at=at)
    reopening.reopen(answered, why="Again", actor=work.requester, at=at)
    assert (fresh(work).state, fresh(work).analyst) == (State.CLAIMED, analyst)
