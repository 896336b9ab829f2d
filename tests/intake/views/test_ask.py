"""One question after the other: the lanes, the frame of a page, and what is never lost."""

from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from intake.models import Answer, QuestionVisit, WorkRequest
from intake.states import Lane, State
from tests.conftest import at_berlin
from tests.intake.views.ask_client import FULL, NEED, QUICK, Asker, title, words

pytestmark = pytest.mark.django_db
MONDAY = at_berlin("2026-03-02 10:00")


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def ana(requester, policies):
    return Asker(requester)


@pytest.fixture
def draft(ana):
    """A draft of the full lane with its first two answers."""
    work = ana.begin()
    ana.answer(work, "kind", kind="better")
    work.refresh_from_db()
    return work


def test_a_small_ask_takes_three_pages_and_a_check(ana, requester):
    work = ana.begin(QUICK["need"]["need"])
    kind = ana.answer(work, "kind", kind="question")
    assert kind["Location"] == ana.address("question", work, "quick")
    quick = ana.answer(work, "quick", who="Our team", when="none")
    assert quick["Location"] == ana.address("check", work)
    sent = ana.send(work)
    assert sent["Location"] == ana.address("sent", work)
    page = words(ana.open("sent", work))
    assert "We have your request PMO-0001" in page
    assert "By Tue 3 Mar, 10:00 a person from the PMO replies to you" in page
    assert "By Wed 4 Mar, 10:00 you have your answer." in page
    work.refresh_from_db()
    assert (work.state, work.lane) == (State.NEW, Lane.ORDER)


def test_the_full_lane_with_its_eight_answers_and_three_done_together(ana, draft):
    ana.answer_all(draft, {slug: FULL[slug] for slug in FULL if slug not in ("need", "kind")})
    for slug in ("today", "effect", "depth"):
        assert ana.answer(draft, slug, then="together").status_code == 302
    assert words(ana.open("check", draft)).count("We will find out together") == 3
    assert ana.send(draft)["Location"] == ana.address("sent", draft)
    page = words(ana.open("sent", draft))
    assert (
        "By Mon 9 Mar, 10:00 you have a proposal to choose from, or we ask you for a talk." in page
    )
    together = Answer.objects.filter(work=draft, status=Answer.Status.TOGETHER)
    assert set(together.values_list("slug", flat=True)) == {"today", "effect", "depth"}


def test_the_start_page_says_what_it_takes(ana):
    page = words(ana.client.get("/ask/"))
    assert "A quick question or a small ask: 4 questions, about 2 minutes." in page
    assert "8 questions, about 8 minutes, in several sittings if you like." in page
    assert "who replies within 1 working day" in page
    assert (
        "answered within 2 working days; for anything larger you have a proposal within 5" in page
    )
    assert not WorkRequest.objects.exists()


def test_a_draft_comes_first_on_the_start_page(ana, draft):
    page = ana.client.get("/ask/")
    told = words(page)
    assert "Continue Supplier delays reach us after the trucks are booked" in told
    assert "(saved Mon 2 Mar, 10:00)" in told
    assert ana.address("draft", draft) in page.content.decode()


def test_a_service_is_carried_along(ana, service):
    page = ana.client.get("/ask/?service=forecast-check")
    assert "About: Forecast check" in words(page)
    assert "/ask/need/?service=forecast-check" in page.content.decode()
    work = ana.begin(query="?service=forecast-check")
    assert work.service == service
    assert "About: Forecast check" in words(ana.open("question", work, "kind"))


def test_a_service_that_is_not_there_is_left_out(ana, policies):
    assert "About:" not in words(ana.client.get("/ask/?service=no-such"))
    assert ana.begin(query="?service=no-such").service is None


def test_the_door_they_came_in_by_is_counted(ana):
    work = ana.begin(query="?lane=consult")
    assert work.lane == Lane.CONSULT
    assert ana.begin(query="?lane=upstairs").lane == ""


def test_the_draft_begins_with_the_first_continue(ana):
    page = ana.client.get("/ask/need/", follow=True)
    assert words(page).startswith("Back Your situation What is going on that made you come to us?")
    assert not WorkRequest.objects.exists()
    answer = ana.client.post(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"], {
        "need": NEED, "then": "continue"
    })  # fmt: skip
    work = WorkRequest.objects.get()
    assert answer["Location"] == ana.address("question", work, "kind")
    assert work.requester == ana.person


def test_pressing_continue_twice_begins_one_draft(ana):
    address = f"/ask/need/?key={uuid4()}"
    for _ in range(2):
        assert ana.client.post(address, {"need": NEED}).status_code == 302
    assert WorkRequest.objects.count() == 1


def test_going_back_to_the_first_page_shows_what_was_saved(ana):
    key = uuid4()
    ana.client.post(f"/ask/need/?key={key}", {"need": NEED})
    page = ana.client.get(f"/ask/need/?key={key}", follow=True)
    assert page.redirect_chain[-1][0] == ana.address("question", key, "need")
    assert NEED in page.content.decode()


def test_the_key_of_somebody_elses_draft_opens_nothing(ana, outsider):
    other = Asker(outsider).begin()
    address = f"/ask/need/?key={other.draft_key}"
    assert ana.client.post(address, {"need": NEED}).status_code == 404
    assert WorkRequest.objects.get() == other


def test_the_full_lane_opens_its_task_list(ana):
    work = ana.begin()
    assert ana.answer(work, "kind", kind="idea")["Location"] == ana.address("draft", work)
    page = words(ana.open("draft", work))
    assert "8 answers are needed to send. 2 done." in page
    assert "1 Your situation In progress" in page
    assert "What is going on Completed" in page
    assert "2 The decision Not started yet" in page
    assert "What people do about it today Not started yet, can wait" in page
    assert "What makes it urgent" not in page


def test_continue_leads_to_the_next_open_question_of_the_part(ana, draft):
    assert ana.answer(draft, "decision", **FULL["decision"])["Location"] == ana.address(
        "question", draft, "decider"
    )
    assert ana.answer(draft, "decider", **FULL["decider"])["Location"] == ana.address(
        "question", draft, "path"
    )
    assert ana.answer(draft, "path", then="together")["Location"] == ana.address(
        "question", draft, "who"
    )
    assert ana.answer(draft, "who", **FULL["who"])["Location"] == ana.address("draft", draft)
    assert "2 The decision Completed" in words(ana.open("draft", draft))


def test_what_is_done_together_says_so_in_the_task_list(ana, draft):
    assert ana.answer(draft, "today", then="together").status_code == 302
    assert "What people do about it today We will do this together" in words(
        ana.open("draft", draft)
    )


def test_do_this_with_us_is_offered_only_where_it_can_wait(ana, draft):
    assert "Do this with us" in words(ana.open("question", draft, "today"))
    assert "Do this with us" not in words(ana.open("question", draft, "decision"))
    assert ana.answer(draft, "decision", then="together").status_code == 422


def test_an_empty_decision_is_an_error_by_every_means(ana, draft):
    page = ana.answer(draft, "decision")
    said = 'Enter the decision this would help someone make, or tick "I am not sure yet"'
    body = page.content.decode()
    assert page.status_code == 422
    assert title(page).startswith("Error: What decision will this help someone make?")
    assert words(page).count(said) == 2
    assert '<a href="#id_decision">' in body
    assert 'aria-invalid="true"' in body
    assert "autofocus" in body.split("error-summary")[1][:80]
    assert "novalidate" in body
    assert " required" not in body
    ticked = ana.answer(draft, "decision", unsure="on", hard="Two people decide")
    assert ticked.status_code == 302
    assert Answer.objects.get(work=draft, slug="decision").status == Answer.Status.NOT_SURE


def test_each_question_is_the_heading_and_the_title_of_its_page(ana, draft):
    ana.answer(draft, "when", when="urgent")
    titles = set()
    for slug in ("need", "kind", "today", "effect", *FULL, "urgent", "depth"):
        page = ana.open("question", draft, slug)
        assert page.status_code == 200
        assert page.content.decode().count("<h1") == 1
        titles.add(title(page))
    assert len(titles) == 12
    assert "When do you need it, and why then? – PMO front door" in titles


def test_the_place_in_the_part_is_told(ana, draft):
    assert "The decision · question 2 of 4 in this part" in words(
        ana.open("question", draft, "decision")
    )
    work = ana.begin("Where do I find the calendar of the portfolio board?")
    ana.answer(work, "kind", kind="question")
    assert "Question 3 of 3" in words(ana.open("question", work, "quick"))


def test_the_normal_dates_come_from_the_calendar(ana, draft):
    page = words(ana.open("question", draft, "when"))
    assert "you hear from us by Tue 3 Mar and get a proposal by Mon 9 Mar." in page
    asked = ana.answer(draft, "when", when="urgent")
    assert asked["Location"] == ana.address("question", draft, "urgent")
    urgent = words(ana.open("question", draft, "urgent"))
    assert "An analyst looks at this within 2 working hours." in urgent
    assert "What happens if it waits until Mon 9 Mar?" in urgent
    depth = words(ana.open("question", draft, "depth"))
    assert "Sooner: a first look by about Thu 12 Mar, fewer details" in depth
    assert "Balanced: by about Thu 19 Mar" in depth
    assert "Deeper: by about Mon 30 Mar, with causes and options" in depth


def test_who_asks_for_urgent_treatment_is_answered_within_two_hours(ana, draft):
    ana.answer_all(draft, FULL | {"when": {"when": "urgent"}})
    page = ana.send(draft)
    assert page.status_code == 422
    assert "Answer what makes it urgent" in words(page)
    ana.answer(draft, "urgent", waits="Whether to stop", happens="We lose a day")
    ana.send(draft)
    assert "By Mon 2 Mar, 12:00 a person from the PMO replies" in words(ana.open("sent", draft))


def test_urgent_is_asked_only_of_those_who_said_so(ana, draft):
    assert ana.open("question", draft, "urgent")["Location"] == ana.address("draft", draft)


def test_a_question_of_the_other_lane_leads_back_and_an_unknown_one_is_no_page(ana, draft):
    assert ana.open("question", draft, "quick")["Location"] == ana.address("draft", draft)
    assert ana.open("question", draft, "colour").status_code == 404


def test_time_or_budget_alone_gets_one_question_back_and_no_error(ana, draft):
    page = ana.answer(draft, "success", different="We finish on time")
    assert page["Location"] == ana.address("question", draft, "success")
    shown = ana.open("question", draft, "success")
    assert "Being on time is good. What would people be able to do then?" in words(shown)
    assert 'name="advised"' in shown.content.decode()
    again = ana.answer(draft, "success", different="We finish on time", advised="1")
    assert again["Location"] != page["Location"]


def test_the_sentence_follows_the_fields_without_saving_them(ana, draft):
    fields = {"measure": "late surprises", "baseline": "6", "target": "2", "by": "2026-03-31"}
    address = ana.address("question", draft, "success")
    part = ana.client.post(address, fields, headers={"HX-Request": "true"})
    text = " ".join(part.content.decode().split())
    assert "<strong>late surprises</strong> goes from <strong>6</strong>" in text
    assert "<html" not in text
    assert not Answer.objects.filter(work=draft, slug="success").exists()


def test_half_an_answer_can_be_put_aside(ana, draft):
    left = ana.answer(draft, "decision", then="later", decision="Book")
    assert left["Location"] == reverse("intake:ask_start")
    assert Answer.objects.get(work=draft, slug="decision").status == Answer.Status.BEGUN
    assert "What decision this helps someone make In progress" in words(ana.open("draft", draft))
    assert ">\nBook</textarea>" in ana.open("question", draft, "decision").content.decode()
    assert "Answer what decision this helps someone make" in words(ana.send(draft))


def test_coming_back_later_without_a_word_keeps_what_there_was(ana, draft):
    ana.answer(draft, "who", who="Our buyers")
    ana.answer(draft, "who", then="later")
    assert Answer.objects.get(work=draft, slug="who").value["who"] == "Our buyers"
    assert ana.answer(draft, "limit", then="later")["Location"] == reverse("intake:ask_start")
    assert not Answer.objects.filter(work=draft, slug="limit").exists()


def test_an_answer_changed_in_another_window_is_never_overwritten(ana, draft):
    ana.answer(draft, "who", who="Our buyers")
    address = ana.address("question", draft, "who")
    page = ana.client.post(address, {"who": "Our planners", "seen": "0", "then": "continue"})
    assert page.status_code == 409
    assert "This answer was changed in another window" in words(page)
    assert "Our buyers" in words(page)
    assert "Our planners" in words(page)
    assert words(page).count("Keep this one") == 2
    assert Answer.objects.get(work=draft, slug="who").value["who"] == "Our buyers"
    kept = ana.client.post(address, {"who": "Our planners", "seen": page.context["seen"]})
    assert kept.status_code == 302
    assert Answer.objects.get(work=draft, slug="who").value["who"] == "Our planners"


def test_keeping_the_other_windows_answer_is_no_conflict(ana, draft):
    ana.answer(draft, "who", who="Our buyers")
    address = ana.address("question", draft, "who")
    page = ana.client.post(address, {"who": "Our planners", "seen": "0"})
    kept = ana.client.post(address, dict(page.context["theirs"].hidden) | {"seen": "0"})
    assert kept.status_code == 302
    assert Answer.objects.get(work=draft, slug="who").value["who"] == "Our buyers"


def test_what_was_typed_survives_the_end_of_the_session(ana, draft):
    address = ana.address("question", draft, "who")
    ana.client.logout()
    page = ana.client.post(address, {"who": "Our buyers in Lyon", "then": "continue", "seen": "0"})
    assert page.status_code == 403
    assert "Our buyers in Lyon" in page.content.decode()
    assert "Sign in" in words(page)
    signed_in = ana.client.post(
        f"/sign-in/?next={address}",
        {"login": ana.person.email, "password": "correct horse", "next": address},
    )
    assert signed_in["Location"] == address
    back = ana.client.get(address)
    assert "Our buyers in Lyon" in back.content.decode()
    assert ana.answer(draft, "who", who="Our buyers in Lyon").status_code == 302


@pytest.mark.parametrize("name", ["draft", "check", "delete", "sent", "calendar"])
def test_nobody_elses_draft_is_there(draft, outsider, analyst, name):
    for person in (outsider, analyst):
        stranger = Asker(person)
        assert stranger.open(name, draft).status_code == 404
        assert stranger.open("question", draft, "need").status_code == 404
        assert stranger.answer(draft, "need", need=NEED).status_code == 404
        assert stranger.send(draft).status_code == 404
        assert stranger.client.post(stranger.address("delete", draft)).status_code == 404
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_visitor_is_asked_to_sign_in(client, draft):
    for address in ("/ask/", "/ask/need/", Asker.address("check", draft)):
        assert client.get(address)["Location"].startswith("/sign-in/?next=/ask/")


def test_time_and_drop_off_are_recorded_for_each_question(ana, draft):
    with time_machine.travel(at_berlin("2026-03-02 10:05"), tick=False):
        page = ana.open("question", draft, "decision")
    opened = page.context["opened"]
    with time_machine.travel(at_berlin("2026-03-02 10:07"), tick=False):
        ana.answer(draft, "decision", opened=opened, **FULL["decision"])
    visit = QuestionVisit.objects.get(work=draft, slug="decision")
    assert visit.shown_at == at_berlin("2026-03-02 10:05")
    assert visit.answered_at == at_berlin("2026-03-02 10:07")
    assert QuestionVisit.objects.get(work=draft, slug="decider").answered_at is None


def test_a_forged_time_of_opening_is_not_believed(ana, draft):
    ana.answer(draft, "who", opened="1:forged", **FULL["who"])
    assert QuestionVisit.objects.get(work=draft, slug="who").shown_at == MONDAY


def test_colleagues_are_suggested_and_nobody_else(ana, draft, outsider):
    body = ana.open("question", draft, "who").content.decode()
    assert '<option value="Ana Silva">' in body
    assert "Otto Berg" not in body


def test_a_question_costs_few_queries(ana, draft, django_assert_max_num_queries):
    ana.answer_all(draft, FULL)
    with django_assert_max_num_queries(6):  # session, user, draft, names
        ana.open("question", draft, "who")


def test_people_are_rows_and_more_rows_come_without_script(ana, draft):
    page = ana.answer(draft, "people", then="row", people_name=["Mia", "Jo"], people_part="decides")
    assert page.status_code == 200
    assert page.content.count(b'name="people_name"') == 4
    assert not draft.answers.filter(slug="people").exists()


@pytest.mark.parametrize(
    ("names", "parts", "told"),
    [
        (["Mia"], [""], "Select what each person does in this"),
        ([""], ["decides"], "Enter a name, or leave the row empty"),
        (["Mia"], ["owns"], "Select what each person does in this"),
        (["x" * 121], ["uses"], "A name must be 120 characters or less. You have 121"),
        (["Mia"] * 13, ["uses"] * 13, "Name up to 12 people here"),
        (["Mia\x07\u202e"] * 60, ["\x1b[31m"] * 70, "Name up to 12 people here"),
    ],
)
def test_rows_of_people_that_are_not_whole_come_back_as_typed(ana, draft, names, parts, told):
    page = ana.answer(draft, "people", people_name=names, people_part=parts)
    assert page.status_code == 422
    assert told in words(page)


def test_those_named_take_part_once_the_request_is_sent(ana, draft, analyst, requester):
    ana.answer_all(draft, {slug: FULL[slug] for slug in FULL if slug not in ("need", "kind")})
    ana.answer(
        draft,
        "people",
        people_name=[analyst.name.upper(), "Nobody We Know", requester.name],
        people_part=["gives-data", "informed", "uses"],
        visible="department",
    )
    assert "Nobody We Know: to be informed" in words(ana.open("check", draft))
    assert not draft.participants.exists()
    assert ana.send(draft).status_code == 302
    draft.refresh_from_db()
    assert [(one.person, one.part) for one in draft.participants.all()] == [(analyst, "gives-data")]
    assert draft.is_for_department


def a_file(name="plan.csv", content=b"week,trucks\n40,7\n"):
    return SimpleUploadedFile(name, content)


def test_files_are_kept_listed_and_removed(ana, draft):
    page = ana.answer(draft, "files", files=a_file(), link="https://wiki.example/trucks")
    assert page.status_code == 302
    shown = words(ana.open("check", draft))
    assert "plan.csv" in shown
    assert "https://wiki.example/trucks" in shown
    file = draft.attachments.get()
    assert "Remove plan.csv" in words(ana.open("question", draft, "files"))
    ana.client.post(reverse("intake:draft_file_remove", args=[draft.draft_key, file.pk]))
    assert not draft.attachments.exists()


def test_a_file_is_kept_although_the_link_is_wrong_and_a_wrong_file_is_named(ana, draft):
    page = ana.answer(draft, "files", files=a_file(), link="javascript:alert(1)")
    assert page.status_code == 422
    assert draft.attachments.count() == 1
    page = ana.answer(draft, "files", then="later", files=a_file("plan.exe"), link="")
    assert page.status_code == 422
    assert "plan.exe must be one of" in words(page)


def test_what_can_wait_is_left_to_us(ana, draft):
    for slug in ("today", "effect", "depth"):
        assert "Do this with us" in words(ana.open("question", draft, slug))
        ana.answer(draft, slug, then="together")
        assert draft.answers.get(slug=slug).status == Answer.Status.TOGETHER
