"""The audit trail as administrators read it."""

import csv
import io
import zipfile

import pytest
from django.utils import timezone

from audit.services import record
from tests.pages import page_of

pytestmark = pytest.mark.django_db
TRAIL = "/manage/audit/"


@pytest.fixture
def client(client, administrator):
    client.force_login(administrator)
    return client


def note(person, count=1, **details):
    for _ in range(count):
        record("accounts.changed", person, actor=person, at=timezone.now(), **details)


def content(answer):
    return b"".join(answer.streaming_content)


def test_a_change_is_found_by_words_person_act_and_day(client, requester, outsider):
    note(requester, reason="moved to the harbour")
    note(outsider)
    today = timezone.localdate().isoformat()
    for query in ("q=harbour", "who=ana", f"act=accounts&who=Ana&since={today}&until={today}"):
        entries = client.get(f"{TRAIL}?{query}").context["entries"]
        assert [entry.actor_name for entry, _ in entries] == ["Ana Silva"], query
    assert client.get(f"{TRAIL}?until=2020-01-01").context["entries"] == []
    assert client.get(f"{TRAIL}?since=yesterday&before=x").status_code == 422


def test_the_trail_is_downloaded_without_a_formula_in_it(client, requester):
    note(requester, reason="=HYPERLINK(1)")
    rows = list(csv.reader(io.StringIO(content(client.get(f"{TRAIL}?format=csv")).decode())))
    assert rows[1][6] == "'=HYPERLINK(1)"
    book = zipfile.ZipFile(io.BytesIO(content(client.get(f"{TRAIL}?format=xlsx"))))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "'=HYPERLINK(1)" in sheet
    assert "<f>" not in sheet


def test_the_trail_costs_the_same_for_one_and_for_many(
    client, requester, django_assert_num_queries
):
    note(requester)
    with django_assert_num_queries(3):  # session, user, entries
        client.get(TRAIL)
    note(requester, 60)
    with django_assert_num_queries(3):
        answer = client.get(TRAIL)
    assert not page_of(answer).forbidden
    assert len(client.get(TRAIL + answer.context["next"]).context["entries"]) == 11


def test_it_is_only_read_and_only_by_administrators(client, lead):
    assert client.post(TRAIL).status_code == 405
    client.force_login(lead)
    assert client.get(TRAIL).status_code == 403
