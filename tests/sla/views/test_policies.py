"""Policies as administrators read, try and change them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from audit.models import Entry
from sla.metrics import METRICS
from sla.models import BusinessCalendar, Clock, SlaPolicy, SlaTarget
from sla.policy_words import ladder_words, read_ladder
from sla.services import clocks, policies, simulation
from sla.services.policies import Promise
from sla.terms import Kind
from sla.thresholds import defaults, row
from tests.factories.sla import LONG_AGO, make_calendar, make_subject, make_target, working_week
from tests.pages import page_of
from tests.sla.views.helpers import in_hidden_fields

pytestmark = pytest.mark.django_db
NEW = "/manage/policies/new/"


@pytest.fixture
def client_m(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def hours() -> BusinessCalendar:
    return make_calendar(working_week("UTC"), name="Plain hours")


@pytest.fixture
def policy(hours: BusinessCalendar) -> SlaPolicy:
    promises = [Promise("first_reply", 28_800, hours), Promise("proposal", 144_000, hours)]
    return policies.new_policy("full", "Full lane", promises, at=LONG_AGO, note="Start")


def change(policy: SlaPolicy) -> str:
    return f"/manage/policies/{policy.slug}/change/"


def typed(hours: BusinessCalendar, **changes: str) -> dict[str, str]:
    """The form as it comes with the policy, with changes by name."""
    fields = {"seen": "1", "note": "Faster", "starts_on": "", "name": "", "do": "save"}
    for metric in METRICS:
        fields |= {
            f"{metric}-amount": "",
            f"{metric}-unit": "days",
            f"{metric}-calendar": str(hours.pk),
            f"{metric}-warn": "50 %, 75 %, 90 %",
            f"{metric}-escalate": "150 %",
        }
    fields |= {"first_reply-amount": "1", "proposal-amount": "5"}
    return fields | {key.replace("__", "-"): value for key, value in changes.items()}


def promised(policy: SlaPolicy) -> dict[str, int]:
    targets = SlaTarget.objects.newest().filter(version__policy=policy)
    return dict(targets.values_list("metric", "target_seconds"))


# Who


@pytest.mark.parametrize("role", ["requester", "analyst", "lead", "sponsor", "outsider"])
def test_others_than_administrators_are_refused(
    client: Client, policy: SlaPolicy, role: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    for path in ("/manage/policies/", NEW, "/manage/policies/full/", change(policy)):
        assert client.get(path).status_code == 403
    assert client.post(change(policy), {"do": "save"}).status_code == 403
    assert client.post(change(policy), {"do": "simulate"}).status_code == 403


def test_an_unknown_policy_is_not_found(client_m: Client) -> None:
    assert client_m.get("/manage/policies/nothing/").status_code == 404
    assert client_m.get("/manage/policies/nothing/change/").status_code == 404


def test_pages_have_one_heading_unique_titles_and_nothing_inline(
    client_m: Client, policy: SlaPolicy
) -> None:
    paths = ("/manage/policies/", NEW, "/manage/policies/full/", change(policy))
    pages = [page_of(client_m.get(path)) for path in paths]
    assert all(len(page.having("h1")) == 1 and not page.forbidden for page in pages)
    assert len({page.title for page in pages}) == len(pages)
    assert all(len(page.ids) == len(set(page.ids)) for page in pages)


def test_the_landing_leads_to_calendars_and_policies(client_m: Client) -> None:
    html = client_m.get("/manage/").content.decode()
    assert 'href="/manage/calendars/"' in html
    assert 'href="/manage/policies/"' in html


# Reading


def test_an_empty_list_says_what_that_means(client_m: Client) -> None:
    assert "No policy is there yet" in client_m.get("/manage/policies/").content.decode()


def test_the_list_takes_the_same_queries_for_twenty_policies(
    client_m: Client, hours: BusinessCalendar, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        make_target(hours)
    # session, person, targets in force with version and calendar, policies
    with django_assert_num_queries(4):
        html = client_m.get("/manage/policies/").content.decode()
    assert html.count("Proposal within 1 working day (8 h)") == 20


def test_a_policy_shows_its_promises_and_its_history_in_words(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar, administrator: User
) -> None:
    ladder = [
        row(Kind.WARN, offset_seconds=-7200),
        row(Kind.BREACH, percent=100),
        row(Kind.ESCALATE, offset_seconds=1800),
    ]
    policies.new_version(
        policy,
        [Promise("proposal", 28_800 * 3, hours, ladder)],
        at=LONG_AGO + timedelta(days=1),
        actor=administrator,
        note="Three days are enough",
    )
    html = client_m.get("/manage/policies/full/").content.decode()
    for words in (
        "3 working days (24 h)",
        "2 h before due",
        "30 min after due",
        "Three days are enough",
        "Mo Adler",
        "First reply: no longer promised",
        "Proposal: within 3 working days (24 h) instead of 5 working days (40 h)",
        "Proposal: warns at 2 h before due instead of 50 %, 75 %, 90 %",
        f'href="/manage/calendars/{hours.slug}/"',
    ):
        assert words in html


def test_a_version_to_come_is_announced_and_not_yet_in_force(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    now = timezone.now()
    soon = now + timedelta(days=3)
    policies.new_version(
        policy, [Promise("proposal", 3600, hours)], at=now, valid_from=soon, note="Later"
    )
    html = client_m.get("/manage/policies/full/").content.decode()
    assert "Version 2 takes over on" in html
    assert "Version 1, in force" in html
    assert "5 working days (40 h)" in client_m.get("/manage/policies/").content.decode()


def test_a_policy_that_only_begins_later_says_so(client_m: Client, hours: BusinessCalendar) -> None:
    later = timezone.now() + timedelta(days=9)
    policies.new_policy("later", "Later", [Promise("proposal", 3600, hours)], at=later)
    assert "promises nothing" in client_m.get("/manage/policies/later/").content.decode()
    assert "Not yet" in client_m.get("/manage/policies/").content.decode()


# Changing


def test_a_change_is_a_new_version_and_running_clocks_keep_theirs(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar, administrator: User
) -> None:
    held = clocks.policy_targets("full", at=timezone.now())["proposal"]
    with transaction.atomic():
        clock = clocks.start(make_subject(), "proposal", target=held, at=timezone.now())
    due = clock.due_at
    answer = client_m.post(change(policy), typed(hours, proposal__amount="2"))
    assert answer["Location"] == "/manage/policies/full/"
    assert promised(policy) == {"first_reply": 28_800, "proposal": 57_600}
    version = policy.versions.get(number=2)
    assert (version.note, version.saved_by) == ("Faster", administrator)
    assert Entry.objects.filter(action="sla.policy_saved", actor=administrator).count() == 1
    clock.refresh_from_db()
    assert (clock.due_at, clock.target_id) == (due, held.pk)


def test_amounts_units_and_thresholds_are_kept_exactly(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    changes = typed(
        hours,
        first_reply__amount="1.5", first_reply__unit="hours",
        proposal__amount="90", proposal__unit="seconds",
        handoff__amount="45", handoff__unit="minutes",
        proposal__warn="80, 30 min before", proposal__escalate="2 h after due; 300%",
    )  # fmt: skip
    assert client_m.post(change(policy), changes).status_code == 302
    assert promised(policy) == {"first_reply": 5400, "proposal": 90, "handoff": 2700}
    target = SlaTarget.objects.newest().get(version__policy=policy, metric="proposal")
    assert [stored["key"] for stored in target.thresholds] == [
        "warn-80", "warn--1800s", "breach-100", "escalate-+7200s", "escalate-300",
    ]  # fmt: skip
    shown = client_m.get(change(policy)).content.decode()
    assert 'value="80 %, 30 min before due"' in shown
    assert 'value="2 h after due, 300 %"' in shown


def test_a_threshold_that_stays_keeps_whom_it_tells(
    client_m: Client, hours: BusinessCalendar
) -> None:
    ladder = [*defaults(), row(Kind.ESCALATE, percent=200, recipients=["sponsor"], severity=5)]
    policy = policies.new_policy("x", "X", [Promise("proposal", 3600, hours, ladder)], at=LONG_AGO)
    fields = typed(hours, first_reply__amount="", proposal__escalate="150 %, 200 %")
    assert client_m.post(change(policy), fields).status_code == 302
    stored = SlaTarget.objects.newest().get(version__policy=policy).thresholds
    assert stored[-1] == ladder[-1]


def test_a_promise_without_an_amount_is_no_longer_made(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    client_m.post(change(policy), typed(hours, first_reply__amount=" "))
    assert promised(policy) == {"proposal": 144_000}


def test_a_version_can_begin_on_a_later_day(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    day = timezone.localdate() + timedelta(days=10)
    fields = typed(hours, proposal__amount="2", starts_on=day.isoformat())
    client_m.post(change(policy), fields)
    version = policy.versions.get(number=2)
    assert timezone.localtime(version.valid_from).date() == day
    now_held = clocks.policy_targets("full", at=timezone.now())
    assert now_held["proposal"].target_seconds == 144_000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"proposal__amount": "x"}, "Proposal: Enter a number such as"),
        ({"proposal__amount": "0"}, "between 1 second and 10 years"),
        ({"proposal__amount": "-5"}, "between 1 second and 10 years"),
        ({"proposal__amount": "99999999"}, "between 1 second and 10 years"),
        ({"proposal__amount": "1e400"}, "Enter a number such as"),
        ({"proposal__amount": "NaN"}, "Enter a number such as"),
        ({"proposal__amount": "9" * 300}, "Enter a number such as"),
        ({"proposal__amount": "0.0001"}, "Enter a number such as"),
        ({"proposal__unit": "fortnights"}, "Choose a unit"),
        ({"proposal__calendar": "0"}, "Choose a calendar"),
        ({"proposal__calendar": "x" * 999}, "Choose a calendar"),
        ({"proposal__warn": "often"}, "Enter percentages such as"),
        ({"proposal__warn": "0 %"}, "between 1 and 1000"),
        ({"proposal__warn": "1001"}, "between 1 and 1000"),
        ({"proposal__warn": "50, 50%"}, "50 % is listed twice"),
        ({"proposal__warn": ",".join(str(n) for n in range(1, 13))}, "at most 10"),
        ({"proposal__escalate": "²"}, "Enter percentages such as"),
        ({"proposal__escalate": "1\x002"}, "Take out the character"),
        ({"note": ""}, "Enter why the promises change"),
        ({"note": "x" * 201}, "at most 200 characters"),
        ({"starts_on": "yesterday"}, "Enter a date such as"),
        ({"starts_on": "2001-01-01"}, "Enter today, or a day"),
        ({"starts_on": "9999-12-31"}, "Enter today, or a day"),
        ({"proposal__amount": "", "first_reply__amount": ""}, "Enter at least one promise"),
        ({}, "These are the promises as they stand"),
    ],
)
def test_what_can_not_be_promised_is_said_beside_the_field(
    client_m: Client,
    policy: SlaPolicy,
    hours: BusinessCalendar,
    changes: dict[str, str],
    words: str,
) -> None:
    answer = client_m.post(change(policy), typed(hours, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert policy.versions.count() == 1


def test_a_calendar_without_hours_can_not_be_chosen(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    empty = make_calendar({"timezone": "UTC", "weekly": {}, "exceptions": []}, name="Empty")
    answer = client_m.post(change(policy), typed(hours, proposal__calendar=str(empty.pk)))
    assert answer.status_code == 422
    assert "Empty has no working hours" in answer.content.decode()


def test_days_of_different_length_can_not_be_the_unit(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    weekly = {"mon": [["09:00", "17:00"]], "tue": [["09:00", "12:00"]]}
    uneven = make_calendar({"timezone": "UTC", "weekly": weekly})
    answer = client_m.post(change(policy), typed(hours, proposal__calendar=str(uneven.pk)))
    assert "differ in length. Use working hours" in answer.content.decode()


def test_a_form_without_any_field_is_answered(client_m: Client, policy: SlaPolicy) -> None:
    for path in (change(policy), NEW):
        for do in ("save", "simulate", "back", "forged", ""):
            assert client_m.post(path, {"do": do}).status_code in (200, 409, 422)
    assert policy.versions.count() == 1


# Two people


def test_the_second_of_two_is_told_who_did_what_and_keeps_what_was_typed(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar, lead: User
) -> None:
    theirs = [Promise("proposal", 28_800 * 4, hours)]
    policies.new_version(policy, theirs, at=timezone.now(), actor=lead, note="Four days")
    answer = client_m.post(change(policy), typed(hours, proposal__amount="2"))
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Lena Fox" in html
    assert "Four days" in html
    assert "Proposal: within 2 working days (16 h) instead of 4 working days (32 h)" in html
    carried = in_hidden_fields(html)
    assert (carried["proposal-amount"], carried["seen"]) == ("2", "2")
    again = client_m.post(change(policy), carried | {"do": "back"})
    assert again.status_code == 200
    assert in_hidden_fields(again.content.decode())["seen"] == "2"
    assert client_m.post(change(policy), carried | {"do": "save"}).status_code == 302
    assert policy.versions.count() == 3


def test_saving_twice_saves_once(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    for _ in range(2):
        answer = client_m.post(change(policy), typed(hours, proposal__amount="2"))
        assert answer["Location"] == "/manage/policies/full/"
    assert policy.versions.count() == 2


def test_the_service_itself_refuses_a_version_that_was_not_seen(
    policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    with pytest.raises(policies.PolicyChangedError):
        policies.new_version(policy, [Promise("proposal", 60, hours)], at=timezone.now(), seen=0)


# A new policy


def test_a_new_policy_is_made_with_its_first_version(
    client_m: Client, hours: BusinessCalendar
) -> None:
    fields = typed(hours, name="Deliver in 4 days", seen="", delivery__amount="4")
    answer = client_m.post(NEW, fields)
    assert answer["Location"] == "/manage/policies/deliver-in-4-days/"
    assert promised(SlaPolicy.objects.get())["delivery"] == 4 * 28_800


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Enter a name for the policy"),
        ("x" * 81, "at most 80 characters"),
        ("Full", "Another policy has this name"),
        ("!!!", "Enter a name with letters or digits"),
    ],
)
def test_a_new_policy_needs_a_name_of_its_own(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar, name: str, words: str
) -> None:
    answer = client_m.post(NEW, typed(hours, name=name, seen=""))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert SlaPolicy.objects.count() == 1


# Trying it out


MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


def ended(target: SlaTarget, working_hours: int, *, paused: bool = False) -> Clock:
    """A clock that began on a Monday at nine and took so many hours of that day."""
    subject, end = make_subject(), MONDAY + timedelta(hours=working_hours)
    with transaction.atomic():
        clocks.start(subject, "proposal", target=target, at=MONDAY)
        if paused:
            clocks.pause(subject, reason="waiting", at=MONDAY + timedelta(hours=1))
            clocks.resume(subject, reason="waiting", at=end)
        [clock] = clocks.stop(subject, metrics=["proposal"], at=end)
    return clock


def target_of(policy: SlaPolicy) -> SlaTarget:
    return clocks.policy_targets(policy.slug, at=timezone.now())["proposal"]


def test_a_simulation_counts_what_would_have_been_late_and_writes_nothing(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    target = target_of(policy)
    late = [ended(target, took) for took in (5, 6, 7)]
    in_time = [ended(target, 4), ended(target, 1), ended(target, 7, paused=True)]
    fields = typed(hours, proposal__amount="4", proposal__unit="hours", do="simulate", note="")
    answer = client_m.post(change(policy), fields)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "3 of 6 would have been late." in html
    assert all(str(clock.subject) in html for clock in late)
    assert not any(str(clock.subject) in html for clock in in_time)
    assert "took 7 h" in html
    assert 'value="4"' in html
    assert "There is a problem" not in html
    assert policy.versions.count() == 1


def test_a_simulation_takes_the_last_fifty_of_the_policy(
    policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    target, other = target_of(policy), make_target(hours)
    for _ in range(52):
        ended(target, 2)
    ended(other, 2)
    promise = Promise("proposal", 3600, hours)
    tried = simulation.simulate(promise, policy=policy)
    assert len(tried) == simulation.LAST
    assert all(clock.is_late and not clock.was_late for clock in tried)


def test_a_new_policy_is_tried_on_everybodys_clocks(
    hours: BusinessCalendar, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        ended(make_target(hours), 2)
    # clocks with their subjects, their commands
    with django_assert_num_queries(2):
        tried = simulation.simulate(Promise("proposal", 3600, hours), policy=None)
    assert len(tried) == 20


def test_a_retarget_of_before_is_no_part_of_a_simulation(hours: BusinessCalendar) -> None:
    subject, first, second = make_subject(), make_target(hours), make_target(hours, hours=1)
    with transaction.atomic():
        clocks.start(subject, "proposal", target=first, at=MONDAY)
        clocks.retarget(subject, "proposal", target=second, at=MONDAY + timedelta(hours=1))
        clocks.stop(subject, metrics=["proposal"], at=MONDAY + timedelta(hours=3))
    [tried] = simulation.simulate(Promise("proposal", 4 * 3600, hours), policy=None)
    assert (tried.was_late, tried.is_late, tried.seconds) == (True, False, 3 * 3600)


def test_without_closed_clocks_the_page_says_so(
    client_m: Client, policy: SlaPolicy, hours: BusinessCalendar
) -> None:
    html: Any = client_m.post(change(policy), typed(hours, do="simulate")).content.decode()
    assert "Nothing to count yet" in html


def test_a_step_of_the_ladder_may_tell_others():
    rows = read_ladder("150 %, 200 % to lead and sponsor", Kind.ESCALATE)
    assert [row["recipients"] for row in rows] == [["lead"], ["lead", "sponsor"]]
    assert ladder_words(rows, Kind.ESCALATE) == "150 %, 200 % to lead and sponsor"
    kept = read_ladder("200 % to lead and sponsor", Kind.ESCALATE, old=rows)
    assert kept == [rows[1]]
    with pytest.raises(ValueError, match="boss is nobody to tell"):
        read_ladder("200 % to boss", Kind.ESCALATE)
