"""How promises were kept, counted from real clocks."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache

from catalog.models import Service
from catalog.templatetags.catalog_tags import kept, kept_with_percent
from intake import track_record
from intake.models import WorkRequest
from intake.services import agreement, conversation, triage
from sla.outcomes import Compliance
from sla.services import sweep
from tests.factories.catalog import make_service
from tests.factories.intake import agree_need, bring_to, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(db):
    cache.clear()


def replied(requester, analyst, sent, at):
    work = make_work(requester, sent)
    triage.claim(work, actor=analyst, at=sent)
    conversation.write(work, text="Good morning.", actor=analyst, at=at)
    return work


def totals(now):
    _, records = track_record.promise_records(now)
    return {record.words: kept(record.total) for record in records}


def test_the_last_month_counts_replies_on_time(requester, analyst, policies, berlin):
    replied(requester, analyst, berlin("2026-02-02 10:00"), berlin("2026-02-02 15:00"))
    replied(requester, analyst, berlin("2026-02-03 10:00"), berlin("2026-02-05 15:00"))
    replied(requester, analyst, berlin("2026-03-02 10:00"), berlin("2026-03-02 11:00"))
    found = track_record.last_month(berlin("2026-03-10 12:00"))
    assert found.month == date(2026, 2, 1)
    assert kept(found.replies) == "1 of 2"


def test_the_typical_time_to_a_proposal_is_the_median_in_working_days(
    requester, analyst, silver, berlin
):
    for days in (1, 2, 4):
        work = make_work(requester, berlin("2026-02-02 09:00"))
        agree_need(work, analyst, berlin("2026-02-02 10:00"))
        at = berlin("2026-02-02 09:00") + timedelta(days=days)
        triage.propose(work, tier=silver, why="It fits.", actor=analyst, at=at)
    assert track_record.last_month(berlin("2026-03-10 12:00")).typical == "2 working days"


def test_without_any_reply_there_is_nothing_to_say(policies, berlin):
    found = track_record.last_month(berlin("2026-03-10 12:00"))
    assert (kept(found.replies), found.typical) == ("", "")


def test_a_late_one_counts_in_the_month_it_was_broken_even_while_open(requester, policies, berlin):
    make_work(requester, berlin("2026-02-26 10:00"))
    sweep.sweep(now=berlin("2026-03-02 12:00"))
    months, records = track_record.promise_records(berlin("2026-03-10 12:00"))
    assert months[-2:] == [date(2026, 2, 1), date(2026, 3, 1)]
    [reply] = [record for record in records if record.words == "A person replies to you"]
    assert [kept(month) for month in reply.months][-2:] == ["0 of 1", ""]
    assert reply.within == "1 working day"


def test_months_end_at_midnight_of_the_organisation(requester, analyst, policies, berlin):
    replied(requester, analyst, berlin("2026-02-27 16:00"), berlin("2026-02-28 23:30"))
    replied(requester, analyst, berlin("2026-02-27 16:00"), berlin("2026-03-01 00:30"))
    assert kept(track_record.last_month(berlin("2026-03-10 12:00")).replies) == "1 of 1"


def test_withdrawn_requests_are_left_out(requester, policies, berlin):
    work = make_work(requester, berlin("2026-02-02 10:00"))
    agreement.withdraw(work, actor=requester, at=berlin("2026-02-02 11:00"))
    assert totals(berlin("2026-03-10 12:00")) == {}


def test_a_word_in_time_keeps_the_next_contact(requester, analyst, policies, berlin):
    work = replied(requester, analyst, berlin("2026-02-02 10:00"), berlin("2026-02-02 15:00"))
    conversation.write(work, text="More.", actor=analyst, at=berlin("2026-02-06 15:00"))
    sweep.sweep(now=berlin("2026-02-13 16:00"))
    conversation.write(work, text="Late.", actor=analyst, at=berlin("2026-02-16 15:00"))
    told = totals(berlin("2026-03-10 12:00"))
    assert told["You hear from us again while your request is open"] == "2 of 3"


def test_answers_proposals_and_plans_are_told_apart(requester, analyst, silver, berlin):
    quick = make_work(requester, berlin("2026-02-02 10:00"), quick=True)
    triage.answer(quick, text="Here.", actor=analyst, at=berlin("2026-02-03 10:00"))
    full = make_work(requester, berlin("2026-02-02 10:00"))
    agree_need(full, analyst, berlin("2026-02-03 10:00"))
    late = berlin("2026-02-11 10:00")
    triage.propose(full, tier=silver, why="It fits.", actor=analyst, at=late)
    told = totals(berlin("2026-03-10 12:00"))
    assert told["You get an answer in the quick lane"] == "1 of 1"
    assert told["You get a proposal in the full lane"] == "0 of 1"
    assert "You get a plan when it is treated as urgent" not in told


def test_a_service_is_judged_by_its_first_results(requester, analyst, silver, berlin):
    work = make_work(requester, berlin("2026-02-02 10:00"))
    bring_to("done", work, analyst=analyst, tier=silver, at=berlin("2026-02-03 10:00"))
    record = track_record.by_service(berlin("2026-03-10 12:00"))
    assert {pk: kept(counts) for pk, counts in record.items()} == {
        silver.version.service_id: "1 of 1"
    }


def test_a_quick_request_without_a_service_is_a_small_ask(requester, analyst, policies, berlin):
    small = make_service(berlin("2026-01-02 09:00"), slug="small-ask", position=6)
    for service in (None, small):
        work = make_work(requester, berlin("2026-02-02 10:00"), quick=True)
        WorkRequest.objects.filter(pk=work.pk).update(service=service)
        triage.answer(work, text="Here.", actor=analyst, at=berlin("2026-02-03 10:00"))
    record = track_record.by_service(berlin("2026-03-10 12:00"))
    assert kept(record[Service.objects.get(slug="small-ask").pk]) == "2 of 2"


def test_the_figures_are_read_once_in_a_while(policies, berlin, django_assert_num_queries):
    now = berlin("2026-03-10 12:00")
    track_record.last_month(now)
    with django_assert_num_queries(1):  # the cache
        track_record.last_month(now)


@pytest.mark.parametrize(
    ("met", "missed", "words", "with_percent"),
    [
        (0, 0, "", ""),
        (3, 1, "3 of 4", "3 of 4"),
        (9, 1, "9 of 10", "9 of 10 (90 %)"),
        (199, 1, "199 of 200", "199 of 200 (99 %)"),
    ],
)
def test_few_cases_get_no_percentage_and_none_is_rounded_up(met, missed, words, with_percent):
    record = Compliance(met, missed, 0, 0)
    assert (kept(record), kept_with_percent(record)) == (words, with_percent)
