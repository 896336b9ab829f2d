"""Sentences from a person's own words, and nothing that they did not say."""

import pytest

from intake.models import Answer, QuestionVersion
from intake.services.questions import starter_questions
from intake.services.understanding import (
    effect_sentence,
    needs_advice,
    success_sentence,
    understood,
)
from tests.conftest import at_berlin

NOW = at_berlin("2026-03-02 10:00")
TITLE = "Supplier delays reach us after the trucks are booked"
QUESTIONS = {words["slug"]: words for words in starter_questions()}


def answer(slug, **value):
    words = QUESTIONS[slug]
    question = QuestionVersion(slug=slug, words=words["words"], rules=words["rules"])
    return Answer(slug=slug, question=question, value=value)


def said(sentence):
    return "".join(piece.text for piece in sentence)


def paragraphs(*answers):
    told = understood({given.slug: given for given in answers}, title=TITLE, now=NOW)
    return [said(paragraph) for paragraph in told]


def test_situation_decision_and_success_are_three_paragraphs():
    assert paragraphs(
        answer("effect", leads_to="empty trucks.", costs="40,000 a month"),
        answer("decision", decision="Whether to book on Friday"),
        answer("decider", decider="Ana Silva", rhythm="week"),
        answer("who", who="the plant managers"),
        answer("success", different="Trucks leave full", measure="late loads", target="2"),
    ) == [
        f"The problem of “{TITLE}” leads to empty trucks, which costs us 40,000 a month.",
        "Ana Silva decides whether to book on Friday, every week. "
        "Who will use it: the plant managers.",
        "You will know that it worked by this: Trucks leave full. "
        "We will know when late loads goes to 2.",
    ]


def test_what_is_open_is_named_as_open():
    assert paragraphs(
        answer("decision", decision="", unsure=True, hard="Two people decide"),
        answer("who", who="", myself=True),
    ) == [
        f"You came to us because of this: “{TITLE}”.",
        "Which decision it helps, we find out together. You will use it yourself.",
    ]
    assert "Somebody decides which project to stop. Who that is, we find out together." in (
        paragraphs(
            answer("decision", decision="which project to stop"),
            answer("decider", decider="", rhythm="unsure"),
        )
    )


def test_names_keep_their_capitals_inside_a_sentence():
    [_, decision] = paragraphs(
        answer("decision", decision="SAP or Jira first"), answer("decider", decider="The board")
    )
    assert decision == "The board decides SAP or Jira first."


def test_a_small_ask_says_who_will_use_it():
    assert paragraphs(answer("quick", who="Our team", when="none"))[1:] == [
        "Who will use it: Our team."
    ]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({}, ""),
        ({"measure": "late surprises"}, ""),
        ({"measure": "lost days", "target": "2"}, "We will know when lost days goes to 2."),
        (
            {"measure": "surprises", "baseline": "6", "target": "2", "by": "2026-03-31"},
            "We will know when surprises goes from 6 to 2 by Tue 31 Mar.",
        ),
        (
            {"measure": "surprises", "target": "2", "by": "rubbish"},
            "We will know when surprises goes to 2.",
        ),
    ],
)  # fmt: skip
def test_the_success_sentence_needs_a_number_to_reach(value, sentence):
    assert said(success_sentence(value, now=NOW)) == sentence


def test_the_effect_sentence_begins_with_what_it_leads_to():
    assert effect_sentence({"costs": "a lot"}, title=TITLE) == []
    assert said(effect_sentence({"leads_to": "delay"}, title="Late plans.")) == (
        "The problem of “Late plans” leads to delay."
    )


ONLY_TIME_OR_BUDGET = [
    "on time",
    "Within budget",
    "We finish on time and within budget",
    "It is delivered by March",
    "faster",
    "The project costs less",
    "It is ready two weeks earlier",
]
AN_EFFECT = [
    "We book only trucks that leave full",
    "Buyers hear of a late supplier on Thursday",
    "Fewer people work at weekends",
    "Managers decide in the meeting",
    "Nobody waits for a quote",
    "",
]


@pytest.mark.parametrize("text", ONLY_TIME_OR_BUDGET)
def test_an_answer_of_time_or_budget_alone_is_noticed(text):
    assert needs_advice(text, QUESTIONS["success"]["rules"])


@pytest.mark.parametrize("text", AN_EFFECT)
def test_an_effect_is_left_in_peace(text):
    assert not needs_advice(text, QUESTIONS["success"]["rules"])
