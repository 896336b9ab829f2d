"""A person's own requests as a file."""

import pytest

from intake.models import WorkRequest
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db
CSV = "/requests/?format=csv"


def lines(client, address=CSV):
    return b"".join(client.get(address).streaming_content).decode().splitlines()


def test_it_holds_ones_own_requests_and_no_formula(client, work, requester, outsider, berlin):
    make_work(outsider, berlin("2026-03-02 11:00"), need="Somebody else's secret, not to be seen.")
    WorkRequest.objects.filter(pk=work.pk).update(title="=1+1")
    client.force_login(requester)
    head, *rows = lines(client)
    assert "Your contact" in head
    assert [row.split(",")[:2] for row in rows] == [[work.reference, "'=1+1"]]
    assert client.get("/requests/?format=xlsx")["Content-Disposition"].endswith('.xlsx"')


def test_it_costs_the_same_for_one_and_for_many(
    client, work, requester, berlin, django_assert_num_queries
):
    client.force_login(requester)
    with django_assert_num_queries(3):  # session, user, requests
        lines(client)
    for _ in range(5):
        make_work(requester, berlin("2026-03-02 12:00"), quick=True)
    with django_assert_num_queries(3):
        assert len(lines(client)) == 7


def test_a_visitor_is_asked_to_sign_in(client, db):
    assert client.get(CSV).status_code == 302
