"""How a person of the demo fills in and sends: question by question, as the pages do."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from intake.forms.ask import QuestionForm
from intake.forms.paths import PathTextForm
from intake.models import Answer, DecisionPath, QuestionVersion, WorkRequest
from intake.services import paths, submission
from intake.states import Lane
from pmo_portal.demo.story import Story
from pmo_portal.demo.working_time import duration

RHYTHM = 1
WAIT = frozenset({"today", "effect", "path", "depth"})


def send(story: Story, person: User, *, at: datetime, luck: Random) -> WorkRequest:
    """Write a request and send it at `at`; a draft is left as far as it got."""
    said = _answers(story, at)
    asked = [q for q in QuestionVersion.objects.current() if _is_asked(q, story, said)]
    paces = [timedelta(seconds=q.rules["seconds"] * luck.uniform(0.6, 1.5)) for q in asked]
    begun = at - sum(paces, timedelta(seconds=20))
    work = submission.start_draft(requester=person, actor=person, at=begun)
    moment, followers = begun, [*(q.slug for q in asked[1:]), None]
    for question, pace, following in zip(asked, paces, followers, strict=True):
        shown, moment = moment, moment + pace
        _answer(work, question, said.get(question.slug), person, moment)
        submission.note_visit(
            work, shown=following, answered=question.slug, at=moment, opened=shown
        )
    return work if story.is_draft else submission.submit(work, actor=person, at=at)


def _is_asked(question: QuestionVersion, story: Story, said: dict[str, Any]) -> bool:
    """A draft stops where its writer stopped; a sent one leaves to the talk what can wait."""
    lane = Lane.ORDER if story.said["kind"] in WorkRequest.QUICK_KINDS else Lane.CONSULT
    can_wait = question.slug in WAIT and not story.is_draft
    return lane in question.rules["lanes"] and (question.slug in said or can_wait)


def _answer(
    work: WorkRequest,
    question: QuestionVersion,
    said: dict[str, Any] | None,
    person: User,
    at: datetime,
) -> None:
    if said and question.slug == paths.QUESTION:
        _draw(work, said["text"], person, at)
        return
    if said is None:
        value, status = {}, str(Answer.Status.TOGETHER)
    else:
        form = QuestionForm(question, said, today=at.date())
        if not form.is_valid():
            raise ValueError(f"{question.slug} of {person.name}: {form.errors.as_json()}")
        value, status = form.value(), form.status()
    submission.save_answer(work, question, value=value, status=status, actor=person, at=at)


def _draw(work: WorkRequest, text: str, person: User, at: datetime) -> None:
    """Draw the decision path from its text, as a person may paste it."""
    form = PathTextForm({"text": text})
    if not form.is_valid():
        raise ValueError(f"path of {person.name}: {form.errors.as_json()}")
    today = DecisionPath.Version.TODAY
    paths.replace_steps(work, today, steps=form.steps, actor=person, at=at)


def _answers(story: Story, at: datetime) -> dict[str, dict[str, Any]]:
    """What was said, by question and field, as a form would post it."""
    said = story.said
    answers = {"need": {"need": said["need"]}, "kind": {"kind": said["kind"]}}
    if story.said["kind"] in WorkRequest.QUICK_KINDS:
        return answers | _quick(said, at)
    return answers | dict(_full(said, at))


def _quick(said: dict[str, Any], at: datetime) -> dict[str, dict[str, Any]]:
    if "who" not in said:
        return {}
    by = said.get("by")
    when = {"when": "date", "date": _day(by["in"], at)} if by else {"when": "none"}
    return {"quick": {"who": said["who"], **when}}


def _full(said: dict[str, Any], at: datetime) -> Iterable[tuple[str, dict[str, Any]]]:
    if "who" in said:
        yield "who", {"who": said["who"]}
    if "today" in said:
        yield "today", {"today": said["today"]}
    if "effect" in said:
        leads_to, *costs = said["effect"]
        yield "effect", {"leads_to": leads_to, "costs": "".join(costs)}
    if "path" in said:
        yield "path", {"text": said["path"]}
    if "decision" not in said:
        return
    yield "decision", {"decision": said["decision"]}
    yield "decider", {"decider": said["decider"][0], "rhythm": said["decider"][RHYTHM]}
    yield "limit", {"limit": said["limit"], "last_time": said.get("last_time", "")}
    yield "success", _success(said)
    yield "when", _when(said, at)
    if "urgent" in said:
        yield "urgent", said["urgent"]


def _success(said: dict[str, Any]) -> dict[str, str]:
    measure = dict(zip(("measure", "baseline", "target"), said.get("measure", ()), strict=False))
    return {"different": said["different"], **measure}


def _when(said: dict[str, Any], at: datetime) -> dict[str, Any]:
    if "urgent" in said:
        return {"when": "urgent"}
    if "when" not in said:
        return {"when": "none"}
    return {
        "when": "date",
        "date": _day(said["when"]["in"], at),
        "reason": said["when"]["reason"],
    }


def _day(text: str, at: datetime) -> str:
    """The day that lies so many working days ahead, roughly: five of them are a week."""
    days = duration(text) / duration("1d")
    return (at + timedelta(days=round(days * 7 / 5))).date().isoformat()
