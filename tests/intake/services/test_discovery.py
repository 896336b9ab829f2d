"""A talk: its agenda builds itself, its time may hold a clock, its end is one message."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from intake.models import LibraryQuestion, LibraryUse, Message, NeedVersion, WhyStep, WorkRequest
from intake.services import discovery, library, paths, play_backs, whys
from intake.services.agenda import points_of
from intake.services.play_backs import Said
from notifications.models import OutboxMessage
from tests.factories.intake import make_work
from tests.factories.paths import step_of

pytestmark = pytest.mark.django_db


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
        questions=LibraryQuestion.objects.offered()[:2],
    )


def test_the_agenda_holds_what_is_open_and_what_contradicts_itself(work, requester, berlin):
    work.answers.filter(slug="limit").update(status="not-sure")
    work.answers.filter(slug="who").update(status="not-sure", is_pmo_only=True)
    steps = [
        step_of("Reads the report", data="quarterly figures"),
        step_of("Decides", "The board", role="decide", wait_unit="unsure"),
    ]
    paths.replace_steps(work, "today", steps=steps, actor=requester, at=berlin("2026-03-02 10:30"))
    texts = [point.text for point in points_of(work)]
    assert texts == [
        "Which limit hurts most?",
        "How long does it wait before “Decides”?",
        "The decision is weekly, but its data is quarterly (“Reads the report”). "
        "How does that work?",
        "You named Ana Silva as who decides; on the path it is The board. Who has the last word?",
    ]


def test_planning_moves_on_tells_the_requester_and_counts_the_questions(session, work):
    work = WorkRequest.objects.get(pk=work.pk)
    assert (work.state, session.number) == ("discovery", 1)
    assert OutboxMessage.objects.filter(kind="talk_proposed").count() == 1
    assert LibraryUse.objects.filter(work=work).count() == 2
    assert [point.source for point in session.points.all()] == ["library", "library"]


def test_a_later_time_that_the_requester_picks_holds_the_proposal_clock(
    session, work, requester, berlin
):
    at = berlin("2026-03-02 12:00")
    chosen = discovery.choose_time(
        session, starts_at=berlin("2026-03-05 14:00"), actor=requester, at=at
    )
    assert chosen.pauses_clock
    assert work.clock("proposal").state == "paused"
    assert discovery.resume_due(at=berlin("2026-03-05 13:59")) == 0
    assert discovery.resume_due(at=berlin("2026-03-05 14:05")) == 1
    clock = work.clock("proposal")
    assert clock.state == "running"
    assert discovery.resume_due(at=berlin("2026-03-05 14:06")) == 0


def test_the_first_time_or_one_that_we_pick_holds_no_clock(
    session, work, requester, analyst, berlin
):
    at = berlin("2026-03-02 12:00")
    for person, slot in ((requester, "2026-03-04 10:00"), (analyst, "2026-03-05 14:00")):
        discovery.choose_time(session, starts_at=berlin(slot), actor=person, at=at)
        assert work.clock("proposal").state == "running"


def test_choosing_an_earlier_time_again_lets_the_clock_go_on(session, work, requester, berlin):
    at = berlin("2026-03-02 12:00")
    for slot in ("2026-03-06 10:00", "2026-03-04 10:00"):
        discovery.choose_time(session, starts_at=berlin(slot), actor=requester, at=at)
    assert work.clock("proposal").state == "running"
    assert OutboxMessage.objects.filter(kind="talk_fixed").count() == 2
    assert OutboxMessage.objects.filter(kind="talk_chosen").count() == 2


def test_closing_becomes_one_message_and_ends_the_talk(session, work, analyst, requester, berlin):
    discovery.close(
        session,
        agreed="We look at two suppliers first.",
        next_step="Ask for their dates",
        next_owner="Dana Reyes",
        next_on=date(2026, 3, 9),
        actor=analyst,
        at=berlin("2026-03-04 11:00"),
    )
    message = Message.objects.get(work=work)
    assert "We look at two suppliers first." in message.text
    assert "Ask for their dates\nDana Reyes, by Mon 9 Mar" in message.text
    with pytest.raises(discovery.ClosedError):
        discovery.add_point(session, text="One more", actor=requester, at=message.sent_at)


def test_small_asks_and_outsiders_have_no_talk(requester, outsider, analyst, session, berlin):
    at = berlin("2026-03-02 12:00")
    quick = make_work(requester, at, quick=True)
    with pytest.raises(PermissionDenied):
        discovery.plan(quick, slots=[at], length=25, place="", people="", actor=analyst, at=at)
    with pytest.raises(PermissionDenied):
        discovery.add_point(session, text="Peek", actor=outsider, at=at)


def test_the_ladder_has_branches_one_root_and_advice_to_stop(work, analyst, requester, berlin):
    at = berlin("2026-03-02 12:00")

    def rung(text, parent=None):
        return whys.add_rung(
            work, parent=parent, text=text, said_by="Ana", kind="fact", actor=requester, at=at
        )

    top = rung("Trucks leave empty")
    first, second = rung("Dates come late", top), rung("Nobody owns the list", top)
    whys.mark_root(first, is_root=True, actor=analyst, at=at)
    whys.mark_root(second, is_root=True, actor=analyst, at=at)
    assert list(WhyStep.objects.filter(is_root=True)) == [second]
    with pytest.raises(whys.FullLadderError):
        rung("Another start")
    assert whys.advice_on("Nobody owns the list", 3) == whys.STOP
    assert whys.advice_on("People are unhappy", 3) == ""
    assert whys.advice_on("People are unhappy", 7) == whys.ENOUGH
    whys.delete_rung(top, actor=analyst, at=at)
    assert not WhyStep.objects.exists()


@pytest.mark.parametrize(
    ("replies", "overall"),
    [
        ({"need": "yes", "limit": "yes"}, "yes"),
        ({"need": "yes", "limit": "nearly"}, "nearly"),
        ({"need": "no", "limit": "yes"}, "no"),
    ],
)
def test_the_need_is_agreed_only_with_yes_to_every_sentence(
    session, work, analyst, requester, berlin, replies, overall
):
    sentences = {"need": "Buyers need supplier dates on Thursday.", "limit": "Time hurts most."}
    need = play_backs.read_back(
        session, sentences=sentences, actor=analyst, at=berlin("2026-03-04 10:30")
    )
    said = {
        part: Said(reply, "" if reply == "yes" else "Cost too") for part, reply in replies.items()
    }
    play_backs.answer(need, said=said, actor=requester, at=berlin("2026-03-04 10:40"))
    need = NeedVersion.objects.get(pk=need.pk)
    assert (need.reply, need.is_agreed) == (overall, overall == "yes")
    assert ("Cost too" in need.correction) == (overall != "yes")


def test_the_library_is_seeded_edited_by_version_and_counted(work, lead, analyst, berlin):
    at = berlin("2026-03-02 12:00")
    question = LibraryQuestion.objects.get(text="Where does it lie longest?")
    with pytest.raises(PermissionDenied):
        library.edit(question, theme="Path", text="Where does it lie?", actor=analyst, at=at)
    library.note_asked(work, ["Where does it lie longest?", "Something else"], actor=analyst, at=at)
    library.edit(question, theme="Path", text="Where does it lie?", actor=lead, at=at)
    use = LibraryUse.objects.get()
    library.mark_helped(use, helped=True, actor=analyst, at=at)
    counted = LibraryQuestion.objects.with_counts().get(pk=question.pk)
    assert (counted.number, counted.used, counted.helped) == (2, 1, 1)
    assert use.text == "Where does it lie longest?"
    library.retire(counted, back=False, actor=lead, at=at)
    assert not LibraryQuestion.objects.offered().filter(pk=question.pk).exists()
