"""What a run needs to know of the portal, found inside it: sign-ins, addresses, forms, queries.

Run as `python -m bench.inside_portal '{"drafts": 100}'` with the portal's settings.
"""

from __future__ import annotations

import json
import re
import sys
from html import unescape
from typing import Any
from uuid import uuid4

import django
from django.conf import settings

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from intake.models import Answer, QuestionVersion, WorkRequest  # noqa: E402
from intake.services import submission  # noqa: E402
from intake.states import OPEN  # noqa: E402
from pmo_portal.volume.words import RARE  # noqa: E402
from sla.models import Clock, Subject  # noqa: E402

DEEP = 100
DETAILS = 20
CSRF = "b" * 32
ANSWERS: dict[str, dict[str, Any]] = {
    "need": {"need": "Supplier delays reach us after the trucks are booked. We pay for air."},
    "kind": {"kind": "better"},
    "who": {"who": "The three plant managers"},
    "decision": {"decision": "How many trucks to book for the week"},
    "decider": {"decider": "The plant managers", "rhythm": "week", "next_on": ""},
    "limit": {"limit": "time", "last_time": ""},
    "success": {"different": "We book only trucks that leave full"},
    "when": {"when": "none", "date": "", "reason": ""},
}


def main() -> None:
    given = json.loads(sys.argv[1])
    analyst, asker = person("pmo0@"), person("asker0@")
    pages = addresses(analyst)
    drafts = prepare_drafts(asker, given["drafts"])
    # Requests in other states ask for other things: what the most costly one takes.
    counted = {name: max(queries(analyst, path) for path in pages[name]) for name in pages}
    if drafts:
        signed_in(asker).post(drafts.pop())
        counted["submit"] = queries(asker, drafts.pop(), body=True)
    told = {
        "analyst": cookies(analyst),
        "asker": cookies(asker),
        "pages": pages,
        "drafts": drafts,
        "queries": counted,
        "rows": {"requests": WorkRequest.objects.count(), "clocks": Clock.objects.count()},
        "open": WorkRequest.objects.filter(state__in=OPEN).count(),
    }
    json.dump(told, sys.stdout)


def person(start: str) -> User:
    return User.objects.get(email__startswith=start)


def signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return client


def cookies(user: User) -> dict[str, str]:
    """A session of this person, and a token for forms."""
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    return {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: CSRF}


def addresses(analyst: User) -> dict[str, list[str]]:
    """The pages by name: the queue first, filtered and deep, a search, and request pages."""
    client = signed_in(analyst)
    queue = reverse("intake:queue")
    first = f"{queue}?view=all"
    return {
        "queue": [first],
        "filtered": [f"{first}&lane=consult"],
        "deep": [deep(client, first)],
        "search": [f"{first}&q={RARE}"],
        "detail": [reverse("intake:request_detail", args=[work.reference]) for work in spread()],
        "triage": [reverse("intake:triage_detail", args=[work.reference]) for work in spread()],
        "board": [reverse("board")],
        "month": [reverse("board_month")],
    }


def deep(client: Client, first: str) -> str:
    """The address of a page far behind the first, reached as a person would."""
    queue, address = reverse("intake:queue"), first
    for _ in range(DEEP):
        link = next_page(client.get(address).content.decode(), queue)
        if not link:
            break
        address = link
    return address


def next_page(page: str, queue: str) -> str:
    """Where the link to the next page of the queue leads; empty on the last one."""
    for link in re.findall(r'<a[^>]*rel="next"[^>]*>', page):
        found = re.search(r'href="([^"]+)"', link)
        address = unescape(found[1]) if found else ""
        address = queue + address if address.startswith("?") else address
        if address.startswith(f"{queue}?"):
            return address
    return ""


def spread() -> list[WorkRequest]:
    """Open requests from the whole queue."""
    works = WorkRequest.objects.filter(state__in=OPEN, analyst__isnull=False).order_by("id")
    step = max(works.count() // DETAILS, 1)
    return list(works[::step][:DETAILS])


def queries(user: User, path: str, *, body: bool = False) -> int:
    """SQL queries of one page, once what a process reads only once is read."""
    client = signed_in(user)
    if not body:
        client.get(path)
    with CaptureQueriesContext(connection) as seen:
        answer = client.post(path) if body else client.get(path)
    if answer.status_code not in (200, 302):
        raise SystemExit(f"{path} answers {answer.status_code}")
    # Where a transaction begins and ends is no question to the database.
    return len([one for one in seen if not one["sql"].startswith(("BEGIN", "COMMIT"))])


def prepare_drafts(asker: User, number: int) -> list[str]:
    """Drafts of the full lane with all answers, and the addresses that send them."""
    if not number:
        return []
    model = one_draft(asker)
    answers = list(model.answers.all())
    made = [copy_of(model) for _ in range(number)]
    subjects = Subject.objects.bulk_create(Subject(kind="request") for _ in made)
    for work, subject in zip(made, subjects, strict=True):
        work.subject = subject
    WorkRequest.objects.bulk_create(made, batch_size=500)
    Answer.objects.bulk_create(
        (copy_of(answer, work=work) for work in made for answer in answers), batch_size=1_000
    )
    return [reverse("intake:ask_check", args=[work.draft_key]) for work in made]


def one_draft(asker: User) -> WorkRequest:
    at = timezone.now()
    work = submission.start_draft(requester=asker, actor=asker, at=at)
    questions = {question.slug: question for question in QuestionVersion.objects.current()}
    for slug, value in ANSWERS.items():
        submission.save_answer(work, questions[slug], value=value, actor=asker, at=at)
    return WorkRequest.objects.get(pk=work.pk)


def copy_of(row: Any, **changes: Any) -> Any:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    values.pop("id")
    if "draft_key" in values:
        values["draft_key"] = uuid4()
    for name, value in changes.items():
        values[f"{name}_id"] = value.pk
    return type(row)(**values)


if __name__ == "__main__":
    main()
