"""From the task list to the confirmation: what is open, check, send, or delete (ux.md 5.2)."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar, Event

from accounts.forms import Problem
from accounts.http import PortalRequest
from accounts.moment import database_now
from intake import policies
from intake.forms.ease import EaseForm
from intake.models import Answer, Attachment, QuestionVersion, WorkRequest
from intake.services import ease, submission
from intake.services.answers import Line, in_words, is_open
from intake.services.drafts import Draft, Part
from intake.services.lifecycle import ConflictError
from intake.services.understanding import understood
from intake.views.ask import draft_or_404
from intake.views.ask_pages import question_address
from sla.business_time import add_working_time
from sla.models import Clock
from sla.services import hours

# The questions that take files.
FILES = frozenset({"files", "quick"})
NOT_YET, COMPLETED = "Not started yet", "Completed"
TOGETHER, IN_PROGRESS = Answer.Status.TOGETHER, Answer.Status.BEGUN
STATUS_KINDS = {NOT_YET: "open", IN_PROGRESS.label: "started", TOGETHER.label: "together"}
PMO_ONLY = "pmo_only"
# How long the entry in a calendar lasts.
ENTRY = timedelta(minutes=15)


class Task(NamedTuple):
    """One row of the task list."""

    question: QuestionVersion
    address: str
    status: str
    kind: str


class TaskPart(NamedTuple):
    title: str
    status: str
    tasks: list[Task]


@login_required
@require_safe
def tasks(request: PortalRequest, key: UUID) -> HttpResponse:
    """The task list of the full lane; in the quick lane, on to what is open."""
    draft = draft_or_404(request, key)
    if not draft.work.is_draft:
        return redirect("intake:ask_sent", key)
    missing = draft.missing()
    if draft.work.is_quick or "kind" not in draft.answers:
        return redirect(question_address(key, missing[0].slug) if missing else _check(key))
    required = draft.required()
    context = {
        "work": draft.work,
        "parts": [_task_part(draft, part) for part in draft.parts()],
        "shared": _shared(draft),
        "may_send": policies.can_end_draft(request.user, draft.work),
        "needed": len(required),
        "done": len(required) - len(missing),
    }
    return render(request, "intake/ask/tasks.html", context)


def _shared(draft: Draft) -> list[str]:
    """Who else may add to it."""
    joined = draft.work.participants.order_by("id")
    return list(joined.values_list("person__name", flat=True))


def _check(key: UUID) -> str:
    return reverse("intake:ask_check", args=[key])


def _task_part(draft: Draft, part: Part) -> TaskPart:
    found = [_task(draft, question) for question in part.questions]
    return TaskPart(part.title, _part_status({task.status for task in found}), found)


def _task(draft: Draft, question: QuestionVersion) -> Task:
    status = _status(draft.answers.get(question.slug))
    address = question_address(draft.work.draft_key, question.slug)
    return Task(question, address, status, STATUS_KINDS.get(status, ""))


def _status(answer: Answer | None) -> str:
    if answer is None:
        return NOT_YET
    told = Answer.Status(answer.status)
    return str(told.label) if told in (TOGETHER, IN_PROGRESS) else COMPLETED


def _part_status(statuses: set[str]) -> str:
    """A part is completed when nothing in it is open; what we do together is not open."""
    if statuses <= {COMPLETED, TOGETHER.label}:
        return COMPLETED if COMPLETED in statuses else str(TOGETHER.label)
    return NOT_YET if statuses == {NOT_YET} else str(IN_PROGRESS.label)


class Row(NamedTuple):
    """One row of the check page."""

    question: QuestionVersion
    address: str
    lines: list[Line]
    files: list[Attachment]
    is_missing: bool
    is_open: bool
    is_begun: bool
    is_kept: bool = False


class CheckPart(NamedTuple):
    title: str
    rows: list[Row]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PortalRequest, key: UUID) -> HttpResponse:
    """Everything on one page, with a way back to each answer; the button sends."""
    draft = draft_or_404(request, key)
    if not draft.work.is_draft:
        return redirect("intake:ask_sent", key)
    if request.method == "POST":
        return _send(request, draft)
    return _check_page(request, draft)


def _send(request: PortalRequest, draft: Draft) -> HttpResponse:
    try:
        submission.submit(
            draft.work,
            actor=request.user,
            at=draft.read_at or database_now(),
            answers=list(draft.answers.values()),
            questions=draft.questions,
            terms=draft.terms,
            pmo_only=_kept_with_pmo(request, draft),
        )
    except submission.MissingAnswersError:
        return _check_page(request, draft, problems=_problems(draft), status=422)
    except ConflictError:
        return _after_conflict(request, draft.work.draft_key)
    return redirect("intake:ask_sent", draft.work.draft_key)


def _kept_with_pmo(request: PortalRequest, draft: Draft) -> set[str]:
    """The answers ticked to stay with the PMO; none where nobody asked for the ticks."""
    ticked = set(request.POST.getlist(PMO_ONLY)) if _is_delicate(draft) else set()
    return ticked & draft.answers.keys()


def _is_delicate(draft: Draft) -> bool:
    people = draft.answers.get("people")
    return people is not None and bool(people.get("delicate"))


def _after_conflict(request: PortalRequest, key: UUID) -> HttpResponse:
    """Pressed twice: the first one was sent. Else an answer changed meanwhile: check it again."""
    draft = draft_or_404(request, key)
    if not draft.work.is_draft:
        return redirect("intake:ask_sent", key)
    messages.warning(request, "An answer was changed in another window. Check it, then send.")
    return _check_page(request, draft, status=409)


def _problems(draft: Draft) -> list[Problem]:
    """The open questions as lines of the error summary, each leading to its page."""
    return [
        Problem(_change_address(draft, question), f"Answer {_inside(question.words['short'])}")
        for question in draft.missing()
    ]


def _change_address(draft: Draft, question: QuestionVersion) -> str:
    return question_address(draft.work.draft_key, question.slug, from_check=True)


def _inside(words: str) -> str:
    return words[:1].lower() + words[1:]


def _check_page(
    request: PortalRequest,
    draft: Draft,
    *,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    files = list(draft.work.attachments.order_by("pk")) if FILES & draft.answers.keys() else []
    kept = _kept_with_pmo(request, draft)
    answered = {q.slug: draft.answers[q.slug] for q in draft.asked() if draft.is_answered(q)}
    context = {
        "work": draft.work,
        "parts": [
            CheckPart(part.title, [_row(draft, q, files, kept, now) for q in part.questions])
            for part in draft.parts()
        ],
        "understood": understood(answered, title=draft.work.title, now=now),
        "missing": draft.missing(),
        "problems": problems,
        "may_send": policies.can_end_draft(request.user, draft.work),
        "is_delicate": _is_delicate(draft),
        "is_whole": bool(draft.work.lane) and not draft.work.is_quick,
    }
    return render(request, "intake/ask/check.html", context, status=status)


def _row(
    draft: Draft,
    question: QuestionVersion,
    files: list[Attachment],
    kept: set[str],
    now: datetime,
) -> Row:
    answer = draft.answers.get(question.slug)
    return Row(
        question,
        _change_address(draft, question),
        lines=in_words(answer, now=now, question=question) if answer else [],
        files=[file for file in files if file.question == question.slug],
        is_missing=question in draft.missing(),
        is_open=answer is not None and is_open(answer),
        is_begun=answer is not None and not draft.is_answered(question),
        is_kept=question.slug in kept,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: PortalRequest, key: UUID) -> HttpResponse:
    """The confirmation, the same whenever it is opened. A POST says how easy it was."""
    work = _sent_work(request, key)
    if work is None:
        return redirect("intake:ask_draft", key)
    form = EaseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ease.say(work, **form.cleaned_data, actor=request.user, at=database_now())
        messages.success(request, "Thank you. We read it.")
        return redirect("intake:ask_sent", key)
    dates = promised_dates(work)
    context = {
        "work": work,
        "reply_at": dates.get("first_reply"),
        "answer_at": dates.get("proposal"),
        "form": form,
        "problems": form.problems() if form.is_bound else [],
        "may_rate": policies.is_of(request.user, work) and not hasattr(work, "ease"),
    }
    status = 422 if form.errors else 200
    return render(request, "intake/ask/sent.html", context, status=status)


def _sent_work(request: PortalRequest, key: UUID) -> WorkRequest | None:
    """The request that the draft became; None while it is a draft."""
    work = draft_or_404(request, key).work
    return None if work.is_draft else work


def promised_dates(work: WorkRequest) -> dict[str, datetime | None]:
    """When the promises made on receipt fall due, by metric."""
    first = Clock.objects.filter(subject=work.subject, part="", cycle=1).with_terms()
    return {clock.metric: _due(clock) for clock in first}


def _due(clock: Clock) -> datetime | None:
    """A clock that doesn't run has no date of its own: then what it was promised for counts."""
    if clock.due_at or clock.started_at is None:
        return clock.due_at
    calendar = hours.timetable(clock.calendar).hours
    return add_working_time(calendar, clock.started_at, timedelta(seconds=clock.target_seconds))


@login_required
@require_safe
def calendar(request: PortalRequest, key: UUID) -> HttpResponse:
    """The first promise as an entry for the person's calendar."""
    work = _sent_work(request, key)
    due = promised_dates(work).get("first_reply") if work else None
    if work is None or due is None:
        raise Http404
    response = HttpResponse(_entry(request, work, due), content_type="text/calendar")
    response["Content-Disposition"] = f'attachment; filename="{work.reference}.ics"'
    return response


def _entry(request: PortalRequest, work: WorkRequest, due: datetime) -> bytes:
    address = request.build_absolute_uri(reverse("intake:ask_sent", args=[work.draft_key]))
    event = Event()
    event.add("uid", f"first-reply-{work.draft_key}@{request.get_host().split(':')[0]}")
    event.add("dtstamp", work.received_at)
    event.add("dtstart", due - ENTRY)
    event.add("dtend", due)
    event.add("summary", f"{work.reference}: a person from the PMO has replied")
    event.add("description", f"{work.title}\n{address}")
    event.add("url", address)
    entries = Calendar()
    entries.add("prodid", "-//PMO front door//EN")
    entries.add("version", "2.0")
    entries.add_component(event)
    return bytes(entries.to_ical())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, key: UUID) -> HttpResponse:
    """Say what goes with the draft, then delete it."""
    if request.method == "POST" and not WorkRequest.objects.filter(draft_key=key).exists():
        # Pressed twice.
        return redirect("intake:ask_start")
    draft = draft_or_404(request, key)
    if not draft.work.is_draft:
        return redirect("intake:ask_sent", key)
    if request.method == "POST":
        submission.discard(draft.work, actor=request.user, at=database_now())
        messages.success(request, "Your draft is deleted.")
        return redirect("intake:ask_start")
    return render(request, "intake/ask/delete.html", {"work": draft.work})
