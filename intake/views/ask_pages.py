"""The page of one question: its form, its frame, and what is shown when two windows disagree."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.date_words import hour_words
from accounts.http import PortalRequest
from accounts.models import User
from catalog.models import Service
from intake.forms.ask import QuestionForm
from intake.forms.ask_fields import filled
from intake.models import ORDER_PREFIX, Answer, Attachment, QuestionVersion
from intake.reading.existing import existing_for
from intake.reading.proposing import choice_of
from intake.services import understanding
from intake.services.answers import Line, in_words
from intake.services.drafts import Draft
from intake.services.promises import Outlook
from intake.services.submission import TIMING, URGENT
from intake.states import Lane

FIRST, KIND = "need", "kind"
FROM_CHECK = "check"
OPENED = "intake.ask.opened"
MOST_NAMES = 50
MOST_DIGITS = 9


class Asked(NamedTuple):
    """A question put to a person; without a draft it is the very first one."""

    question: QuestionVersion
    draft: Draft | None = None

    @property
    def answer(self) -> Answer | None:
        return self.draft.answers.get(self.question.slug) if self.draft else None


def question_address(key: UUID, slug: str, *, from_check: bool = False) -> str:
    address = reverse("intake:ask_question", args=[key, slug])
    return f"{address}?from={FROM_CHECK}" if from_check else address


def service_asked_for(request: PortalRequest) -> Service | None:
    """The service that the address carries along; None for one that is not offered."""
    slug = request.GET.get("service", "")
    return Service.objects.listed().filter(slug=slug).first() if slug else None


def seen_in(request: PortalRequest) -> int:
    """The version of the answer that the person saw; 0 for none, or for anything else."""
    given = request.POST.get("seen", "")
    is_number = given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS
    return int(given) if is_number else 0


def came_from_check(request: PortalRequest) -> bool:
    return request.GET.get("from") == FROM_CHECK


def make_form(request: PortalRequest, asked: Asked, **options: Any) -> QuestionForm:
    """The question's form: with what was posted, else with the answer that is kept."""
    now = timezone.now()
    is_posted = request.method == "POST" and "initial" not in options
    kept: dict[str, Any] = {"initial": asked.answer.value if asked.answer else None}
    return QuestionForm(
        asked.question,
        request.POST if is_posted else None,
        request.FILES if is_posted else None,
        today=timezone.localdate(now),
        dates=Outlook(now).words_for(asked.question),
        with_files=True,
        **kept | options,
    )


def question_page(
    request: PortalRequest, asked: Asked, form: QuestionForm, *, status: int = 200
) -> HttpResponse:
    """Show the question; after an error with the text as it was typed."""
    context = question_context(request, asked, form)
    return render(request, "intake/ask/question.html", context, status=status)


def question_context(request: PortalRequest, asked: Asked, form: QuestionForm) -> dict[str, Any]:
    """What intake/ask/question.html needs."""
    words, answer = asked.question.words, asked.answer
    context = {
        "form": form,
        "question": asked.question,
        "text": filled(words.get("text", ""), Outlook(timezone.now()).words_for(asked.question)),
        "examples": words.get("examples"),
        "why": words.get("why"),
        "may_wait": asked.question.rules["may_wait"],
        "service": asked.draft.work.service if asked.draft else service_asked_for(request),
        "back": _back(request, asked),
        "caption": _caption(asked),
        "saved": saved_words(answer) if answer else "Not saved yet",
        "save_address": save_address(request, asked),
        "seen": request.POST.get("seen") or (answer.version if answer else 0),
        "opened": request.POST.get("opened") or _sign_opened(),
        "files": _files(asked),
        "names": names_near(request.user) if _suggests_people(asked.question) else (),
    }
    context |= live_context(asked, form.initial)
    if asked.question.slug == KIND and asked.draft:
        context |= _existing(request, asked.draft)
    service = asked.draft.work.service if asked.draft else None
    if service and asked.question.slug.startswith(ORDER_PREFIX):
        context["compared"] = choice_of(service.slug, now=timezone.now())
    return context


def saved_words(answer: Answer) -> str:
    return f"Saved {hour_words(answer.answered_at)}"


def save_address(request: PortalRequest, asked: Asked) -> str:
    """Where what is typed is kept while it is typed; empty where the page's address has no key."""
    if asked.draft:
        return reverse("intake:ask_save", args=[asked.draft.work.draft_key, asked.question.slug])
    if asked.question.slug != FIRST:
        return ""
    key = request.GET.get("key", "")
    return f"{reverse('intake:ask_save', args=[key, FIRST])}?{request.GET.urlencode()}"


def _files(asked: Asked) -> list[Attachment]:
    """The files given to this question already."""
    takes = any(rule["kind"] == "files" for rule in asked.question.rules["fields"].values())
    if not (takes and asked.draft):
        return []
    return list(asked.draft.work.attachments.filter(question=asked.question.slug).order_by("pk"))


def _existing(request: PortalRequest, draft: Draft) -> dict[str, Any]:
    """What may already exist, for those whose browser did not show it while they typed."""
    need = draft.answers.get(FIRST)
    text = str(need.get(FIRST)) if need else ""
    found = existing_for(text, reader=request.user, now=timezone.now(), draft=draft.work)
    return {"existing": found, "work": draft.work}


def live_context(asked: Asked, value: Mapping[str, Any]) -> dict[str, Any]:
    """The sentence that a question's answer makes, and the advice on it."""
    advice = asked.question.rules.get("advice", {})
    said = str(value.get(advice.get("field", ""), "") or "")
    return {
        "makes_sentence": asked.question.slug in ("effect", "success"),
        "sentence": _sentence(asked, value),
        "advice": asked.question.words["advice"]
        if understanding.needs_advice(said, asked.question.rules)
        else "",
    }


def _sentence(asked: Asked, value: Mapping[str, Any]) -> understanding.Sentence:
    if asked.question.slug == "success":
        return understanding.success_sentence(value, now=timezone.now())
    if asked.question.slug == "effect" and asked.draft:
        return understanding.effect_sentence(value, title=asked.draft.work.title)
    return []


def _back(request: PortalRequest, asked: Asked) -> str:
    """Where "Back" leads: whence the person came, else one step up."""
    if asked.draft is None:
        return reverse("intake:ask_start")
    key = asked.draft.work.draft_key
    if came_from_check(request):
        return reverse("intake:ask_check", args=[key])
    before = {KIND: FIRST, TIMING[Lane.ORDER]: KIND, URGENT: TIMING[Lane.CONSULT]}
    if asked.question.slug in before:
        return question_address(key, before[asked.question.slug])
    is_first = asked.question.slug == FIRST and asked.draft.work.lane != Lane.CONSULT
    return reverse("intake:ask_start") if is_first else reverse("intake:ask_draft", args=[key])


def _caption(asked: Asked) -> str:
    """Where in the part the question stands; while the lane is open, only the part."""
    part = str(asked.question.rules["part"])
    if asked.draft is None or not asked.draft.answers.keys() & {KIND}:
        return part
    is_quick = asked.draft.work.is_quick
    questions = asked.draft.required() if is_quick else asked.draft.asked()
    group = [q.slug for q in questions if is_quick or q.rules["part"] == part]
    if asked.question.slug not in group:
        return part
    place = f"uestion {group.index(asked.question.slug) + 1} of {len(group)}"
    return f"Q{place}" if is_quick else f"{part} · q{place} in this part"


def _suggests_people(question: QuestionVersion) -> bool:
    rules = question.rules["fields"].values()
    return any(rule.get("people") or rule["kind"] == "rows" for rule in rules)


def names_near(person: User) -> list[str]:
    """Colleagues to suggest: those of the person's own department."""
    if person.department_id is None:
        return []
    colleagues = User.objects.filter(is_active=True, department=person.department_id)
    return list(colleagues.values_list("name", flat=True)[:MOST_NAMES])


def _sign_opened() -> str:
    return signing.dumps(timezone.now().timestamp(), salt=OPENED)


def opened_at(request: PortalRequest) -> datetime | None:
    """When the page that was posted had been opened; None if it doesn't say so credibly."""
    try:
        seconds = signing.loads(request.POST.get("opened", ""), salt=OPENED)
    except signing.BadSignature:
        return None
    return datetime.fromtimestamp(seconds, tz=UTC)


class Side(NamedTuple):
    """One of two answers that disagree."""

    lines: list[Line]
    saved_at: datetime | None
    hidden: list[tuple[str, str]]


def conflict_page(
    request: PortalRequest, asked: Asked, form: QuestionForm, stored: Answer
) -> HttpResponse:
    """Both texts with their times, and "Keep this one" under each (409)."""
    work, then = stored.work, request.POST.get("then", "")
    mine = Answer(work=work, slug=stored.slug, question=asked.question, value=form.as_typed())
    kept = [*_posted(mine.value), ("then", then), ("opened", request.POST.get("opened", ""))]
    context = {
        "question": asked.question,
        "work": work,
        "address": question_address(
            work.draft_key, stored.slug, from_check=came_from_check(request)
        ),
        "seen": stored.version,
        "theirs": Side(_lines(stored), stored.answered_at, _again(stored)),
        "mine": Side(_lines(mine), None, kept),
    }
    return render(request, "intake/ask/conflict.html", context, status=409)


def _lines(answer: Answer) -> list[Line]:
    told = Answer.Status(answer.status)
    lines = in_words(answer, now=timezone.now())
    return lines or [Line("", str(told.label) if told != Answer.Status.GIVEN else "Nothing")]


def _posted(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An answer as a form would post it."""
    return [pair for name, given in value.items() if given for pair in _pairs(name, given)]


def _pairs(name: str, given: Any) -> list[tuple[str, str]]:
    if not isinstance(given, list):
        return [(name, "on" if given is True else str(given))]
    return [(f"{name}_{key}", row[key]) for row in given for key in ("name", "part")]


def _again(stored: Answer) -> list[tuple[str, str]]:
    """The stored answer as it is posted to be kept: the same again is no conflict."""
    then = {Answer.Status.TOGETHER: "together", Answer.Status.BEGUN: "later"}
    return [*_posted(stored.value), ("then", then.get(Answer.Status(stored.status), "continue"))]
