"""Changing a calendar's hours: rows, holidays, files, saving, and two people at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from accounts.models import User
from audit.models import Entry
from sla.models import BusinessCalendar, Clock, PolicyVersion, SlaTarget
from sla.services import calendars, clocks
from sla.services.corrections import apply_corrections
from tests.factories.sla import make_calendar, make_subject, make_target, working_week
from tests.sla.views.helpers import in_hidden_fields, newest, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_m(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def hours() -> BusinessCalendar:
    return make_calendar(working_week("Europe/Berlin"), name="Berlin hours")


def edit(calendar: BusinessCalendar) -> str:
    return f"/manage/calendars/{calendar.slug}/edit/"


WEEK = working_week("Europe/Berlin")
DAY = {"special__0__date": "2027-01-01", "special__0__name": "a"}
OPEN_HOUSE = {
    "date": "2027-12-25",
    "name": "Open house",
    "source": "manual",
    "windows": [["10:00", "12:00"]],
}
WHY = {"save-kind": "correction", "save-reason": "Fridays end at noon"}


# Rows


def test_hours_are_added_and_taken_away_and_what_was_typed_stays(
    client_m: Client, hours: BusinessCalendar
) -> None:
    fields = typed(WEEK, seen=1, mon__0__end="no time yet")
    html = client_m.post(edit(hours), fields | {"do": "add:fri"}).content.decode()
    assert 'name="fri-1-start"' in html
    assert 'value="no time yet"' in html
    assert "There is a problem" not in html
    html = client_m.post(edit(hours), fields | {"do": "remove:mon:0"}).content.decode()
    assert 'name="mon-0-start"' not in html


def test_special_days_are_added_and_taken_away(client_m: Client, hours: BusinessCalendar) -> None:
    two = working_week(exceptions={"2027-05-01": [], "2027-05-02": []})
    html = client_m.post(edit(hours), typed(two, do="add-day")).content.decode()
    assert 'name="special-2-date"' in html
    html = client_m.post(edit(hours), typed(two, do="remove-day:0")).content.decode()
    assert 'value="2027-05-02"' in html
    assert 'value="2027-05-01"' not in html


@pytest.mark.parametrize(
    "do",
    ["add:xyz", "add", "remove:mon:99999999999", "remove:x:y", "remove-day:-1", "take"],
)
def test_forged_buttons_change_nothing(client_m: Client, hours: BusinessCalendar, do: str) -> None:
    answer = client_m.post(edit(hours), typed(WEEK, seen=1, do=do))
    assert answer.status_code in (200, 422)
    assert newest(hours) == WEEK


def test_rows_beyond_what_a_calendar_may_have_are_left_out(
    client_m: Client, hours: BusinessCalendar
) -> None:
    many = {f"mon-{number}-start": "09:00" for number in range(400)}
    html = client_m.post(edit(hours), typed(WEEK, do="back") | many).content.decode()
    assert html.count('-start"') < 60


# What is wrong is said at its place


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mon__0__end": "25:00"}, "Monday: Enter a time such as 09:00"),
        ({"mon__0__end": ""}, "Monday: Enter when these hours end"),
        ({"mon__0__start": ""}, "Monday: Enter when these hours begin"),
        ({"mon__0__end": "09:00"}, "begin and end at the same time"),
        ({"mon__1__start": "16", "mon__1__end": "18"}, "overlap"),
        ({"mon__0__end": "\x00"}, "Take out the character"),
        ({"timezone": "Europe/Atlantis"}, "Choose a time zone from the list"),
        ({"timezone": "../../etc/passwd"}, "Choose a time zone from the list"),
        ({"special__0__date": "2026-02-30", "special__0__name": "x"}, "Enter a date such as"),
        ({"special__0__date": "9999-12-31", "special__0__name": "x"}, "between 1990 and 2100"),
        ({"special__0__date": "2027-01-01"}, "Enter a name for this special day"),
        ({"special__0__date": "2027-01-01", "special__0__name": "x" * 81}, "at most 80 characters"),
        ({**DAY, "special__0__hours": "noon"}, "Enter hours such as"),
        ({**DAY, "special__0__hours": "9-12, 11-13"}, "overlap"),
        (
            {**DAY, "special__1__date": "2027-01-01", "special__1__name": "b"},
            "listed twice",
        ),
    ],
)  # fmt: skip
def test_wrong_hours_come_back_with_words(
    client_m: Client, hours: BusinessCalendar, change: dict[str, str], words: str
) -> None:
    for do in ("check", "save"):
        answer = client_m.post(edit(hours), typed(WEEK, seen=1, do=do, **change) | WHY)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert newest(hours) == WEEK


def test_nothing_changed_is_said(client_m: Client, hours: BusinessCalendar) -> None:
    answer = client_m.post(edit(hours), typed(WEEK, seen=1, do="check"))
    assert answer.status_code == 422
    assert "These are the hours as they stand" in answer.content.decode()


def test_times_are_read_as_people_write_them(client_m: Client, hours: BusinessCalendar) -> None:
    change = {
        "mon__0__start": "8", "mon__0__end": "12.30",
        "mon__1__start": "13:00", "mon__1__end": "24:00",
        "special__0__date": "2027-12-24", "special__0__name": "Eve",
        "special__0__hours": "9-12:30, 13:30–16",
    }  # fmt: skip
    client_m.post(edit(hours), typed(WEEK, seen=1, do="save", **change) | WHY)
    saved = newest(hours)
    assert saved["weekly"]["mon"] == [["08:00", "12:30"], ["13:00", "24:00"]]
    assert saved["exceptions"] == [
        {"date": "2027-12-24", "name": "Eve", "source": "manual",
         "windows": [["09:00", "12:30"], ["13:30", "16:00"]]},
    ]  # fmt: skip


# A new calendar


def test_a_new_calendar_is_made_with_name_zone_and_hours(client_m: Client) -> None:
    shown = client_m.get("/manage/calendars/new/").content.decode()
    assert 'value="17:00"' in shown
    fields = typed(working_week("Asia/Tokyo"), name="Tokyo hours", do="check")
    answer = client_m.post("/manage/calendars/new/", fields)
    assert answer["Location"] == "/manage/calendars/tokyo-hours/"
    made = BusinessCalendar.objects.get()
    assert (made.name, newest(made)["timezone"]) == ("Tokyo hours", "Asia/Tokyo")


@pytest.mark.parametrize(("name", "words"), [("", "Enter a name"), ("x" * 81, "at most 80")])
def test_a_new_calendar_needs_a_name(client_m: Client, name: str, words: str) -> None:
    answer = client_m.post("/manage/calendars/new/", typed(WEEK, name=name, do="check"))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not BusinessCalendar.objects.exists()


# Holidays: shown, confirmed, copied


def fill(**changes: str) -> dict[str, str]:
    return {"fill-country": "DE", "fill-first": "2027", "fill-last": "2027", "do": "fill"} | {
        f"fill-{name}": value for name, value in changes.items()
    }


def test_holidays_are_shown_with_what_they_replace_before_they_are_taken(
    client_m: Client, hours: BusinessCalendar
) -> None:
    mine = [
        {
            "date": "2027-12-25",
            "name": "Open house",
            "source": "manual",
            "windows": [["10:00", "12:00"]],
        },
        {"date": "2027-01-01", "name": "Old name", "source": "holidays-DE", "windows": []},
        {"date": "2027-05-01", "name": "Labor Day", "source": "holidays-DE", "windows": []},
    ]
    fields = typed(WEEK | {"exceptions": mine}, seen=1)
    html = client_m.post(edit(hours), fields | fill()).content.decode()
    assert "Your own day stays: Open house (10:00–12:00)" in html
    assert "Replaces: Old name (closed)" in html
    assert "Already there: Labor Day (closed)" in html
    assert 'value="2027-12-25|' not in html
    assert newest(hours) == WEEK


def test_confirmed_holidays_stand_in_the_form_and_a_day_of_ones_own_wins(
    client_m: Client, hours: BusinessCalendar
) -> None:
    mine = [
        {"date": "2027-12-25", "name": "Open", "source": "manual", "windows": [["10:00", "12:00"]]}
    ]
    fields = typed(WEEK | {"exceptions": mine}, seen=1)
    taken = ["2027-01-01|holidays-DE|New Year", "2027-12-25|holidays-DE|Christmas"]
    html = client_m.post(edit(hours), fields | {"do": "take", "take": taken}).content.decode()
    assert "1 day is filled in" in html
    assert 'value="New Year"' in html
    assert 'value="Christmas"' not in html


def test_a_region_has_holidays_of_its_own(client_m: Client, hours: BusinessCalendar) -> None:
    fields = typed(WEEK, seen=1)
    assert "Epiphany" not in client_m.post(edit(hours), fields | fill()).content.decode()
    assert "Epiphany" in client_m.post(edit(hours), fields | fill(region="BY")).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"country": ""}, "Choose a country"),
        ({"country": "XX"}, "Choose a country from the list"),
        ({"region": "Atlantis"}, "Choose a region from the list"),
        ({"first": "abc"}, "Enter a year between"),
        ({"first": "1"}, "Enter a year between"),
        ({"last": "99999999999999999999"}, "Enter a year between"),
        ({"last": "2026"}, "not before the first"),
        ({"last": "2040"}, "at most 6 years"),
    ],
)
def test_holidays_that_can_not_be_shown_say_why(
    client_m: Client, hours: BusinessCalendar, change: dict[str, str], words: str
) -> None:
    answer = client_m.post(edit(hours), typed(WEEK, seen=1) | fill(**change))
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    "value",
    ["", "|", "x|y|z", "2027-13-01|manual|x", "2027-01-01|<b>|<script>", "\x00|\x00|\x00"],
)
def test_forged_proposals_never_break_the_form(
    client_m: Client, hours: BusinessCalendar, value: str
) -> None:
    html = client_m.post(edit(hours), typed(WEEK, seen=1, do="take", take=[value])).content.decode()
    assert "<script>" not in html.split("<main")[1].split("</main>")[0]


# Calendar files


def ics(*events: str) -> SimpleUploadedFile:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{inside}END:VCALENDAR\r\n"
    return SimpleUploadedFile("days.ics", text.encode())


def upload(client: Client, calendar: BusinessCalendar, file: SimpleUploadedFile) -> str:
    fields = typed(WEEK, seen=1, do="upload")
    answer = client.post(edit(calendar), fields | {"ics-file": file})
    assert answer.status_code in (200, 422)
    return answer.content.decode()


def test_whole_days_of_a_file_are_shown_and_others_counted(
    client_m: Client, hours: BusinessCalendar
) -> None:
    html = upload(
        client_m,
        hours,
        ics(
            "DTSTART;VALUE=DATE:20971224\r\nDTEND;VALUE=DATE:20971227\r\nSUMMARY:Winter break",
            "DTSTART:20970501T100000Z\r\nSUMMARY:A meeting",
            "DTSTART;VALUE=DATE:20970101\r\nRRULE:FREQ=MONTHLY\r\nSUMMARY:Often",
            "SUMMARY:No date",
        ),
    )
    # Too far ahead to be a plan of these years.
    assert "No whole days" in html
    assert "1 entry has hours and is left out" in html
    assert "1 entry repeats in a way" in html
    assert "1 entry has no date" in html


def test_days_of_several_dates_and_of_every_year_are_written_out(
    client_m: Client, hours: BusinessCalendar
) -> None:
    year = datetime.now(UTC).year
    html = upload(
        client_m,
        hours,
        ics(
            f"DTSTART;VALUE=DATE:{year}1224\r\nDTEND;VALUE=DATE:{year}1227\r\nSUMMARY:Break",
            "DTSTART;VALUE=DATE:20010606\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Founding day",
        ),
    )
    assert html.count("|file|Break") == 3
    assert html.count("|file|Founding day") == 3
    assert f'value="{year}-12-26|file|Break"' in html


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty"),
        (b"hello", "read this as a calendar file"),
        (b"\x00\xff\xfe" * 50, "read this as a calendar file"),
        (b"PK\x03\x04" + bytes(range(256)), "read this as a calendar file"),
        (b"END:VCALENDAR", "read this as a calendar file"),
        (b"BEGIN:VCALENDAR\r\n" * 5000, "no entries"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "no entries"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * 600_000, "larger than 512 kB"),
    ],
)
def test_a_file_that_is_no_calendar_gets_a_sentence(
    client_m: Client, hours: BusinessCalendar, content: bytes, words: str
) -> None:
    assert words in upload(client_m, hours, SimpleUploadedFile("x.ics", content))


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;VALUE=DATE:2026",
        "DTSTART;VALUE=DATE:99991231\r\nDTEND;VALUE=DATE:99991231\r\nRRULE:FREQ=YEARLY",
        "DTSTART;VALUE=DATE:00010101\r\nRRULE:FREQ=YEARLY",
        "DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Leap day",
        "DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:99990101",
        "DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SECONDLY;COUNT=999999999",
        "DTSTART;VALUE=DATE:20260101\r\nRRULE:rubbish",
        "DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY\r\nRRULE:FREQ=DAILY",
        "DTSTART;VALUE=DATE:20260101\r\nDTSTART;VALUE=DATE:20260102",
        "DTSTART;TZID=Nowhere/None:20260101T000000",
        "DTSTART;VALUE=DATE:20270101\r\nSUMMARY:" + "x" * 5000,
        "DTSTART;VALUE=DATE:20270101\r\nSUMMARY:<script>alert(1)</script>|evil\\n\u202etxt",
        "DTSTART;VALUE=DATE:20270101\r\nSUMMARY:a\r\nSUMMARY:b",
    ],
)
def test_hostile_entries_never_break_the_page(
    client_m: Client, hours: BusinessCalendar, event: str
) -> None:
    html = upload(client_m, hours, ics(event))
    assert "Days to fill in" in html
    assert "<script>alert" not in html
    assert "\u202e" not in html


def test_a_file_of_thousands_is_cut(client_m: Client, hours: BusinessCalendar) -> None:
    year = datetime.now(UTC).year
    first = datetime(year, 1, 1, tzinfo=UTC)
    days = (first + timedelta(days=number) for number in range(1500))
    html = upload(client_m, hours, ics(*(f"DTSTART;VALUE=DATE:{day:%Y%m%d}" for day in days)))
    assert html.count('name="take"') == 200
    assert "more than 200 days" in html


def test_no_file_chosen_is_said(client_m: Client, hours: BusinessCalendar) -> None:
    answer = client_m.post(edit(hours), typed(WEEK, seen=1, do="upload"))
    assert answer.status_code == 422
    assert "Choose a calendar file" in answer.content.decode()


# Saving


def noon(seen: int | str = 1, **more: str) -> dict[str, str]:
    return typed(WEEK, seen=seen, fri__0__end="12:00", **more)


def running(calendar: BusinessCalendar, at: datetime, *, hours: float = 32) -> Clock:
    target = make_target(calendar, hours=hours)
    with transaction.atomic():
        return clocks.start(make_subject(), "proposal", target=target, at=at)


def test_before_a_correction_the_page_says_what_it_moves(
    client_m: Client, hours: BusinessCalendar
) -> None:
    now = datetime.now(UTC)
    running(hours, now - timedelta(days=30), hours=1)
    running(hours, now, hours=200)
    html = client_m.post(edit(hours), noon(do="check")).content.decode()
    assert "Friday: 09:00–12:00 instead of 09:00–17:00" in html
    assert "<dt>open clocks in this calendar</dt><dd>2</dd>" in html
    assert "<dt>get another due date</dt><dd>1</dd>" in html
    assert newest(hours) == WEEK


def test_a_correction_makes_a_version_and_open_clocks_follow(
    client_m: Client, hours: BusinessCalendar, administrator: User
) -> None:
    clock = running(hours, datetime.now(UTC), hours=200)
    answer = client_m.post(edit(hours), noon(do="save") | WHY)
    assert answer["Location"] == f"/manage/calendars/{hours.slug}/"
    assert newest(hours)["weekly"]["fri"] == [["09:00", "12:00"]]
    version = hours.versions.get(number=2)
    assert (version.reason, version.saved_by) == ("Fridays end at noon", administrator)
    entry = Entry.objects.get(action="sla.calendar_corrected")
    assert (entry.actor, entry.reason) == (administrator, "Fridays end at noon")
    apply_corrections(now=datetime.now(UTC))
    due = clock.due_at
    clock.refresh_from_db()
    assert due
    assert clock.due_at
    assert clock.due_at > due


def test_a_new_calendar_leaves_running_clocks_and_moves_policies(
    client_m: Client, hours: BusinessCalendar
) -> None:
    clock = running(hours, datetime.now(UTC), hours=200)
    policy = clock.target.version.policy
    answer = client_m.post(edit(hours), noon(do="save") | WHY | {"save-kind": "new"})
    fresh = BusinessCalendar.objects.exclude(pk=hours.pk).get()
    assert answer["Location"] == f"/manage/calendars/{fresh.slug}/"
    apply_corrections(now=datetime.now(UTC))
    was = clock.due_at
    clock.refresh_from_db()
    assert clock.due_at == was
    assert clock.calendar_id == hours.pk
    assert SlaTarget.objects.newest().get(version__policy=policy).calendar == fresh
    assert PolicyVersion.objects.filter(policy=policy).count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"save-kind": ""}, "Choose what kind of change it is"),
        ({"save-kind": "forged"}, "Choose what kind of change it is"),
        ({"save-reason": " "}, "Enter why the hours change"),
        ({"save-reason": "x" * 201}, "at most 200 characters"),
        ({"save-reason": "a\x00b"}, "Take out the character"),
    ],
)
def test_kind_and_reason_are_asked_for_and_nothing_typed_is_lost(
    client_m: Client, hours: BusinessCalendar, change: dict[str, str], words: str
) -> None:
    answer = client_m.post(edit(hours), noon(do="save") | WHY | change)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert in_hidden_fields(html)["fri-0-end"] == "12:00"
    assert newest(hours) == WEEK


# Two people


def test_the_second_of_two_is_told_who_did_what_and_keeps_what_was_typed(
    client_m: Client, hours: BusinessCalendar, lead: User
) -> None:
    theirs = working_week("Europe/Berlin", exceptions={"2027-05-03": []})
    at = datetime.now(UTC)
    calendars.save_version(hours, theirs, actor=lead, at=at, reason="Company day")
    for do in ("check", "save"):
        answer = client_m.post(edit(hours), noon(do=do) | WHY)
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "Lena Fox" in html
        assert "Company day" in html
        assert "Added: Mon 3 May 2027" in html
        assert "Taken away: Mon 3 May 2027" in html
    carried = in_hidden_fields(html)
    assert (carried["fri-0-end"], carried["seen"]) == ("12:00", "2")
    assert newest(hours) == theirs


@pytest.mark.parametrize("seen", ["", "99", "x", "²", "-1", "9" * 50])
def test_a_forged_version_is_a_conflict(
    client_m: Client, hours: BusinessCalendar, seen: str
) -> None:
    assert client_m.post(edit(hours), noon(seen, do="save") | WHY).status_code == 409
    assert newest(hours) == WEEK


def test_saving_twice_saves_once(client_m: Client, hours: BusinessCalendar) -> None:
    first = client_m.post(edit(hours), noon(do="save") | WHY)
    second = client_m.post(edit(hours), noon(do="save") | WHY)
    assert first["Location"] == second["Location"]
    hours.refresh_from_db()
    assert hours.version == 2


def test_a_calendar_replaced_meanwhile_is_not_changed(
    client_m: Client, hours: BusinessCalendar, lead: User
) -> None:
    at = datetime.now(UTC)
    calendars.save_version(hours, working_week(), actor=lead, at=at, reason="Move", kind="new")
    answer = client_m.post(edit(hours), noon(do="save") | WHY)
    assert answer.status_code == 409
    assert "replaced by a new calendar" in answer.content.decode()


def test_the_service_itself_refuses_a_version_that_was_not_seen(
    hours: BusinessCalendar, lead: User
) -> None:
    with pytest.raises(calendars.CalendarChangedError):
        calendars.save_version(hours, WEEK, actor=lead, at=datetime.now(UTC), reason="Late", seen=0)


def test_the_name_of_a_calendar_replaced_again_and_again_stays_short(lead: User) -> None:
    calendar = make_calendar(WEEK, name="n" * 80)
    for day in (1, 2, 3):
        at = datetime(2026, 6, day, tzinfo=UTC)
        calendar = calendars.save_version(
            calendar, WEEK, actor=lead, at=at, reason="Again", kind="new"
        ).calendar
    assert calendar.name == "n" * 64 + " from 2026-06-03"
