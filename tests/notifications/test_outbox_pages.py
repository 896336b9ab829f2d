"""The outbox as administrators see it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import OutboxMessage
from notifications.services import enqueue
from tests.pages import page_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LIST = "/manage/outbox/"
Status = OutboxMessage.Status


@pytest.fixture
def client(client, administrator):
    client.force_login(administrator)
    return client


def owe(requester, count=1, **changes):
    before = set(OutboxMessage.objects.values_list("pk", flat=True))
    for number in range(count):
        key = f"reply:{len(before)}:{number}"
        enqueue("reply", to=requester, about="request-1", key=key, at=NOW)
    made = OutboxMessage.objects.exclude(pk__in=before)
    made.update(**changes)
    return list(made.order_by("-pk"))


def test_each_notice_says_what_became_of_it(client, requester):
    owe(requester, status=Status.SENT, sent_at=NOW, subject="PMO-0001: Dana wrote to you")
    owe(requester, status=Status.DEAD, last_error="SMTPRecipientsRefused: no such person")
    owe(requester, tries=3)
    owe(requester, status=Status.STALE)
    answer = client.get(LIST)
    html = answer.content.decode()
    assert "PMO-0001: Dana wrote to you" in html
    assert "SMTPRecipientsRefused: no such person" in html
    assert "Try 3 failed" in html
    assert "No longer needed" in html
    assert not page_of(answer).forbidden


def test_the_list_narrows_to_one_state(client, requester):
    owe(requester, 2, status=Status.DEAD)
    owe(requester, 3)
    assert len(client.get(f"{LIST}?status=dead").context["notices"]) == 2
    assert len(client.get(f"{LIST}?status=due").context["notices"]) == 3
    assert len(client.get(f"{LIST}?status=nonsense").context["notices"]) == 5


@pytest.mark.parametrize("status", ["", "dead", "due"])
def test_an_empty_list_says_what_would_be_here(client, status):
    assert 'class="empty"' in client.get(f"{LIST}?status={status}").content.decode()


def test_paging_walks_every_notice_once_and_back(client, requester):
    made = [message.pk for message in owe(requester, 120)]
    address, seen, last = LIST, [], None
    while address:
        answer = client.get(address)
        seen += [message.pk for message in answer.context["notices"]]
        last, address = answer, answer.context["next"]
    assert seen == made
    back = client.get(last.context["previous"])
    assert [message.pk for message in back.context["notices"]] == made[50:100]
    assert client.get(back.context["previous"]).context["previous"] == ""


@pytest.mark.parametrize("query", ["before=x", "before=" + "9" * 30, "after=-1", "before=%00"])
def test_forged_places_are_no_error(client, requester, query):
    owe(requester)
    assert client.get(f"{LIST}?{query}").status_code in {200, 400}


def test_the_list_costs_the_same_for_one_and_for_fifty(
    client, requester, django_assert_num_queries
):
    owe(requester)
    with django_assert_num_queries(6):  # session, person, rows, newer, older, any dead
        client.get(LIST)
    owe(requester, 60)
    with django_assert_num_queries(6):
        client.get(LIST)


def test_a_notice_shows_what_it_said_and_its_markup_as_text(client, requester):
    [message] = owe(requester, status=Status.SENT, sent_at=NOW, body="Hello <b>Ana</b>")
    html = client.get(f"{LIST}{message.pk}/").content.decode()
    assert "Hello &lt;b&gt;Ana&lt;/b&gt;" in html
    assert f"{message.pk}/retry/" not in html


def test_a_dead_notice_is_tried_again_for_three_more_days(client, requester):
    [message] = owe(requester, status=Status.DEAD, tries=9, created_at=NOW - timedelta(days=4))
    assert f"{message.pk}/retry/" in client.get(f"{LIST}{message.pk}/").content.decode()
    answer = client.post(f"{LIST}{message.pk}/retry/", follow=True)
    message.refresh_from_db()
    assert (message.status, message.tries) == (Status.DUE, 0)
    assert message.created_at >= NOW
    assert "It is tried again now" in answer.content.decode()


def test_pressing_twice_tries_once(client, requester):
    [message] = owe(requester, status=Status.DEAD)
    client.post(f"{LIST}{message.pk}/retry/")
    OutboxMessage.objects.update(status=Status.SENT)
    answer = client.post(f"{LIST}{message.pk}/retry/", follow=True)
    message.refresh_from_db()
    assert message.status == Status.SENT
    assert "Nothing was changed." in answer.content.decode()


def test_all_dead_ones_are_tried_again_and_no_other(client, requester):
    owe(requester, 3, status=Status.DEAD)
    owe(requester, status=Status.STALE)
    answer = client.post(f"{LIST}retry/", follow=True)
    assert "3 notices will be tried again." in answer.content.decode()
    assert OutboxMessage.objects.filter(status=Status.DUE).count() == 3
    assert OutboxMessage.objects.filter(status=Status.STALE).count() == 1


@pytest.mark.parametrize("address", ["1/retry/", "retry/"])
def test_reading_never_retries(client, address):
    assert client.get(LIST + address).status_code == 405


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30])
def test_an_unknown_notice_is_not_found(client, pk):
    assert client.get(f"{LIST}{pk}/").status_code == 404
    assert client.post(f"{LIST}{pk}/retry/").status_code == 404


@pytest.mark.parametrize("role", ["requester", "outsider", "analyst", "lead", "sponsor"])
def test_only_administrators_read_what_others_were_told(client, request, requester, role):
    [message] = owe(requester, status=Status.DEAD, subject="PMO-0001: a secret")
    client.force_login(request.getfixturevalue(role))
    for address in (LIST, f"{LIST}{message.pk}/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "secret" not in answer.content.decode()
    assert client.post(f"{LIST}{message.pk}/retry/").status_code == 403
    message.refresh_from_db()
    assert message.status == Status.DEAD
