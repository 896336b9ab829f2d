"""Outcome promises on their pages: defined, measured, imported, left out."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Measurement, MetricVersion, OutcomeMetric
from catalog.services import outcomes
from tests.factories.catalog import outcome_terms
from tests.pages import page_of

pytestmark = pytest.mark.django_db
NOW = "2026-03-20 12:00"


@pytest.fixture(autouse=True)
def at_noon(berlin):
    with time_machine.travel(berlin(NOW), tick=False):
        yield


@pytest.fixture
def metric(service, lead, berlin):
    return outcomes.define(
        service,
        name="Forecast accuracy",
        question="Can the end date be trusted?",
        owner=lead,
        terms=outcome_terms(berlin("2026-02-01 00:00").date()),
        actor=lead,
        at=berlin("2026-02-01 09:00"),
    )


def typed(**changes):
    return {
        "name": "Risk seen early",
        "question": "Is trouble seen in time?",
        "kind": "duration",
        "operator": "lt",
        "limit": "48",
        "calendar": "",
        "compliance_target": "95",
        "min_sample": "5",
        "population": "risks of medium severity or higher",
        "starts_and_ends": "Identified, until published",
        "excludes": "",
        "evidence": "The risk register",
        "effective_from": "2026-03",
        "note": "Sponsors asked for it",
    } | changes


def address(name, metric, *more):
    return reverse(f"catalog:{name}", args=[metric.service.slug, metric.slug, *more])


def a_file(text):
    return SimpleUploadedFile("readings.csv", text.encode(), content_type="text/csv")


def test_a_lead_promises_something_and_changes_it_from_a_month_on(client, lead, service):
    client.force_login(lead)
    new = reverse("catalog:outcome_new", args=[service.slug])
    assert client.get(new).status_code == 200
    made = client.post(new, typed())
    metric = OutcomeMetric.objects.get()
    assert made.headers["Location"] == address("outcome", metric)
    html = client.get(address("outcome", metric)).content.decode()
    assert "95 % in less than 48 h, counted in real time" in html
    change = address("outcome_change", metric)
    assert client.get(change).status_code == 200
    client.post(change, typed(limit="24", effective_from="2026-04"))
    assert [v.limit for v in MetricVersion.objects.order_by("number")] == [48, 24]
    assert "less than 48 h" in client.get(address("outcome", metric)).content.decode()
    early = client.post(change, typed(effective_from="2026-02"))
    assert early.status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"limit": ""}, "Enter a number such as"),
        ({"limit": "-1"}, "from 0 to 1,000,000"),
        ({"compliance_target": "0"}, "above 0, up to 100"),
        ({"effective_from": "soon"}, "Enter a month such as"),
        ({"operator": "gte"}, "Choose less than, or at most"),
        ({"kind": "tolerance"}, "A tolerance includes its limit"),
        ({"evidence": " "}, "Enter where the evidence is"),
    ],
)
def test_a_definition_that_two_people_would_count_differently_is_refused(
    client, lead, service, changes, words
):
    client.force_login(lead)
    answer = client.post(reverse("catalog:outcome_new", args=[service.slug]), typed(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not OutcomeMetric.objects.exists()


def reading(**changes):
    return {
        "reference": "P-1",
        "at": "2026-03-05T09:00",
        "forecast": "200",
        "actual": "210",
    } | changes


def test_readings_are_taken_completed_and_never_rewritten(client, analyst, metric):
    client.force_login(analyst)
    place = address("outcome_measure", metric)
    client.post(place, reading(actual=""))
    client.post(place, reading())
    client.post(place, reading())
    assert Measurement.objects.get().actual == 210
    again = client.post(place, reading(actual="300"))
    assert again.status_code == 422
    assert "What was judged is not rewritten" in again.content.decode()
    client.post(place, reading(reference="P-2", actual="260"))
    html = client.get(address("outcome", metric)).content.decode()
    assert "1 of 2" in html
    assert "Missed" in html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reference": ""}, "Enter what was measured"),
        ({"at": "yesterday"}, "Enter a date and time"),
        ({"at": "2026-04-01T09:00"}, "Enter a moment that is over"),
        ({"forecast": "much"}, "Enter a number such as"),
        ({"actual": "NaN"}, "Enter a number such as"),
    ],
)
def test_a_wrong_reading_is_explained_and_kept(client, analyst, metric, changes, words):
    client.force_login(analyst)
    answer = client.post(address("outcome_measure", metric), reading(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Measurement.objects.exists()


FILE = (
    "reference;at;forecast;actual;evidence\n"
    "P-1;2026-03-05T09:00+01:00;200;210;Gate 2\n"
    "P-2;2026-03-06;100;130;\n"
    "P-3;some day;100;101;\n"
    ";2026-03-06;1;1;\n"
)


def test_a_file_is_shown_first_and_then_taken_once(client, analyst, metric):
    client.force_login(analyst)
    place = address("outcome_import", metric)
    html = client.post(place, {"file": a_file(FILE), "do": "preview"}).content.decode()
    assert not Measurement.objects.exists()
    assert "Import 2 readings" in html
    assert "P-3" in html
    carried = page_of(client.post(place, {"file": a_file(FILE)})).having("input", name="text")
    taken = client.post(place, {"text": carried[0]["value"], "do": "import"})
    assert taken.status_code == 302
    assert Measurement.objects.count() == 2
    client.post(place, {"text": FILE, "do": "import"})
    assert Measurement.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 a workbook", "This is no CSV file"),
        (b"a,b\n1,2\n", "Missing: reference, at, forecast, actual"),
        (b"x" * ((1 << 20) + 1), "larger than 1 MB"),
        (b"", "empty"),
    ],
)
def test_a_file_that_is_none_is_explained(client, analyst, metric, content, words):
    client.force_login(analyst)
    upload = SimpleUploadedFile("readings.csv", content)
    answer = client.post(address("outcome_import", metric), {"file": upload})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_reading_is_left_out_with_a_reason_and_by_somebody_else(
    client, analyst, lead, sponsor, metric
):
    client.force_login(analyst)
    client.post(address("outcome_measure", metric), reading(actual="900"))
    one = Measurement.objects.get()
    exclude, approve = (address(f"outcome_{act}", metric, one.pk) for act in ("exclude", "approve"))
    assert client.post(exclude, {"reason": " "}).status_code == 422
    client.post(exclude, {"reason": "The scope was doubled"})
    assert "Waits for approval" in client.get(address("outcome", metric)).content.decode()
    client.force_login(lead)  # looks after the promise, so can't approve
    assert client.post(approve).status_code == 403
    client.force_login(sponsor)
    assert client.post(approve).status_code == 302
    one.refresh_from_db()
    assert one.is_excluded
    listed = client.get(reverse("catalog:outcomes", args=[metric.service.slug])).content.decode()
    assert "1 left out" in listed


def test_the_service_page_and_the_board_show_what_was_promised(client, analyst, metric, berlin):
    for number in range(3):
        outcomes.measure(
            metric,
            outcomes.Reading(
                f"P-{number}",
                berlin("2026-03-05 09:00") + timedelta(hours=number),
                forecast=10,
                actual=10,
            ),
            actor=analyst,
            at=berlin(NOW),
        )
    service = client.get(reverse("catalog:service", args=[metric.service.slug])).content.decode()
    assert "80 % within ± 10 % of the forecast. March so far: 3 of 3." in service
    client.force_login(analyst)
    board = client.get("/board/month/").content.decode()
    assert "Forecast accuracy" in board
    assert "3 of 3" in board


def test_requesters_neither_define_nor_measure_nor_read_the_readings(client, requester, metric):
    client.force_login(requester)
    for name in ("outcome", "outcome_change", "outcome_import"):
        assert client.get(address(name, metric)).status_code == 403
    assert client.post(address("outcome_measure", metric), reading()).status_code == 403
    assert client.get(reverse("catalog:outcomes", args=[metric.service.slug])).status_code == 403


def test_many_promises_cost_as_many_queries_as_one(
    client, lead, service, metric, django_assert_max_num_queries
):
    client.force_login(lead)
    client.post(reverse("catalog:outcome_new", args=[service.slug]), typed())
    with django_assert_max_num_queries(10):
        client.get(reverse("catalog:outcomes", args=[service.slug]))
