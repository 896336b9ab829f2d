"""The promise board: what is late, due and paused, and how promises were kept by month."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from intake.models import MonthRun, PromiseMonth
from intake.reading.board_month import picture
from intake.services import conversation, escalation, figures, triage
from intake.states import State
from sla.outcomes import Compliance
from sla.services import clocks
from sla.services.sweep import sweep
from tests.factories.intake import bring_to, make_work
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, analyst):
    client.force_login(analyst)
    return client


@pytest.fixture
def busy(requester, analyst, lead, policies, berlin):
    """On Thursday 5 March at noon: one late, one due later, one paused since Monday."""
    late = make_work(
        requester, berlin("2026-03-02 10:00"), need="Late: nobody replied to this one."
    )
    due = make_work(requester, berlin("2026-03-05 10:00"), need="Due: it came this very morning.")
    held = make_work(requester, berlin("2026-03-02 10:00"), need="Held: we asked something back.")
    triage.ask(
        held, questions=["Which?"], blocks=True, actor=analyst, at=berlin("2026-03-02 11:00")
    )
    with time_machine.travel(berlin("2026-03-05 12:00"), tick=False):
        sweep(now=berlin("2026-03-05 12:00"))
        yield {"late": late, "due": due, "held": held}


def groups(html):
    """The part of the page under each heading."""
    return dict(re.findall(r'aria-labelledby="group-(\w+)">(.*?)</section>', html, re.S))


def test_each_promise_stands_in_its_group_with_who_was_told(desk, busy, lead):
    html = desk.get("/board/").content.decode()
    found = groups(html)
    assert busy["late"].reference in found["late"]
    assert "Reply to Ana Silva in person" in found["late"]
    assert "Lena Fox" in found["late"]
    assert "Nothing is due today." in found["today"]
    assert busy["due"].reference in found["week"]
    assert busy["held"].reference in found["paused"]
    assert "Nobody yet" in found["week"]
    assert "with requester" in found["paused"]


def test_the_board_asks_the_same_few_queries_however_much_there_is(
    desk, busy, requester, berlin, django_assert_max_num_queries, django_assert_num_queries
):
    desk.get("/board/")
    with django_assert_max_num_queries(15) as counted:
        desk.get("/board/")
    for _ in range(4):
        make_work(requester, berlin("2026-03-02 10:00"))
    sweep(now=berlin("2026-03-05 12:00"))
    with django_assert_num_queries(len(counted)):
        desk.get("/board/")


def test_a_group_is_read_page_by_page(desk, busy, requester, berlin, monkeypatch):
    for _ in range(3):
        make_work(requester, berlin("2026-03-02 10:00"))
    monkeypatch.setattr("intake.reading.board.SHOWN", 1)
    monkeypatch.setattr("intake.reading.board.PAGE", 3)
    html = desk.get("/board/").content.decode()
    assert "/board/?group=late" in html
    seen, address = [], "/board/?group=late"
    while address:
        page = page_of(desk.get(address))
        seen += [attrs["id"] for attrs in page.having("a", **{"class": "title"})]
        following = page.having("a", rel="next")
        address = following[0]["href"] if following else ""
    assert len(seen) == len(set(seen)) == 4
    assert desk.get("/board/?group=late&after=x").status_code == 200
    assert "Show all groups" not in desk.get("/board/?group=nonsense").content.decode()


def test_the_refreshed_part_is_the_page_without_its_frame(desk, busy):
    part = desk.get("/board/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="group-late"' in part


def test_clocks_paused_for_over_five_working_days_are_the_silent_risks(desk, busy, berlin):
    assert "No clock has been paused for that long" in desk.get("/board/paused/").content.decode()
    # Paused on Monday at 11:00: five working days are over on the Monday after, at 11:00.
    with time_machine.travel(berlin("2026-03-09 11:00"), tick=False):
        assert busy["held"].reference not in desk.get("/board/paused/").content.decode()
    with time_machine.travel(berlin("2026-03-09 11:02"), tick=False):
        html = desk.get("/board/paused/").content.decode()
    assert busy["held"].reference in html
    assert "Waiting for the requester" in html
    assert "We last wrote" in html or "We have not written yet" in html


@pytest.fixture
def judged(requester, analyst, silver, berlin):
    """In March: eleven first replies, one of them late; two deliveries, one late."""
    for number in range(11):
        work = make_work(requester, berlin("2026-03-02 10:00"))
        at = berlin("2026-03-03 12:00" if number == 0 else "2026-03-02 12:00")
        triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
        conversation.write(work, text="Hello", actor=analyst, at=at)
    for day in ("2026-03-04", "2026-03-30"):
        work = make_work(requester, berlin("2026-03-02 10:00"))
        bring_to(State.RUNNING, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00"))
        at = berlin(f"{day} 12:00")
        clocks.stop(work.subject, metrics={"delivery"}, actor=analyst, at=at)
    with time_machine.travel(berlin("2026-03-31 12:00"), tick=False):
        yield silver.version.service


def test_a_month_tells_how_promises_were_kept_and_no_percentage_under_ten(desk, judged):
    html = desk.get("/board/month/").content.decode()
    assert "10 of 11 (90 %)" in html
    assert "1 of 2<" in html
    assert "1 missed" in html
    assert "What is counted, and how" in html


def test_each_number_opens_its_rows(desk, judged):
    page = page_of(desk.get("/board/month/"))
    links = [a["href"] for a in page.having("a") if "/board/rows/" in (a["href"] or "")]
    assert links
    for link in links:
        assert desk.get(link).status_code == 200
    missed = next(link for link in links if "delivery" in link and "outcome=missed" in link)
    rows = page_of(desk.get(missed)).having("a", **{"class": "title"})
    assert len(rows) == 1


def test_rows_of_nothing_are_not_found(desk, judged):
    for query in (
        "",
        "metric=delivery&policy=x",
        "metric=x&policy=1",
        "metric=delivery&policy=9999",
    ):
        assert desk.get(f"/board/rows/?{query}").status_code == 404


def test_months_are_walked_and_nonsense_is_the_present_one(desk, judged):
    html = desk.get("/board/month/?month=2026-02").content.decode()
    assert "February 2026" in html
    assert "?month=2026-03" in html
    for text in ("x", "2026-13", "2099-01", "2026-02-30-1", "-5"):
        assert "March 2026" in desk.get(f"/board/month/?month={text}").content.decode()


def test_a_service_has_a_board_of_its_own(desk, judged):
    address = reverse("board_service", args=[judged.slug])
    html = desk.get(address).content.decode()
    assert "The first result is there" in html
    assert desk.get("/board/no-such-service/").status_code == 404


def test_a_sponsor_sees_months_but_neither_people_nor_single_promises(client, judged, sponsor):
    client.force_login(sponsor)
    assert client.get("/board/").headers["Location"] == "/board/month/"
    assert client.get("/board/paused/").status_code == 403
    page = client.get("/board/month/")
    assert "Dana Reyes" not in page.content.decode()
    links = [a["href"] for a in page_of(page).having("a") if "rows" in (a["href"] or "")]
    for link in links:
        assert "Dana Reyes" not in client.get(link).content.decode()


def test_a_sponsor_of_another_area_reads_numbers_without_the_requests(
    client, judged, sponsor, sales
):
    sponsor.sponsored.set([sales])
    client.force_login(sponsor)
    page = page_of(client.get("/board/month/"))
    link = next(a["href"] for a in page.having("a") if "rows" in (a["href"] or ""))
    html = client.get(link).content.decode()
    assert "PMO-0" not in html
    assert "belong to areas that you don't sponsor" in html.replace("&#x27;", "'")


def test_others_do_not_see_the_board(client, requester, administrator):
    for person in (requester, administrator):
        client.force_login(person)
        assert client.get("/board/month/").status_code == 403


def test_figures_are_kept_as_long_as_they_were_costly(desk, judged, berlin):
    desk.get("/board/month/")
    assert PromiseMonth.objects.exists()
    MonthRun.objects.update(took_ms=2000)
    PromiseMonth.objects.all().delete()
    now = berlin("2026-03-31 12:00")
    months = [run.month for run in MonthRun.objects.all()]
    figures.refresh(months, now=now + timedelta(seconds=100))
    assert not PromiseMonth.objects.exists()
    figures.refresh(months, now=now + timedelta(seconds=201))
    assert PromiseMonth.objects.exists()


def test_a_month_long_over_is_not_worked_out_again(judged, berlin):
    month = figures.refresh([berlin("2026-02-01 00:00").date()], now=berlin("2026-03-31 12:00"))
    again = figures.refresh([month[0].month], now=berlin("2026-09-01 12:00"))
    assert again[0].figured_at == month[0].figured_at


def test_percentiles_are_values_that_happened():
    assert figures.percentile([], 50) is None
    assert figures.percentile([1, 2, 3, 4], 50) == 2
    assert figures.percentile(list(range(1, 21)), 85) == 17


def test_a_month_without_cases_is_a_gap_in_the_line():
    kept, none = Compliance(1, 1, 0, 0), Compliance(0, 0, 0, 0)
    assert picture([kept, kept, none, kept, none, none]) == ["0,14.0 24,14.0", "72,14.0"]


def test_the_month_asks_few_queries(desk, judged, django_assert_max_num_queries):
    desk.get("/board/month/")
    with django_assert_max_num_queries(15):
        desk.get("/board/month/")


def test_escalations_after_the_first_name_everybody_told(desk, busy, lead, berlin):
    escalation.notify_all(berlin("2026-03-05 12:00"))
    assert groups(desk.get("/board/").content.decode())["late"].count("Lena Fox") == 1
