"""The queue as a question: what an address may ask, what views hold, and paging without a gap."""

from functools import partial

import pytest
from django.http import QueryDict

from intake.models import QuestionVersion, WorkRequest
from intake.reading import queue
from intake.reading.queue import PAGE
from intake.reading.queue_asked import VIEWS, Asked, asked_in
from intake.reading.queue_figures import CAP, capped, choices, figures
from intake.services import conversation, triage
from intake.states import State
from tests.factories.accounts import PersonFactory
from tests.factories.intake import bring_to, make_draft, make_work
from tests.intake.copies import copies_of

pytestmark = pytest.mark.django_db


def asked(query="", last=""):
    return asked_in(QueryDict(query), last_view=last)


@pytest.fixture
def now(berlin):
    return berlin("2026-03-02 12:00")


@pytest.fixture
def pks(analyst, now):
    """Ask the queue as an analyst at noon: the ids of the rows, in order."""

    def pks(query=""):
        return [row.pk for row in queue.page(asked(query), analyst, now).rows]

    return pks


@pytest.fixture
def copies(work):
    """Make the request into many: `copies(n)` with the same words, promise and moment."""
    return partial(copies_of, work)


def test_an_address_without_a_view_means_the_one_seen_last():
    assert asked().view == "unclaimed"
    assert asked(last="late").view == "late"
    assert asked("view=mine", last="late").view == "mine"


@pytest.mark.parametrize(
    "query",
    [
        "view=secrets",
        "sort=requester__password",
        "sort=--age",
        "area=1%20OR%201=1",
        "area=" + "9" * 30,
        "area=²",
        "analyst=-1",
        "state=draft",
        "state=done",
        "urgency=very",
        "lane=fast",
        "q=%20%20",
        "after=x",
        "after=1_2_3",
        "after=" + "9" * 30 + "_1",
        "before=-1_1",
        "page=2&offset=1000000",
    ],
)
def test_what_makes_no_sense_is_left_out(query):
    assert asked(query) == Asked()


@pytest.mark.parametrize(
    "query", ["after=999999999999999999_1", "sort=age&before=999999999999999999_1"]
)
def test_a_place_that_no_row_can_have_is_the_beginning(query, work, pks):
    assert pks(f"view=all&{query}") == [work.pk]


def test_an_address_survives_being_read_and_written():
    query = "?view=late&q=a+b&lane=order&sort=-age&after=12_3"
    assert asked(query[1:]).query() == query
    assert asked(query[1:]).query(with_place=False) == "?view=late&q=a+b&lane=order&sort=-age"
    assert asked(query[1:]).without("q") == "?view=late&lane=order&sort=-age"


def test_only_open_requests_stand_in_the_queue(requester, analyst, silver, pks, berlin):
    at = berlin("2026-03-02 10:00")
    make_draft(requester, at)
    done = bring_to(State.DONE, make_work(requester, at), analyst=analyst, tier=silver, at=at)
    new = make_work(requester, at)
    assert pks("view=all") == [new.pk]
    assert done.pk not in pks("view=mine")


@pytest.mark.parametrize("view", VIEWS)
def test_nobody_but_the_pmo_sees_a_row_or_a_count(work, requester, sponsor, now, view):
    for person in (requester, sponsor):
        assert queue.page(Asked(view=view), person, now).rows == []
        assert queue.following(Asked(view=view), work, person, now) is None
        assert set(figures(person, now).views.values()) == {0}
        assert queue.soonest(person) is None


def test_each_view_holds_what_its_name_says(requester, analyst, other_analyst, pks, berlin, silver):
    at = berlin("2026-03-02 09:00")
    late = make_work(requester, berlin("2026-02-20 09:00"))
    new = make_work(requester, berlin("2026-03-02 11:00"))
    today = make_work(requester, berlin("2026-02-27 15:00"))
    urgent = make_work(requester, at, urgent=True)
    mine = triage.claim(make_work(requester, at), actor=analyst, at=at)
    theirs = triage.claim(make_work(requester, at), actor=other_analyst, at=at)
    waiting = make_work(requester, at)
    triage.ask(waiting, questions=["Which?"], blocks=True, actor=other_analyst, at=at)
    answered = make_work(requester, at)
    conversation.write(answered, text="One more thing", actor=requester, at=at)
    back = bring_to(
        State.PARKED, make_work(requester, at), analyst=other_analyst, tier=silver, at=at
    )
    triage.wake(back, actor=other_analyst, at=at)
    held = {view: set(pks(f"view={view}")) for view in VIEWS}
    assert held["unclaimed"] == {late.pk, new.pk, today.pk, urgent.pk, answered.pk}
    assert held["mine"] == {mine.pk}
    assert held["late"] == {late.pk, urgent.pk}
    assert held["today"] == {today.pk, mine.pk, theirs.pk, answered.pk}
    assert held["urgent"] == {urgent.pk}
    assert held["waiting"] == {waiting.pk}
    assert held["answers"] == {answered.pk}
    assert held["returned"] == {back.pk}
    assert len(held["all"]) == 9


def test_the_day_ends_at_midnight_where_the_viewer_is(work, analyst, berlin):
    from django.utils import timezone

    # The first reply is due on Tuesday 10:00 in Berlin: still Monday for nobody but Honolulu.
    now = berlin("2026-03-03 09:00")
    with timezone.override("Pacific/Honolulu"):
        rows = queue.page(Asked(view="today"), analyst, now).rows
    assert [row.pk for row in rows] == [work.pk]
    assert queue.page(Asked(view="today"), analyst, berlin("2026-03-02 23:00")).rows == []


def test_filters_narrow_and_add_up(
    requester, outsider, analyst, operations, sales, pks, berlin, policies
):
    at = berlin("2026-03-02 11:00")
    full = make_work(requester, at, need="The trucks leave half empty every Friday.")
    quick = make_work(outsider, at, quick=True)
    claimed = triage.claim(make_work(outsider, at, urgent=True), actor=analyst, at=at)
    assert set(pks(f"view=all&area={sales.pk}")) == {quick.pk, claimed.pk}
    assert pks(f"view=all&area={sales.pk}&lane=order") == [quick.pk]
    assert pks(f"view=all&area={operations.pk}&lane=order") == []
    assert set(pks("view=all&analyst=none")) == {full.pk, quick.pk}
    assert pks(f"view=all&analyst={analyst.pk}") == [claimed.pk]
    assert pks("view=all&urgency=asked") == [claimed.pk]
    assert pks("view=all&state=claimed") == [claimed.pk]
    assert pks("view=unclaimed&state=claimed") == []
    assert pks("view=all&q=half+truck") == [full.pk]
    assert pks("view=all&q=" + quick.reference.lower()) == [quick.pk]
    assert pks("view=all&q=PMO-9999") == []
    assert pks("view=all&q=%21%22%C2%A7+%26+%7C") == []


@pytest.mark.parametrize("sort", ["", "sort=request", "sort=-age", "sort=-promise", "sort=framing"])
def test_paging_walks_every_row_once_in_order_even_when_all_tie(copies, analyst, now, sort):
    """All but the reference is the same for 130 requests: the id must tell them apart."""
    copies(129)
    everything = [row.pk for row in queue.found(_all_sorted(sort))]
    walked, page = [], queue.page(asked(f"view=all&{sort}"), analyst, now)
    assert page.before == ""
    walked += [row.pk for row in page.rows]
    places = []
    while page.after:
        places.append(page)
        page = queue.page(asked(f"view=all&{sort}&after={page.after}"), analyst, now)
        walked += [row.pk for row in page.rows]
    assert (walked, len(walked)) == (everything, 130)
    for earlier in reversed(places):
        page = queue.page(asked(f"view=all&{sort}&before={page.before}"), analyst, now)
        assert [row.pk for row in page.rows] == [row.pk for row in earlier.rows]
    assert page.before == ""


def _all_sorted(sort):
    works = WorkRequest.objects.open()
    order = {"sort=request": ("number", "id"), "sort=framing": ("framed", "id")}
    # Young first when rising: "-age" begins with the oldest, which was received first.
    order |= {"sort=-age": ("received_at", "id"), "sort=-promise": ("-queue_at", "-id")}
    return works.order_by(*order.get(sort, ("queue_at", "id")))


def test_rows_that_never_come_due_are_paged_like_others(copies, analyst, now):
    from intake.models import NO_PROMISE

    copies(PAGE + 5, queue_at=NO_PROMISE)
    first = queue.page(asked("view=all"), analyst, now)
    second = queue.page(asked(f"view=all&after={first.after}"), analyst, now)
    assert (len(first.rows), len(second.rows), second.after) == (PAGE, 6, "")


def test_what_came_in_before_the_page_is_not_lost_on_the_way_back(copies, analyst, now, berlin):
    copies(PAGE)
    first = queue.page(asked("view=all"), analyst, now)
    second = queue.page(asked(f"view=all&after={first.after}"), analyst, now)
    copied = WorkRequest.objects.filter(pk__in=[row.pk for row in first.rows[:10]])
    copied.update(queue_at=berlin("2026-04-01 10:00"))
    back = queue.page(asked(f"view=all&before={second.before}"), analyst, now)
    # Only 40 rows are left before it, so the list is shown from its start, a full page.
    assert (len(back.rows), back.before) == (PAGE, "")


def test_the_page_of_a_request_begins_with_it(copies, analyst, now):
    last = copies(PAGE + 10)[-1]
    page = queue.page_at(asked("view=all"), last, analyst, now)
    assert [row.pk for row in page.rows] == [last.pk]
    assert queue.page_at(asked("view=mine"), last, analyst, now) is None


def test_what_follows_is_known_without_the_request_in_the_list(copies, work, analyst, now, berlin):
    other = copies(1)[0]
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    assert queue.following(asked("view=unclaimed"), work, analyst, now).pk == other.pk
    assert queue.following(asked("view=unclaimed"), other, analyst, now) is None


def test_counts_stop_at_the_cap(copies, analyst, other_analyst, now):
    copies(CAP + 20)
    counted = figures(analyst, now).views
    assert counted["unclaimed"] == counted["all"] == CAP + 1
    assert (counted["mine"], counted["late"]) == (0, 0)
    assert (capped(CAP + 1), capped(CAP), capped(7)) == ("1,000+", "1,000", "7")


def test_counts_belong_to_who_looks_and_when(work, analyst, other_analyst, now, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    assert figures(analyst, now).views["mine"] == 1
    assert figures(other_analyst, now).views["mine"] == 0
    assert figures(analyst, now).views["late"] == 0
    assert figures(analyst, berlin("2026-03-04 11:00")).views["late"] == 1


def test_questions_are_counted_by_lane(work, analyst, now):
    everybody = QuestionVersion.objects.current().exclude(slug="urgent")
    asked = [question.rules["lanes"] for question in everybody]
    by_lane = {lane: sum(lane in lanes for lanes in asked) for lane in ("order", "consult")}
    assert figures(analyst, now).questions == by_lane
    assert by_lane["consult"] > by_lane["order"] > 0


def test_counting_and_choosing_cost_one_query_each(work, analyst, now, django_assert_num_queries):
    figures(analyst, now)
    with django_assert_num_queries(1):
        figures(analyst, now)
    with django_assert_num_queries(1):
        choices(analyst)


def test_filters_offer_departments_and_the_people_of_the_pmo(analyst, lead, sales, operations):
    PersonFactory(name="Rita Requests")
    assert list(choices(analyst).areas.values()) == ["Operations", "Sales"]
    # A lead is an analyst too, and stands here once.
    assert list(choices(analyst).analysts.values()) == ["Dana Reyes", "Lena Fox"]
