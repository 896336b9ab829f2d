"""The pages of a talk: both sides meet there, and only they."""

import pytest

from intake.models import ReadBack, Session, SessionNote, WhyStep
from intake.services import discovery, play_backs
from tests.factories.intake import make_work
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_monday(time_machine, berlin):
    time_machine.move_to(berlin("2026-03-02 12:00"), tick=False)


@pytest.fixture
def session(work, analyst, berlin):
    return discovery.plan(
        work,
        slots=[berlin("2026-03-04 10:00"), berlin("2026-03-05 14:00")],
        length=25,
        place="Room 4",
        people="Ana, Dana",
        actor=analyst,
        at=berlin("2026-03-02 11:00"),
    )


@pytest.fixture
def home(work):
    return f"/requests/{work.reference}/discovery/"


@pytest.fixture
def do(client, home, session):
    def do(act, **data):
        return client.post(f"{home}1/do/{act}/", data)

    return do


def test_an_analyst_plans_a_talk_with_questions_of_the_library(client, analyst, home):
    client.force_login(analyst)
    assert "No session yet" in client.get(home).content.decode()
    empty = client.post(f"{home}new/", {})
    assert empty.status_code == 422
    assert "Enter at least one time" in empty.content.decode()
    past = client.post(f"{home}new/", {"slot_1": "2026-03-02T09:00", "length": "25"})
    assert "still to come" in past.content.decode()
    answer = client.post(f"{home}new/", {"slot_1": "2026-03-04T10:00", "length": "50"})
    assert answer["Location"] == f"{home}1/"
    assert Session.objects.get().length == 50


def test_the_requester_chooses_a_time_and_takes_the_entry_for_the_calendar(
    client, requester, session, home, do, berlin
):
    client.force_login(requester)
    assert client.get(f"{home}1/talk.ics").status_code == 404
    assert do("time", form="time", **{"time-slot": "own"}).status_code == 422
    own = {"time-slot": "own", "time-own": "2026-03-06T10:00"}
    assert do("time", form="time", **own).status_code == 302
    assert Session.objects.get().starts_at == berlin("2026-03-06 10:00")
    page = client.get(f"{home}1/")
    assert "since you picked the later date" in page.content.decode()
    assert not page_of(page).forbidden
    assert len(page_of(page).ids) == len(set(page_of(page).ids))
    assert b"DTSTART" in client.get(f"{home}1/talk.ics").content


def test_points_are_answered_early_added_ticked_and_ordered(
    client, requester, analyst, session, do
):
    client.force_login(requester)
    do("point", form="point", **{"point-text": "Who else is asked?"})
    do("point", form="point", **{"point-text": "How often?"})
    first, second = session.points.all()
    assert do("answer", form="answer", point=first.pk).status_code == 422
    do("answer", form="answer", point=first.pk, **{"answer-text": "Only Jonas"})
    assert do("tick", point=first.pk, done="yes").status_code == 403
    client.force_login(analyst)
    do("tick", point=first.pk, done="yes")
    do("move", point=second.pk, to="up")
    assert [point.text for point in session.points.all()] == ["How often?", "Who else is asked?"]
    first.refresh_from_db()
    assert (first.answer, first.done_at is not None) == ("Only Jonas", True)


def test_a_note_for_the_pmo_stays_there(client, requester, analyst, session, home, do):
    client.force_login(analyst)
    note = {"note-kind": "context", "note-text": "Zanzibar", "note-pmo_only": "on"}
    do("note", form="note", **note)
    client.force_login(requester)
    assert "Zanzibar" not in client.get(f"{home}1/").content.decode()
    do("note", form="note", **(note | {"note-text": "Ours"}))
    assert not SessionNote.objects.get(text="Ours").is_pmo_only
    client.force_login(analyst)
    do("mark-note", note=SessionNote.objects.get(text="Zanzibar").pk, hidden="no")
    client.force_login(requester)
    assert "Zanzibar" in client.get(f"{home}1/").content.decode()


def test_the_ladder_grows_and_gets_its_root(client, analyst, session, home, do):
    client.force_login(analyst)
    assert do("why", form="why").status_code == 422
    why = {"why-text": "The list is old", "why-said_by": "Ana", "why-kind": "fact"}
    do("why", form="why", **why)
    top = WhyStep.objects.get()
    bad = do("why", form="why", parent=top.pk, **{"why-text": "Half typed"})
    assert bad.status_code == 422
    assert "Half typed" in bad.content.decode()
    do("why", form="why", parent=top.pk, **(why | {"why-text": "Nobody owns it"}))
    html = client.get(f"{home}1/").content.decode()
    assert "You may stop here" in html
    do("root", why=WhyStep.objects.get(parent=top).pk, root="yes")
    assert "Root we will work on" in client.get(home).content.decode()


def test_what_is_read_back_gets_a_reply_to_each_sentence(
    client, requester, analyst, session, home, do
):
    client.force_login(analyst)
    assert do("read-back", form="read-back", **{"read-back-need": "Short"}).status_code == 422
    texts = {"read-back-need": "Buyers need supplier dates by Thursday.", "read-back-limit": "Time"}
    do("read-back", form="read-back", **texts)
    client.force_login(requester)
    assert client.get(f"/requests/{session.work.reference}/need/")["Location"] == f"{home}1/answer/"
    nearly = {"reply_need": "yes", "reply_limit": "nearly"}
    bad = client.post(f"{home}1/answer/", nearly)
    assert bad.status_code == 422
    assert "Enter what should be different" in bad.content.decode()
    done = client.post(f"{home}1/answer/", nearly | {"correction_limit": "Cost as well"})
    assert done.status_code == 302
    assert ReadBack.objects.get(part="limit").correction == "Cost as well"


def test_the_mail_leads_to_the_page_and_closing_is_told(
    client, analyst, requester, session, do, home
):
    client.force_login(analyst)
    bad = do("close", form="close", **{"close-next_on": "2020-01-01"})
    assert bad.status_code == 422
    assert "The date must be today or later" in bad.content.decode()
    told = {
        "close-agreed": "Two suppliers first",
        "close-next_step": "Ask them",
        "close-next_owner": "Dana",
        "close-next_on": "2026-03-09",
    }
    do("close", form="close", **told)
    client.force_login(requester)
    html = client.get(f"{home}1/").content.decode()
    assert "Two suppliers first" in html
    assert "Add a note" not in html
    assert do("point", form="point", **{"point-text": "Late"}).status_code == 409


def test_nobody_else_reads_a_talk(client, outsider, sponsor, requester, session, home, berlin):
    for person in (outsider, sponsor):
        client.force_login(person)
        assert client.get(home).status_code == 404
        assert client.get(f"{home}1/").status_code == 404
    quick = make_work(requester, berlin("2026-03-02 10:00"), quick=True)
    client.force_login(requester)
    assert client.get(f"/requests/{quick.reference}/discovery/").status_code == 404
    assert "Talks" not in client.get(quick.get_absolute_url()).content.decode()


def test_a_talk_takes_few_queries(
    client, analyst, session, home, berlin, django_assert_max_num_queries
):
    for number in range(20):
        discovery.add_point(session, text=f"Point {number}", actor=analyst, at=session.planned_at)
    play_backs.read_back(
        session,
        sentences={"need": "Buyers need supplier dates by Thursday."},
        actor=analyst,
        at=session.planned_at,
    )
    client.force_login(analyst)
    with django_assert_max_num_queries(26):
        client.get(f"{home}1/")
