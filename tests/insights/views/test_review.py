"""Pages of the monthly review, for the lead, the sponsor, and those whom it isn't for."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine

from insights.models import Review
from insights.reading.review_page import ReviewPage
from insights.reading.review_pdf import document_of
from tests.factories.catalog import make_service
from tests.factories.reviews import make_review
from tests.pages import page_of

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)
PAGE = "/reviews/2026-04/"
FILES = ("print/", "review.pdf", "review.xlsx", "rows/lead/", "write/", "decisions/1/")


@pytest.fixture(autouse=True)
def today(berlin):
    with time_machine.travel(berlin("2026-05-04 10:00"), tick=False):
        yield berlin("2026-05-04 10:00")


@pytest.fixture
def published(service, lead, today):
    return make_review(APRIL, lead=lead, at=today)


def test_the_sponsor_starts_on_the_newest_review(client, sponsor, published):
    client.force_login(sponsor)
    assert client.get("/reviews/newest/").url == PAGE
    page = client.get(PAGE)
    assert page.status_code == 200
    assert page_of(page).forbidden == []
    assert client.get("/landing/").url == "/reviews/newest/"


def test_a_sponsor_without_a_review_starts_with_the_services(client, sponsor, policies):
    client.force_login(sponsor)
    assert client.get("/reviews/newest/").url == "/services/"
    assert "The first review is planned for Mon 1 Jun." in client.get("/reviews/").content.decode()


def test_requesters_and_outsiders_see_no_review(client, requester, outsider, published):
    for person in (requester, outsider):
        client.force_login(person)
        for path in ("", *FILES):
            assert client.get(f"{PAGE}{path}").status_code in (403, 404)


def test_a_draft_is_for_the_pmo_only(client, sponsor, analyst, service, lead, today):
    make_review(APRIL, lead=lead, at=today, published=False)
    client.force_login(sponsor)
    assert client.get(PAGE).status_code == 404
    client.force_login(analyst)
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}write/").status_code == 403
    assert client.post(f"{PAGE}publish/").status_code == 403


def test_the_lead_writes_and_publishes(client, lead, service, today):
    make_review(APRIL, lead=lead, at=today, published=False)
    client.force_login(lead)
    given = {"headline": "A calm month.", "seen": 1}
    assert client.post(f"{PAGE}write/", given).url == PAGE
    stale = client.post(f"{PAGE}write/", {"headline": "Another.", "seen": 1})
    assert stale.status_code == 422
    assert "Another." in stale.content.decode()
    assert client.post(f"{PAGE}write/", {"headline": "x" * 401, "seen": 2}).status_code == 422
    client.post(f"{PAGE}publish/")
    client.post(f"{PAGE}publish/")
    review = Review.objects.get()
    assert (review.headline, review.published_by) == ("A calm month.", lead)


def test_a_decision_needs_a_name_an_owner_and_a_date(client, sponsor, lead, published):
    client.force_login(sponsor)
    asked = published.decisions.get()
    address = f"{PAGE}decisions/{asked.pk}/"
    page = client.get(f"{address}?ending=change").content.decode()
    assert 'value="change"' in page
    given = {"ending": "change", "decider": sponsor.pk, "owner": lead.pk, "due_on": "2026-05-29"}
    refused = client.post(address, given)
    assert (refused.status_code, published.decisions.open().count()) == (422, 1)
    assert "Enter what changes" in refused.content.decode()
    assert client.post(address, given | {"due_on": "2026-05-01", "note": "x"}).status_code == 422
    assert client.post(address, given | {"decider": lead.pk, "note": "x"}).status_code == 422
    assert client.post(address, given | {"note": "Promise 72 h."}).status_code == 302
    # A second press leads to where it stands.
    assert client.post(address, given | {"note": "Promise 72 h."}).status_code == 302
    html = client.get(PAGE).content.decode()
    assert "Closed. Everything decided" in html


def test_the_pdf_is_one_page_and_the_spreadsheet_runs_nothing(
    client, lead, sponsor, published, today
):
    Review.objects.update(headline="=1+1 " + "Three long sentences about the month. " * 10)
    published.sections.update(reason="r" * 120, doing="d" * 120)
    client.force_login(sponsor)
    made = client.get(f"{PAGE}review.pdf").content
    assert made.startswith(b"%PDF")
    page = ReviewPage(Review.objects.get(), sponsor, today)
    assert len(document_of(page).pages) == 1
    sheet = ZipFile(BytesIO(client.get(f"{PAGE}review.xlsx").content))
    assert all(b"<f>" not in sheet.read(name) for name in sheet.namelist())


def test_rows_beyond_what_a_sponsor_may_open_are_only_counted(
    client, outsider, sponsor, months, lead, today
):
    make_review(APRIL, lead=lead, at=today)
    client.force_login(sponsor)
    html = client.get(f"{PAGE}rows/lead/").content.decode()
    assert months["measured"].reference in html
    sponsor.sponsored.clear()
    html = client.get(f"{PAGE}rows/lead/").content.decode()
    assert months["measured"].reference not in html
    assert "5 more requests that you may not open" in html


@pytest.mark.parametrize("services", [1, 12])
def test_a_review_costs_the_same_for_any_number_of_services(
    client, sponsor, lead, services, policies, today, django_assert_num_queries
):
    for number in range(services):
        make_service(today, slug=f"service-{number}")
    make_review(APRIL, lead=lead, at=today)
    client.force_login(sponsor)
    # session, person, review, sections, decisions, last month's review
    with django_assert_num_queries(6):
        client.get(PAGE)
    # session, person, reviews, decisions
    with django_assert_num_queries(4):
        client.get("/reviews/")


def test_addresses_that_are_no_month_are_not_found(client, lead, published):
    client.force_login(lead)
    for key in ("2026-13", "nothing", "2026-4", "2031-01"):
        assert client.get(f"/reviews/{key}/").status_code == 404
