"""One question as a form: its words, when it may stay empty, what an answer says."""

from datetime import date

import pytest

from intake.forms.ask import QuestionForm
from intake.models import Answer, QuestionVersion
from intake.services.questions import starter_questions

TODAY = date(2026, 3, 2)
DATES = {"reply": "Tue 3 Mar", "proposal": "Mon 9 Mar", "urgent_reply": "2 working hours"}


def question(slug):
    words = next(words for words in starter_questions() if words["slug"] == slug)
    return QuestionVersion(slug=slug, words=words["words"], rules=words["rules"])


def form(slug, must_answer=True, **typed):
    return QuestionForm(question(slug), typed, today=TODAY, dates=DATES, must_answer=must_answer)


def said(slug, **typed):
    return {name: errors[0] for name, errors in form(slug, **typed).errors.items()}


EMPTY = {
    "need": {"need": "Enter what is going on"},
    "kind": {"kind": "Select which of these is closest"},
    "quick": {"who": "Enter who will use it", "when": "Select when you need it"},
    "today": {"today": 'Enter what people do today, or choose "Do this with us"'},
    "effect": {"leads_to": 'Enter what it leads to, or choose "Do this with us"'},
    "who": {"who": 'Enter who will use the result, or tick "I am not sure yet"'},
    "decision": {
        "decision": 'Enter the decision this would help someone make, or tick "I am not sure yet"'
    },
    "decider": {
        "decider": 'Enter who decides, or select "I am not sure"',
        "rhythm": "Select how often it is decided",
    },
    "limit": {"limit": "Select which limit hurts most"},
    "success": {"different": "Enter what would be different"},
    "when": {"when": "Select when you need it"},
    "urgent": {
        "waits": "Enter which decision waits for this",
        "happens": "Enter what happens if it waits",
    },
    "depth": {"depth": "Select how fast and how deep"},
    "path": {},
    "people": {},
    "files": {},
}


@pytest.mark.parametrize("slug", EMPTY)
def test_an_empty_question_says_what_to_enter(slug):
    assert said(slug) == EMPTY[slug]


def test_there_is_a_test_for_every_question():
    assert EMPTY.keys() == {words["slug"] for words in starter_questions()}


@pytest.mark.parametrize(
    ("slug", "typed", "words"),
    [
        ("need", {"need": "x" * 1532}, "What is going on must be 1,500 characters or less. "
         "You have 1,532"),
        ("need", {"need": "A slide"}, "Tell us a little more about what is going on, at least "
         "one sentence"),
        ("quick", {"who": "x" * 121, "when": "none"}, "Who will use it must be 120 characters or "
         "less. You have 121"),
        ("decision", {"decision": "x" * 301}, "Decision must be 300 characters or less"),
        ("today", {"today": "nothing"}, 'Enter what people do today, or choose "Do this with us"'),
        ("limit", {"limit": "love"}, "Select which limit hurts most"),
        ("when", {"when": "date"}, "Enter the date"),
        ("when", {"when": "date", "date": "2026-03-01", "reason": "Board"}, "The date must be "
         "today or later"),
        ("when", {"when": "date", "date": "next week", "reason": "Board"}, "Enter the date as "
         "day, month and year"),
        ("when", {"when": "date", "date": "9999-01-01", "reason": "Board"}, "Enter the date as "
         "day, month and year"),
        ("when", {"when": "date", "date": "2026-03-09"}, "Enter what happens on that date"),
        ("quick", {"who": "Our team", "when": "date"}, "Enter the date"),
        ("decision", {"unsure": "on"}, "Enter what makes it hard to say"),
        (
            "success",
            {"different": "Fewer empty trucks", "baseline": "6", "target": "fewer"},
            '"Today" and "should become" must use the same kind of value, such as 6 and 2',
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_the_words_of_the_question(slug, typed, words):
    assert words in said(slug, **typed).values()


@pytest.mark.parametrize(
    ("slug", "typed", "status"),
    [
        ("who", {"who": "Our buyers"}, Answer.Status.GIVEN),
        ("who", {"myself": "on"}, Answer.Status.GIVEN),
        ("who", {"unsure": "on"}, Answer.Status.NOT_SURE),
        ("decision", {"unsure": "on", "hard": "Two people decide"}, Answer.Status.NOT_SURE),
        ("decider", {"rhythm": "unsure"}, Answer.Status.NOT_SURE),
        ("decider", {"rhythm": "unsure", "decider": "Ana Silva"}, Answer.Status.GIVEN),
        ("limit", {"limit": "unsure"}, Answer.Status.NOT_SURE),
        ("when", {"when": "none"}, Answer.Status.GIVEN),
        ("when", {"when": "urgent"}, Answer.Status.GIVEN),
        ("depth", {"depth": "help"}, Answer.Status.NOT_SURE),
        ("depth", {"depth": "sooner"}, Answer.Status.GIVEN),
    ],
)
def test_not_sure_is_an_answer_wherever_a_thoughtful_person_might_not_know(slug, typed, status):
    filled = form(slug, **typed)
    assert filled.is_valid(), filled.errors
    assert filled.status() == status


def test_a_date_that_is_not_asked_for_is_neither_checked_nor_kept():
    filled = form("when", when="none", date="rubbish", reason="x")
    assert filled.is_valid()
    assert filled.value() == {"when": "none", "date": "", "reason": ""}


def test_an_answer_is_stored_as_plain_values():
    filled = form("when", when="date", date="09.03.2026", reason="The board meets")
    assert filled.is_valid()
    assert filled.value() == {"when": "date", "date": "2026-03-09", "reason": "The board meets"}


def test_doing_it_together_asks_for_nothing_but_keeps_what_was_typed():
    filled = form("today", must_answer=False, today="Calls")
    assert filled.is_valid()
    assert filled.value() == {"today": "Calls", "unsure": False}
    assert not form("today", must_answer=False, today="x" * 601).is_valid()


def test_what_is_put_aside_is_kept_as_it_was_typed():
    typed = form("when", when="date", date="next w\x00eek", reason="x" * 30_000).as_typed()
    assert typed == {"when": "date", "date": "next week", "reason": "x" * 20_000}
    assert form("who", who="Our", myself="on").as_typed() == {
        "who": "Our",
        "myself": True,
        "unsure": False,
    }


def test_nul_is_refused_and_control_characters_are_dropped():
    assert not form("need", need="Suppliers are late\x00 every single week").is_valid()
    filled = form("need", need="Suppliers\x07 are late\r\nevery single week\x1b")
    assert filled.is_valid()
    assert filled.value() == {"need": "Suppliers are late\nevery single week"}


def test_the_normal_dates_are_filled_in_and_a_line_without_them_is_left_out():
    def hint(dates):
        asked = QuestionForm(question("when"), today=TODAY, dates=dates)
        return asked.fields["when"].offered[2][2]

    assert hint(DATES) == (
        "Without urgency you hear from us by Tue 3 Mar and get a proposal by Mon 9 Mar."
    )
    assert hint({}) == ""


def test_nothing_is_required_or_chosen_beforehand_in_the_browser(rf):
    for words in starter_questions():
        page = QuestionForm(question(words["slug"]), today=TODAY, dates=DATES).as_div()
        assert " required" not in page
        assert "checked" not in page


def test_the_question_is_the_label_of_its_only_field():
    assert form("need").heading_field == "need"
    assert form("when").heading_field == "when"
    assert form("quick").heading_field == ""
    assert str(form("need").fields["need"].label) == "What is going on that made you come to us?"
