"""What asking takes and brings comes from the questions and the policies, and is never typed."""

from datetime import timedelta

import pytest

from intake.effort import efforts, working_words
from intake.models import QuestionVersion
from intake.services import questions
from sla.models import SlaPolicy
from sla.services.policies import Promise, new_version

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=8)


def test_the_quick_lane_takes_four_questions_and_the_full_lane_eight(policies, berlin):
    found = efforts(at=berlin("2026-03-02 09:00"))
    quick, full = found["order"], found["consult"]
    assert (quick.questions, quick.minutes) == (4, 2)
    assert (full.questions, full.minutes) == (8, 8)
    assert (quick.reply, quick.answer) == ("1 working day", "2 working days")
    assert (full.reply, full.answer) == ("1 working day", "5 working days")


def test_a_new_policy_changes_what_is_said(policies, berlin):
    policy = SlaPolicy.objects.get(slug="full-lane")
    calendar = policy.versions.get().targets.first().calendar
    four = [Promise("first_reply", 4 * 3600, calendar), Promise("proposal", 80 * 3600, calendar)]
    new_version(policy, four, at=berlin("2026-03-01 09:00"))
    full = efforts(at=berlin("2026-03-02 09:00"))["consult"]
    assert (full.reply, full.answer) == ("4 working hours", "10 working days")


def test_a_question_more_takes_longer(policies, administrator, berlin):
    asked = QuestionVersion.objects.current().get(slug="effect")
    at = berlin("2026-03-01 09:00")
    rules = asked.rules | {"required": ["consult"], "seconds": 120}
    questions.publish("effect", words=asked.words, rules=rules, actor=administrator, at=at)
    full = efforts(at=berlin("2026-03-02 09:00"))["consult"]
    assert (full.questions, full.minutes) == (9, 10)


def test_without_policies_nothing_is_promised(db, berlin):
    found = efforts(at=berlin("2026-03-02 09:00"))
    assert (found["order"].reply, found["consult"].answer) == ("", "")


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (8, "1 working day"),
        (12, "1.5 working days"),
        (31, "4 working days"),
        (2, "2 working hours"),
        (1, "1 working hour"),
        (0.2, "1 working hour"),
    ],
)
def test_working_time_reads_in_days_or_hours(hours, words):
    assert working_words(timedelta(hours=hours), DAY) == words


def test_where_days_differ_in_length_hours_are_said():
    assert working_words(timedelta(hours=16), None) == "16 working hours"
