"""The triage queue as a page: who gets in, what stands there, and what it costs."""

import re

import pytest
import time_machine
from django.urls import reverse

from intake import search
from intake.models import WorkRequest
from intake.services import triage, urgency
from intake.states import State
from tests.conftest import at_berlin
from tests.factories.intake import bring_to, make_work
from tests.intake.copies import copies_of
from tests.intake.views.ask_client import title, words

pytestmark = pytest.mark.django_db
QUEUE = "/triage/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at_berlin("2026-03-02 12:00"), tick=False):
        yield


@pytest.fixture
def desk(client, analyst):
    client.force_login(analyst)
    return client


def rows(page):
    """The references of the rows, in order."""
    table = page.content.decode().split("<tbody", 1)[-1].split("</tbody>")[0]
    return re.findall(r'class="title" href="[^"]*">(PMO-\d+)', table)


def links(page):
    return re.findall(r'href="([^"]+)"', page.content.decode().replace("&amp;", "&"))


def test_visitors_sign_in_first_and_come_back(client):
    answer = client.get(f"{QUEUE}?view=late")
    assert answer["Location"] == "/sign-in/?next=/triage/%3Fview%3Dlate"


@pytest.mark.parametrize("role", ["requester", "outsider", "sponsor", "administrator"])
def test_the_queue_is_for_the_pmo(client, request, work, role):
    client.force_login(request.getfixturevalue(role))
    assert client.get(QUEUE).status_code == 403
    assert client.get(f"{QUEUE}{work.reference}/").status_code == 403


def test_a_lead_gets_in(client, lead, work):
    client.force_login(lead)
    assert rows(client.get(QUEUE)) == [work.reference]


def test_getting_never_changes_and_posting_is_refused(desk, work):
    assert desk.post(QUEUE).status_code == 405
    desk.get(QUEUE)
    assert WorkRequest.objects.get(pk=work.pk).version == work.version


def test_the_page_opens_with_unclaimed_and_five_counts(desk, requester, policies):
    for hour in ("10:00", "09:00"):
        make_work(requester, at_berlin(f"2026-03-02 {hour}"))
    page = desk.get(QUEUE)
    assert title(page) == "Unclaimed – Triage – PMO front door"
    # Soonest promise first: the later one was received earlier.
    assert rows(page) == ["PMO-0002", "PMO-0001"]
    assert "Unclaimed 2 Due today 1 Late 0 Waiting for requester 0 Back from park 0" in words(page)
    assert "Triage (2<" in page.content.decode()
    assert page.content.decode().count("<h1") == 1


def test_the_view_seen_last_opens_next_time(desk, work):
    assert "Nobody waits" in words(desk.get(f"{QUEUE}?view=urgent"))
    assert title(desk.get(QUEUE)).startswith("Urgent to judge")
    desk.cookies["queue_view"] = "../../etc"
    assert title(desk.get(QUEUE)).startswith("Unclaimed")


def test_columns_sort_by_link_and_say_how(desk, requester, policies):
    for day in ("2026-02-26", "2026-02-27", "2026-03-02"):
        make_work(requester, at_berlin(f"{day} 10:00"))
    page = desk.get(f"{QUEUE}?view=all&sort=age")
    assert rows(page) == ["PMO-0003", "PMO-0002", "PMO-0001"]
    assert page.content.decode().count("aria-sort=") == 1
    assert 'aria-sort="ascending"><a href="/triage/?view=all&amp;sort=-age">Age' in (
        page.content.decode()
    )
    turned = desk.get(f"{QUEUE}?view=all&sort=-age")
    assert rows(turned) == ["PMO-0001", "PMO-0002", "PMO-0003"]
    assert 'aria-sort="descending"' in turned.content.decode()


def test_filters_in_use_can_be_taken_away_one_by_one(desk, requester, operations, policies):
    make_work(requester, at_berlin("2026-03-02 10:00"))
    query = f"view=all&q=trucks&area={operations.pk}&lane=consult&sort=-age"
    page = desk.get(f"{QUEUE}?{query}")
    assert rows(page) == ["PMO-0001"]
    assert "“trucks” ×, take away Area: Operations ×, take away" in words(page)
    assert f"/triage/?view=all&area={operations.pk}&lane=consult&sort=-age" in links(page)
    assert "/triage/?view=all&sort=-age" in links(page)
    html = page.content.decode()
    assert f'<option value="{operations.pk}" selected>Operations' in html
    assert '<input type="hidden" name="sort" value="-age">' in html
    assert '<option value="consult" selected>' in html


def test_rows_carry_the_list_they_stand_in(desk, work):
    page = desk.get(f"{QUEUE}?view=all&q=trucks")
    assert f"/triage/{work.reference}/?view=all&q=trucks" in links(page)


def test_the_empty_view_says_what_is_due_next(desk, requester, analyst, policies):
    work = make_work(requester, at_berlin("2026-03-02 10:00"))
    triage.claim(work, actor=analyst, at=at_berlin("2026-03-02 11:00"))
    page = words(desk.get(QUEUE))
    assert "All claimed. Next promise due: PMO-0001, Tue 3 Mar, 10:00." in page
    assert "Open my work" in page


def test_filters_that_hide_everything_say_how_much(desk, work, policies):
    make_work(work.requester, at_berlin("2026-03-02 11:00"))
    page = desk.get(f"{QUEUE}?view=all&q=submarine")
    assert "No request fits these filters. 2 open requests are hidden by them." in words(page)
    assert "/triage/?view=all" in links(page)
    one = words(desk.get(f"{QUEUE}?view=unclaimed&lane=order&state=parked"))
    assert "No request fits these filters." in one


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("unclaimed", "All claimed. No promise is running."),
        ("mine", "No open request is claimed by you. Show unclaimed (0)"),
        ("today", "No promise is due in the rest of today. Show late (0)"),
        ("late", "No promise is late. Show due today (0)"),
        ("urgent", "Nobody waits for a decision on urgency."),
        ("waiting", "No request waits for its requester."),
        ("answers", "You have seen all answers."),
        ("returned", "No request has come back from being parked."),
        ("all", "No request is open. What people send appears here at once."),
    ],
)
def test_an_empty_view_says_why_and_what_to_do(desk, view, said):
    assert said in words(desk.get(f"{QUEUE}?view={view}"))


def test_urgent_asks_stand_in_a_band_of_one_line_each(desk, requester, analyst, policies):
    for _ in range(7):
        make_work(requester, at_berlin("2026-03-02 10:00"), urgent=True)
    page = desk.get(f"{QUEUE}?view=mine")
    band = page.content.decode().split('class="band"')[1].split("</section>")[0]
    assert band.count("<li>") == 6
    assert "Show all 7" in band
    assert "/triage/PMO-0001/?view=urgent" in links(page)
    assert 'class="band"' not in desk.get(f"{QUEUE}?view=urgent").content.decode()
    work = WorkRequest.objects.get(number=1)
    urgency.judge(
        work, accept=False, explanation="No.", actor=analyst, at=at_berlin("2026-03-02 12:00")
    )
    assert "/triage/PMO-0001/?view=urgent" not in links(desk.get(f"{QUEUE}?view=mine"))


def test_fifty_rows_a_page_with_links_before_and_after(desk, work):
    copies_of(work, 51)
    first = desk.get(f"{QUEUE}?view=all")
    assert len(rows(first)) == 50
    assert "52 in this view" in words(first)
    [following] = {link for link in links(first) if "after=" in link and "PMO-" not in link}
    second = desk.get(following)
    assert rows(second) == ["PMO-1049", "PMO-1050"]
    [preceding] = {link for link in links(second) if "before=" in link and "PMO-" not in link}
    assert rows(desk.get(preceding)) == rows(first)
    # A row keeps its place in the list.
    assert any(link.startswith("/triage/PMO-1049/?view=all&after=") for link in links(second))


def test_what_people_wrote_is_text_and_never_markup(desk, requester, policies):
    make_work(
        requester, at_berlin("2026-03-02 10:00"), need="<script>alert(1)</script> is my need."
    )
    html = desk.get(f"{QUEUE}?view=all&q=%3Cscript%3E").content.decode()
    assert "<script>alert" not in html
    assert "“&lt;script&gt;”" in html


@pytest.mark.parametrize(
    "query",
    [
        "view=%FF%FE",
        "area=" + "9" * 40,
        "q=" + "x" * 5000,
        "q=%01%1F%E2%80%AE",
        "after=253402300799999999_999999999999999999",
        "before=999999999999999999_1&sort=-framing",
        "analyst[]=1&sort[$ne]=1",
        "view=all&view=late&area=1&area=2",
    ],
)
def test_no_address_breaks_the_page(desk, work, query):
    assert desk.get(f"{QUEUE}?{query}").status_code == 200


def test_nul_in_the_address_is_refused(desk):
    assert desk.get(f"{QUEUE}?q=%00").status_code == 400


def test_script_gets_the_part_and_others_the_page(desk, work):
    part = desk.get(QUEUE, headers={"HX-Request": "true"})
    assert not part.content.strip().startswith(b"<!DOCTYPE")
    assert b"<title>Unclaimed" in part.content
    assert rows(part) == [work.reference]
    assert "HX-Request" in part["Vary"]


# session, person with roles, rows, tags, urgent band, clocks, figures, choices and saved views
QUERIES = 8


@pytest.mark.parametrize("count", [0, 19, 70])
@pytest.mark.parametrize("query", ["view=all", "view=all&sort=-age&q=trucks", "view=late"])
def test_the_page_costs_the_same_whatever_it_shows(
    desk, requester, analyst, silver, policies, count, query, django_assert_num_queries
):
    at = at_berlin("2026-02-20 10:00")
    urgent = make_work(requester, at, urgent=True)
    running = make_work(requester, at)
    bring_to(State.RUNNING, running, analyst=analyst, tier=silver, at=at)
    copies_of(urgent, count)
    search.index_many(WorkRequest.objects.all())
    desk.get(QUEUE)
    with django_assert_num_queries(QUERIES):
        page = desk.get(f"{QUEUE}?{query}")
    assert len(rows(page)) in (min(count + 1, 50), min(count + 2, 50))


def test_the_addresses_have_names():
    assert reverse("intake:queue") == QUEUE
    assert reverse("intake:triage_detail", args=["PMO-0001"]) == "/triage/PMO-0001/"
