"""The questions: words that are whole, in order, by version, and read back in their own words."""

import re

import pytest

from intake.models import Answer, QuestionVersion
from intake.services.answers import in_words
from intake.services.drafts import parts_of, read_draft
from intake.services.promises import Outlook
from intake.services.questions import make_starter_questions, publish, starter_questions
from intake.states import Lane
from tests.conftest import at_berlin
from tests.factories.intake import FULL, make_draft

NOW = at_berlin("2026-03-02 10:00")
FORBIDDEN = re.compile(r"\b(ticket|order|please|sorry|invalid|SLA|oops|forbidden)\b|!", re.I)
PROMISED = {"reply", "proposal", "urgent_reply", "sooner", "balanced", "deeper"}


def texts(value):
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [str(value)]


@pytest.mark.parametrize("question", starter_questions(), ids=lambda question: question["slug"])
def test_a_question_is_whole(question):
    words, rules = question["words"], question["rules"]
    assert words["label"].rstrip("?").strip()
    assert words["short"]
    assert set(rules["order"]) == set(rules["fields"])
    assert set(rules["lanes"]) >= set(rules["required"])
    assert set(rules["lanes"]) <= set(Lane.values)
    for name, rule in rules["fields"].items():
        assert ("options" in words and name in words["options"]) == (
            rule["kind"] in ("choice", "rows")
        )
        if rule["kind"] in ("text", "area"):
            assert rule["max"]
            assert words["errors"][name]["long"]
        if rule["kind"] != "tick" and not rule.get("optional"):
            assert words["errors"][name]["empty"]


@pytest.mark.parametrize("question", starter_questions(), ids=lambda question: question["slug"])
def test_a_question_speaks_our_language(question):
    shown = {name: words for name, words in question["words"].items() if name != "errors"}
    for text in texts(question["words"]):
        assert not FORBIDDEN.search(text), text
    assert {name for text in texts(shown) for name in re.findall(r"{(\w+)}", text)} <= PROMISED


def test_eight_answers_are_required_in_the_full_lane_and_four_in_the_quick_lane():
    required = {
        lane: [q for q in starter_questions() if lane in q["rules"]["required"]]
        for lane in Lane.values
    }
    assert [q["slug"] for q in required["consult"] if q["slug"] != "urgent"] == list(FULL)
    assert sum(q["rules"].get("answers", 1) for q in required["order"]) == 4


@pytest.mark.django_db
def test_the_questions_are_there_from_the_start_and_only_once():
    make_starter_questions()
    slugs = list(QuestionVersion.objects.current().values_list("slug", flat=True))
    assert slugs == [question["slug"] for question in starter_questions()]


@pytest.mark.django_db
def test_the_parts_are_in_the_order_of_the_task_list():
    parts = parts_of(QuestionVersion.objects.current())
    assert [part.title for part in parts] == [
        "Your situation",
        "The decision",
        "Limit and result",
        "If you like",
    ]


@pytest.mark.django_db
def test_a_draft_is_asked_the_newest_wording(requester, administrator, policies):
    work = make_draft(requester, NOW)
    was = read_draft(work.draft_key, requester).question("limit")
    words = {**was.words, "label": "What hurts most?"}
    publish("limit", words=words, rules=was.rules, actor=administrator, at=NOW)
    now = read_draft(work.draft_key, requester)
    assert now.question("limit").words["label"] == "What hurts most?"
    assert now.answers["limit"].question.words["label"] == "Which limit hurts most?"


@pytest.mark.django_db
def test_reading_a_draft_takes_one_query(requester, policies, django_assert_num_queries):
    work = make_draft(requester, NOW)
    read_draft(work.draft_key, requester)
    with django_assert_num_queries(1):
        read_draft(work.draft_key, requester)


def spoken(slug, **value):
    words = next(words for words in starter_questions() if words["slug"] == slug)
    question = QuestionVersion(slug=slug, words=words["words"], rules=words["rules"])
    answer = Answer(slug=slug, question=question, value=value)
    return [tuple(line) for line in in_words(answer, now=NOW)]


@pytest.mark.parametrize(
    ("slug", "value", "lines"),
    [
        ("need", {"need": "Late again"}, [("", "Late again")]),
        ("kind", {"kind": "better"}, [("", "Something should work better or differently")]),
        ("quick", {"who": "Us", "when": "none", "date": ""}, [("Who will use it", "Us"),
         ("By when", "No fixed date")]),
        ("quick", {"who": "Us", "when": "date", "date": "2026-03-09"}, [("Who will use it", "Us"),
         ("By when", "Mon 9 Mar")]),
        ("when", {"when": "urgent", "date": ""}, [("", "It is urgent")]),
        ("when", {"when": "date", "date": "2027-03-09", "reason": "Board"},
         [("By", "Tue 9 Mar 2027"), ("What happens then", "Board")]),
        ("who", {"who": "", "myself": True, "unsure": False}, [("", "I will use it myself")]),
        ("who", {"who": "", "myself": False, "unsure": True}, []),
        ("limit", {"limit": "unsure", "last_time": ""}, []),
        ("depth", {"depth": "sooner"}, [("", "Sooner, with fewer details")]),
        ("limit", {"limit": "no-such"}, [("", "no-such")]),
        ("when", {"when": "date", "date": "next week"}, [("By", "next week")]),
    ],
)  # fmt: skip
def test_an_answer_reads_as_words(slug, value, lines):
    assert spoken(slug, **value) == lines


@pytest.mark.django_db
def test_dates_are_worked_out_from_the_policies(policies):
    asked = {q.slug: q for q in QuestionVersion.objects.current()}
    outlook = Outlook(NOW)
    assert outlook.words_for(asked["when"]) == {"reply": "Tue 3 Mar", "proposal": "Mon 9 Mar"}
    assert outlook.words_for(asked["urgent"]) == {
        "urgent_reply": "2 working hours",
        "proposal": "Mon 9 Mar",
    }
    assert outlook.words_for(asked["need"]) == {}


@pytest.mark.django_db
def test_without_policies_no_date_is_named():
    asked = QuestionVersion.objects.current().get(slug="depth")
    assert set(Outlook(NOW).words_for(asked).values()) == {""}
