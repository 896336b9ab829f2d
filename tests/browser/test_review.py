"""The sponsor's ten minutes: the review on a phone, printed, and decided (check 26)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from insights.figures.monthly import shifted
from insights.models import Review
from insights.reading.review_page import ReviewPage
from insights.reading.review_pdf import document_of
from tests.factories.reviews import make_review

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def months():
    """Last month and the one before, as dates of their first days."""
    this = timezone.localdate().replace(day=1)
    return shifted(this, -2), shifted(this, -1)


def test_a_sponsor_reads_prints_and_decides_on_a_phone(
    new_context, sign_in, sponsor, lead, service, months
):
    before, newest = months
    now = timezone.now()
    review = make_review(before, lead=lead, at=now - timedelta(days=1))
    page = new_context(viewport=PHONE).new_page()
    sign_in(page, sponsor)
    page.goto("/landing/")
    expect(page).to_have_url(f"{page.url.split('/reviews')[0]}/reviews/{review.key}/")
    heads = page.locator("main h2").all_text_contents()
    assert heads[:3] == ["Headline", "Five numbers", "Decisions asked of you (1)"]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]

    page.goto(f"/reviews/{review.key}/print/")
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1
    made = document_of(ReviewPage(review, sponsor, now))
    assert len(made.pages) == 1

    page.goto(f"/reviews/{review.key}/")
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Note").fill("Promise 72 h instead")
    page.get_by_label("Who sees to it").select_option(label="Lena Fox")
    page.get_by_label("Until when").fill(str(date.today() + timedelta(days=20)))  # noqa: DTZ011
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator(".decided")).to_contain_text("Change · Sam Ortiz")
    expect(page.locator("main")).to_contain_text("Closed. Everything decided")

    following = make_review(newest, lead=lead, at=now)
    page.goto(Review.objects.get(pk=following.pk).get_absolute_url())
    returned = page.locator("section", has=page.get_by_role("heading", name="From last month"))
    expect(returned).to_contain_text("Promise 72 h instead")
    expect(returned).to_contain_text("Lena Fox sees to it until")
