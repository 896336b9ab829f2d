"""Calendars as administrators read them."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from sla.calendar_document import Document
from sla.models import BusinessCalendar
from sla.services import calendars, clocks
from tests.factories.sla import make_calendar, make_subject, make_target, working_week
from tests.pages import page_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def client_m(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def hours() -> BusinessCalendar:
    return make_calendar(working_week("Europe/Berlin"), name="Berlin hours")


def address(calendar: BusinessCalendar, tab: str = "") -> str:
    return f"/manage/calendars/{calendar.slug}/" + (f"{tab}/" if tab else "")


PAGES = ("", "month", "try", "history", "edit")


# Who


@pytest.mark.parametrize("role", ["requester", "analyst", "lead", "sponsor", "outsider"])
def test_others_than_administrators_are_refused(
    client: Client, hours: BusinessCalendar, role: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    for path in (
        "/manage/calendars/",
        "/manage/calendars/new/",
        *(address(hours, p) for p in PAGES),
    ):
        assert client.get(path).status_code == 403, path
    assert client.post(address(hours, "edit"), {"do": "save"}).status_code == 403
    assert client.post("/manage/calendars/new/", {"do": "check"}).status_code == 403
    assert BusinessCalendar.objects.get().version == 1


def test_visitors_are_sent_to_sign_in(client: Client, hours: BusinessCalendar) -> None:
    answer = client.get(address(hours))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("page", PAGES)
def test_an_unknown_calendar_is_not_found(client_m: Client, page: str) -> None:
    path = "/manage/calendars/nowhere/" + (f"{page}/" if page else "")
    assert client_m.get(path).status_code == 404


def test_pages_have_one_heading_unique_titles_and_nothing_inline(
    client_m: Client, hours: BusinessCalendar
) -> None:
    paths = ["/manage/calendars/", "/manage/calendars/new/", *(address(hours, p) for p in PAGES)]
    pages = [page_of(client_m.get(path)) for path in paths]
    assert all(len(page.having("h1")) == 1 and not page.forbidden for page in pages)
    assert len({page.title for page in pages}) == len(pages)
    assert all(len(page.ids) == len(set(page.ids)) for page in pages)


# The list


def test_an_empty_list_says_what_would_fill_it(client_m: Client) -> None:
    assert "No calendar is there yet" in client_m.get("/manage/calendars/").content.decode()


def test_the_list_takes_the_same_queries_for_twenty_calendars(
    client_m: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        make_target()
    # session, person, versions with calendars, policies that use them
    with django_assert_num_queries(4):
        html = client_m.get("/manage/calendars/").content.decode()
    assert html.count('class="title"') == 20
    assert html.count("Mon–Fri 09:00–17:00") == 20


def test_a_replaced_calendar_stands_apart_and_leads_to_the_new_one(
    client_m: Client, hours: BusinessCalendar, administrator: User
) -> None:
    fresh = calendars.save_version(
        hours, working_week("UTC"), actor=administrator, at=NOW, reason="Move", kind="new"
    ).calendar
    listed = client_m.get("/manage/calendars/").content.decode()
    assert (
        listed.index(fresh.name)
        < listed.index("<h2>Replaced</h2>")
        < listed.rindex("Berlin hours<")
    )
    page = client_m.get(address(hours))
    assert f'href="{address(fresh)}"' in page.content.decode()
    assert f'href="{address(hours, "edit")}"' not in page.content.decode()
    assert client_m.get(address(hours, "edit"))["Location"] == address(hours)


# Hours


def test_the_page_shows_lunch_breaks_nights_and_special_days(client_m: Client) -> None:
    document: Document = {
        "timezone": "Europe/Lisbon",
        "weekly": {"mon": [["13:00", "17:00"], ["09:00", "12:00"]], "fri": [["22:00", "06:00"]]},
        "exceptions": [
            {
                "date": "2098-12-24",
                "name": "Eve",
                "source": "manual",
                "windows": [["09:00", "12:30"]],
            },
            {"date": "2098-12-25", "name": "Christmas", "source": "holidays-DE-BY", "windows": []},
            {"date": "2001-01-01", "name": "Long ago", "source": "file", "windows": []},
        ],
    }
    html = client_m.get(address(make_calendar(document))).content.decode()
    assert "09:00–12:00 and 13:00–17:00" in html
    assert "22:00–06:00 the next day" in html
    assert "Wed 24 Dec 2098" in html
    assert "Holidays of Germany, BY" in html
    assert "Special days of earlier years (1)" in html


def test_a_calendar_without_hours_says_what_that_means(client_m: Client) -> None:
    empty = make_calendar({"timezone": "UTC", "weekly": {}, "exceptions": []})
    assert "never due" in client_m.get(address(empty)).content.decode()


def test_a_correction_under_way_says_how_far_it_is(
    client_m: Client, administrator: User, transactional_db: None
) -> None:
    from django.db import transaction

    from sla.services.corrections import apply_corrections

    calendar = make_calendar()
    target = make_target(calendar)
    with transaction.atomic():
        for _ in range(3):
            clocks.start(make_subject(), "proposal", target=target, at=NOW)
    longer = working_week(windows=[["09:00", "18:00"]])
    calendars.save_version(calendar, longer, actor=administrator, at=NOW, reason="Longer")
    assert "3 of 3 open clocks" in client_m.get(address(calendar)).content.decode()
    apply_corrections(now=NOW)
    assert "open clocks still" not in client_m.get(address(calendar)).content.decode()


# A month


def test_the_night_in_march_is_an_hour_short_and_says_so(client_m: Client) -> None:
    round_the_clock = make_calendar(
        working_week("Europe/Berlin", windows=[["00:00", "24:00"]], days=("sat", "sun"))
    )
    html = client_m.get(address(round_the_clock, "month") + "?month=2026-03").content.decode()
    assert "Clocks go forward: a day of 23 h, 23 h of it working time" in html
    autumn = client_m.get(address(round_the_clock, "month") + "?month=2026-10").content.decode()
    assert "Clocks go back: a day of 25 h, 25 h of it working time" in autumn


def test_the_date_that_samoa_left_out_is_shown_as_missing(client_m: Client) -> None:
    apia = make_calendar(working_week("Pacific/Apia"))
    html = client_m.get(address(apia, "month") + "?month=2011-12").content.decode()
    assert "This date does not exist in the time zone" in html


def test_a_month_shows_special_days_in_words(client_m: Client) -> None:
    calendar = make_calendar(
        working_week(exceptions={"2026-12-24": [["09:00", "12:30"]], "2026-12-25": []})
    )
    html = client_m.get(address(calendar, "month") + "?month=2026-12").content.decode()
    assert "Day 2026-12-24" in html
    assert "09:00–12:30" in html
    assert html.count('class="day-special-closed') == 1
    assert "22 days with hours" in html
    assert 'href="?month=2026-11"' in html
    assert 'href="?month=2027-01"' in html


@pytest.mark.parametrize(
    "month", ["", "2026-13", "0000-01", "9999-12", "x" * 5000, "2026-1", "\x01"]
)
def test_a_month_that_is_none_shows_the_present_one(
    client_m: Client, hours: BusinessCalendar, month: str
) -> None:
    assert client_m.get(address(hours, "month"), {"month": month}).status_code == 200


def test_the_first_and_last_month_lead_nowhere_further(
    client_m: Client, hours: BusinessCalendar
) -> None:
    first = client_m.get(address(hours, "month"), {"month": "1990-01"}).content.decode()
    assert "Previous month" not in first
    last = client_m.get(address(hours, "month"), {"month": "2100-12"}).content.decode()
    assert "Next month" not in last


# The test box


def asked(
    amount: str = "2", unit: str = "days", day: str = "2026-03-06", time: str = "16:00"
) -> dict[str, str]:
    return {"amount": amount, "unit": unit, "day": day, "time": time}


def test_two_working_days_from_friday_afternoon_end_on_tuesday(
    client_m: Client, hours: BusinessCalendar
) -> None:
    html = client_m.get(address(hours, "try"), asked()).content.decode()
    assert "2 working days from Fri 6 Mar 2026, 16:00 → <strong>Tue 10 Mar 2026, 16:00" in html
    assert "16:00–17:00" in html
    assert "09:00–16:00" in html


def test_hours_may_be_parts(client_m: Client, hours: BusinessCalendar) -> None:
    html = client_m.get(address(hours, "try"), asked("1.5", "hours")).content.decode()
    assert "<strong>Mon 9 Mar 2026, 09:30" in html


def test_the_test_box_starts_with_an_example(client_m: Client, hours: BusinessCalendar) -> None:
    html = client_m.get(address(hours, "try")).content.decode()
    assert "2 working days from Fri" in html


def test_days_of_different_length_have_to_be_asked_in_hours(client_m: Client) -> None:
    uneven = make_calendar(
        {"timezone": "UTC", "weekly": {"mon": [["09:00", "17:00"]], "tue": [["09:00", "12:00"]]}}
    )
    answer = client_m.get(address(uneven, "try"), asked())
    assert answer.status_code == 422
    assert "differ in length" in answer.content.decode()
    assert client_m.get(address(uneven, "try")).status_code == 200


def test_without_hours_the_answer_is_never(client_m: Client) -> None:
    empty = make_calendar({"timezone": "UTC", "weekly": {}, "exceptions": []})
    html = client_m.get(address(empty, "try"), asked(unit="hours")).content.decode()
    assert "<strong>never</strong>" in html


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "-1"}, {"amount": "NaN"}, {"amount": "Infinity"}, {"amount": "1e9"},
        {"amount": ""}, {"amount": "9" * 400}, {"unit": "weeks"}, {"day": "9999-12-31"},
        {"day": "0001-01-01"},
        {"day": "2026-02-30"}, {"time": "24:01"}, {"time": "\x01"}, {"time": "²:00"}, {"time": ""},
    ],
)  # fmt: skip
def test_what_is_no_amount_or_moment_is_said_beside_the_field(
    client_m: Client, hours: BusinessCalendar, wrong: dict[str, str]
) -> None:
    answer = client_m.get(address(hours, "try"), asked() | wrong)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_ten_years_of_working_time_are_counted_and_folded(
    client_m: Client, hours: BusinessCalendar
) -> None:
    html = client_m.get(address(hours, "try"), asked("2600")).content.decode()
    assert "more</td>" in html


# History


def test_the_history_says_who_when_why_and_what(
    client_m: Client, hours: BusinessCalendar, administrator: User
) -> None:
    document = working_week("Europe/Lisbon", exceptions={"2026-12-24": []})
    document["weekly"]["fri"] = [["09:00", "12:00"]]
    calendars.save_version(hours, document, actor=administrator, at=NOW, reason="Short Fridays")
    html = client_m.get(address(hours, "history")).content.decode()
    for words in (
        "Version 2",
        "Short Fridays",
        "Mo Adler",
        "Time zone: Europe/Lisbon instead of Europe/Berlin",
        "Friday: 09:00–12:00 instead of 09:00–17:00",
        "Added: Thu 24 Dec 2026, Day 2026-12-24 (Closed)",
    ):
        assert words in html


def test_twenty_versions_take_the_same_queries(
    client_m: Client,
    hours: BusinessCalendar,
    administrator: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(20):
        day = f"2026-06-{number + 1:02}"
        document = working_week("Europe/Berlin", exceptions={day: []})
        calendars.save_version(hours, document, actor=administrator, at=NOW, reason=f"Day {day}")
    # session, person, newest version, clocks behind, versions
    with django_assert_num_queries(5):
        html = client_m.get(address(hours, "history")).content.decode()
    assert html.count("<strong>Version") == 21
