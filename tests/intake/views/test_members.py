"""People, for administrators: invited by mail, given roles, and nobody waits when one leaves."""

import re

import pytest

from accounts.models import Role, User
from audit.models import Entry
from intake.models import WorkRequest
from intake.services import triage
from notifications.models import OutboxMessage
from notifications.services import deliver_next
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    return client


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def invitation(operations, **changed):
    given = {
        "email": "Zoe@Example.org",
        "name": "Zoe Marsh",
        "department": operations.pk,
        "roles": ["requester", "sponsor"],
        "sponsored": [operations.pk],
    }
    return given | changed


@pytest.mark.parametrize("role", ["requester", "analyst", "lead", "sponsor"])
def test_people_are_for_administrators(client, request, role, administrator):
    client.force_login(request.getfixturevalue(role))
    pages = ["/manage/people/", "/manage/people/new/", f"/manage/people/{administrator.pk}/"]
    assert {client.get(page).status_code for page in pages} == {403}


def test_an_invited_person_chooses_a_password_and_signs_in(
    desk, client, operations, berlin, mailoutbox, time_machine
):
    time_machine.move_to(berlin("2026-03-02 10:00"), tick=False)
    desk.post("/manage/people/new/", invitation(operations))
    person = User.objects.get(email="zoe@example.org")
    assert (person.roles, set(person.sponsored.all())) == ({"requester", "sponsor"}, {operations})
    assert deliver_next(now=berlin("2026-03-02 10:00"))
    [mail] = mailoutbox
    link = next(word for word in mail.body.split() if "/sign-in/reset/" in word)
    path = "/" + link.split("//")[1].split("/", 1)[1]
    client.logout()
    assert "zoe@example.org" in client.get(path).content.decode()
    short = client.post(path, {"password": "front", "again": "front"})
    assert (short.status_code, "too short" in short.content.decode()) == (422, True)
    differs = client.post(path, {"password": "blue-river-9", "again": "blue-river-8"})
    assert "The two passwords are not the same" in differs.content.decode()
    assert client.post(path, {"password": "blue-river-9", "again": "blue-river-9"})["Location"]
    assert client.login(email="zoe@example.org", password="blue-river-9")
    # It works once.
    assert client.get(path).status_code == 410


def test_a_link_is_over_after_three_days(
    desk, client, operations, berlin, mailoutbox, time_machine
):
    time_machine.move_to(berlin("2026-03-02 10:00"), tick=False)
    desk.post("/manage/people/new/", invitation(operations))
    deliver_next(now=berlin("2026-03-02 10:00"))
    link = next(word for word in mailoutbox[0].body.split() if "/sign-in/reset/" in word)
    time_machine.move_to(berlin("2026-03-06 10:00"), tick=False)
    assert client.get("/" + link.split("//")[1].split("/", 1)[1]).status_code == 410


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": "not an address"}, "Enter a mail address such as ana@example.org"),
        ({"email": "MO@example.org"}, "Mo Adler has this address already"),
        ({"name": ""}, "Enter the name"),
        ({"roles": []}, "Select at least one role"),
        ({"roles": ["king"]}, "Select roles of the list"),
        ({"sponsored": []}, "Select at least one area that they sponsor"),
        ({"department": "999999999999999999999"}, "Select an area of the list"),
        ({"name": "Zoe\x00"}, "Take out the character that can't be shown".replace("'", "&#x27;")),
    ],
)
def test_a_wrong_invitation_says_what_and_keeps_the_rest(
    desk, administrator, operations, changed, said
):
    administrator.set_password("long enough to be real")
    administrator.save()
    desk.force_login(administrator)
    answer = desk.post("/manage/people/new/", invitation(operations, **changed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not OutboxMessage.objects.exists()


def test_the_last_administrator_stays_one(desk, administrator, operations):
    address = f"/manage/people/{administrator.pk}/"
    given = {"name": "Mo Adler", "phone": "", "roles": ["analyst"], "department": operations.pk}
    assert "Somebody has to stay administrator" in desk.post(address, given).content.decode()
    assert fresh(administrator).is_administrator
    other = given | {"roles": ["analyst", "administrator"], "phone": "77"}
    assert desk.post(address, other).status_code == 302
    entry = Entry.objects.filter(action="accounts.changed").last()
    assert (entry.data["was"]["phone"], entry.data["to"]["phone"]) == ("", "77")


def test_who_leaves_hands_over_what_is_open(
    desk, requester, outsider, analyst, other_analyst, policies, berlin
):
    asked = make_work(requester, berlin("2026-03-02 10:00"))
    triage.claim(asked, actor=analyst, at=berlin("2026-03-02 11:00"))
    for person in (requester, outsider):
        person.joined_at = berlin("2026-01-05 09:00")
        person.save()
    address = f"/manage/people/{requester.pk}/leave/"
    assert asked.reference in desk.get(address).content.decode()
    missing = desk.post(address, {})
    assert (missing.status_code, fresh(requester).is_active) == (422, True)
    assert desk.post(address, {"requester": outsider.pk}).status_code == 302
    assert fresh(asked).requester == outsider
    assert not fresh(requester).is_active
    assert OutboxMessage.objects.filter(kind="requester_changed", recipient=outsider).count() == 1
    assert desk.post(f"/manage/people/{analyst.pk}/leave/", {"analyst": other_analyst.pk})
    assert fresh(asked).analyst == other_analyst
    assert desk.post(f"/manage/people/{analyst.pk}/back/").status_code == 302
    assert fresh(analyst).is_active
    assert WorkRequest.objects.visible_to(outsider).filter(pk=asked.pk).exists()


def test_a_list_costs_the_same_for_one_and_for_many(desk, operations, django_assert_num_queries):
    with django_assert_num_queries(3):
        desk.get("/manage/people/")
    for number in range(30):
        person = User.objects.create(email=f"p{number}@example.org", name=f"P {number}")
        person.give_roles(Role.REQUESTER)
    with django_assert_num_queries(3):
        assert "P 29" in desk.get("/manage/people/?q=P&role=requester").content.decode()


def test_a_forgotten_password_tells_nobody_who_has_an_account(client, requester, berlin):
    requester.joined_at = berlin("2026-01-05 09:00")
    requester.save()
    known = client.post("/sign-in/reset/", {"email": "ANA@example.org"})
    unknown = client.post("/sign-in/reset/", {"email": "nobody@example.org"})
    said = [re.sub(r'value="\w{64}"', "", page.content.decode()) for page in (known, unknown)]
    assert said[0].replace("ANA@example.org", "nobody@example.org") == said[1]
    assert [m.recipient for m in OutboxMessage.objects.filter(kind="password_reset")] == [requester]
    for path in ("MQ/none", "%00/x", "!!!/x", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5/x"):
        assert client.get(f"/sign-in/reset/{path}/").status_code in (400, 404, 410)


def test_where_mail_is_sent_the_outbox_keeps_no_link(requester, berlin, settings, administrator):
    from intake.services import members

    settings.EMAIL_HOST = "mail.example.org"
    at = berlin("2026-03-02 10:00")
    members.invite_again(requester, actor=administrator, at=at)
    assert deliver_next(now=at)
    assert "/sign-in/reset/" not in OutboxMessage.objects.get().body


def test_the_list_is_downloaded_as_it_is_shown(desk, requester, outsider):
    User.objects.filter(pk=outsider.pk).update(name="=Otto")
    answer = desk.get("/manage/people/?role=requester&format=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["'=Otto", "Ana Silva"]


def test_mail_that_bounced_stands_on_the_person(desk, work, requester):
    OutboxMessage.objects.filter(recipient=requester).update(
        status="dead", last_error="550 no such mailbox"
    )
    assert "Mail bounced" in desk.get("/manage/people/").content.decode()
    assert "550 no such mailbox" in desk.get(f"/manage/people/{requester.pk}/").content.decode()


def test_nobody_comes_to_work_a_request_of_their_own(desk, work, requester, analyst, berlin):
    User.objects.update(joined_at=berlin("2026-01-05 09:00"))
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    answer = desk.post(f"/manage/people/{requester.pk}/leave/", {"requester": analyst.pk})
    assert answer.status_code == 422
    assert work.reference in answer.content.decode()
    assert fresh(requester).is_active
