"""What waits for me, my work, and removing a text: who sees it, how much it costs, what stays."""

from datetime import date

import pytest

from accounts.models import StandIn
from audit.models import Entry
from intake.models import InboundMail, Message
from intake.services import agreement, attachments, conversation, triage
from intake.uploads import store
from notifications.models import OutboxMessage
from tests.factories.files import PDF, upload
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine, berlin):
    time_machine.move_to(berlin("2026-03-03 09:00"), tick=False)


def away(person, stand_in):
    return StandIn.objects.create(
        person=person, stand_in=stand_in, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 10)
    )


def text_at(client, person, address):
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def ask(work, analyst, at):
    return triage.ask(work, questions=["Which ledger?"], blocks=True, actor=analyst, at=at)


def test_a_question_waits_for_its_requester_and_for_nobody_else(
    client, work, analyst, requester, outsider, berlin
):
    ask(work, analyst, berlin("2026-03-02 12:00"))
    own = text_at(client, requester, "/waiting/")
    assert work.reference in own
    assert "Which ledger?" in own
    for person in (outsider, analyst):
        text = text_at(client, person, "/waiting/")
        assert work.reference not in text
        assert "Which ledger?" not in text


def test_what_waits_costs_the_same_however_much_it_is(
    client, requester, analyst, policies, berlin, django_assert_max_num_queries
):
    for _ in range(8):
        ask(make_work(requester, berlin("2026-03-02 11:00")), analyst, berlin("2026-03-02 12:00"))
    client.force_login(requester)
    with django_assert_max_num_queries(30):
        assert client.get("/waiting/").status_code == 200


def test_my_work_shows_what_is_mine_and_what_i_stand_in_for_with_whose_it_is(
    client, requester, analyst, other_analyst, policies, berlin, django_assert_max_num_queries
):
    at = berlin("2026-03-02 12:00")
    works = [make_work(requester, at) for _ in range(6)]
    for work in works:
        triage.claim(work, actor=analyst, at=at)
    assert works[0].reference in text_at(client, analyst, "/my-work/")
    assert works[0].reference not in text_at(client, other_analyst, "/my-work/")
    away(analyst, other_analyst)
    with django_assert_max_num_queries(20):
        text = client.get("/my-work/").content.decode()
    assert works[0].reference in text
    assert "for Dana Reyes until" in text


@pytest.mark.parametrize("who", ["requester", "outsider", "sponsor", "administrator"])
def test_my_work_is_for_the_pmo_only(client, who, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get("/my-work/").status_code in (403, 404)


def test_a_removed_text_is_gone_and_who_and_why_stay(client, work, analyst, administrator, berlin):
    at = berlin("2026-03-02 12:00")
    message = conversation.write(work, text="Zwiebelfisch earns 90", actor=analyst, at=at)
    OutboxMessage.objects.filter(kind="reply").update(body="Zwiebelfisch earns 90")
    place = f"/requests/{work.reference}/conversation/#message-{message.pk}"
    client.force_login(administrator)
    assert "Zwiebelfisch" in client.get("/manage/redaction/", {"place": place}).content.decode()
    missing = client.post("/manage/redaction/", {"place": place, "reason": ""})
    assert missing.status_code == 422
    done = client.post("/manage/redaction/", {"place": place, "reason": "A salary."})
    assert done.status_code == 302
    assert "Zwiebelfisch" not in Message.objects.get().text
    assert not OutboxMessage.objects.filter(body__contains="Zwiebelfisch").exists()
    assert "Zwiebelfisch" not in str(list(Entry.objects.values()))
    entry = Entry.objects.get(action="intake.redacted")
    assert (entry.actor, entry.reason) == (administrator, "A salary.")
    shown = text_at(client, work.requester, f"/requests/{work.reference}/conversation/")
    assert "by Mo Adler, A salary." in shown


def test_needs_verdicts_and_files_are_removed_too_and_what_rests_on_them_stays(
    client, work, analyst, requester, administrator, berlin, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    at = berlin("2026-03-02 12:00")
    (file,) = attachments.attach(work, [upload("Zwiebelfisch.pdf", PDF)], actor=requester, at=at)
    kept = store.path_of(file.stored_name)
    need = triage.play_back(work, text="Zwiebelfisch earns too much.", actor=analyst, at=at)
    agreement.answer_play_back(work, need, reply="yes", actor=requester, at=at)
    words = {"explanation": "Zwiebelfisch knows it. " * 3, "alternative": "Ask Zwiebelfisch"}
    no = triage.decline(work, reason="exists", **words, actor=analyst, at=at)
    client.force_login(administrator)
    page = f"/requests/{work.reference}/"
    for place in (f"{page}#need-1", f"{page}#verdict-{no.pk}", f"{page}files/{file.pk}/"):
        shown = client.get("/manage/redaction/", {"place": place}).content.decode()
        assert "Zwiebelfisch" in shown, place
        gone = {"place": place, "reason": "A person’s pay."}
        assert client.post("/manage/redaction/", gone).status_code == 302
        shown = client.get("/manage/redaction/", {"place": place}).content.decode()
        assert "Zwiebelfisch" not in shown, place
    work.refresh_from_db()
    need.refresh_from_db()
    file.refresh_from_db()
    assert "Zwiebelfisch" not in f"{work.need} {need.text} {file.name}"
    assert need.requester_agreed_at == at
    assert work.state == "declined"
    assert "Removed on" in store.open_file(file.stored_name).read().decode()
    assert client.get("/manage/redaction/", {"place": f"{page}#need-99"}).status_code == 422
    assert Entry.objects.filter(action="intake.redacted").count() == 3
    assert kept.exists()  # until the act is committed


def test_only_an_administrator_removes_texts_and_reads_the_log_of_mail(client, lead, administrator):
    for address in ("/manage/redaction/", "/manage/mail-in/"):
        client.force_login(lead)
        assert client.get(address).status_code in (403, 404)
        client.force_login(administrator)
        assert client.get(address).status_code == 200
    wrong = client.get("/manage/redaction/", {"place": "/requests/PMO-9999/x/#message-1"})
    assert wrong.status_code == 422


def test_the_log_of_mail_says_what_became_of_each(client, administrator, berlin):
    InboundMail.objects.create(
        key="<a@x>",
        sender="eve@example.net",
        subject="<b>Hi</b>",
        outcome=InboundMail.Outcome.UNKNOWN,
        received_at=berlin("2026-03-02 12:00"),
    )
    text = text_at(client, administrator, "/manage/mail-in/")
    assert "eve@example.net" in text
    assert "Nobody here has this address" in text
    assert "<b>Hi</b>" not in text
