"""Walking through the questions as a person does, by their pages."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from intake.models import Answer, WorkRequest
from tests.factories.intake import FULL, NEED, QUICK

__all__ = ["FULL", "NEED", "QUICK", "Asker"]


class Asker:
    """A signed-in person in front of the journey."""

    def __init__(self, person: User) -> None:
        self.person = person
        self.client = Client()
        self.client.force_login(person)

    def begin(self, text: str = NEED, query: str = "", **more: Any) -> WorkRequest:
        """Answer the first question; return the draft that it opened."""
        first = self.client.get(f"{reverse('intake:ask_first')}{query}")
        self.client.post(first["Location"], {"need": text, "then": "continue", **more})
        return WorkRequest.objects.filter(requester=self.person).latest("pk")

    def open(self, name: str, work: WorkRequest, *args: Any, query: str = "") -> HttpResponse:
        return self.client.get(self.address(name, work, *args) + query)

    def answer(
        self, work: WorkRequest, slug: str, *, query: str = "", then: str = "continue", **value: Any
    ) -> HttpResponse:
        """Post one question, based on the answer as it is stored."""
        stored = Answer.objects.filter(work=work, slug=slug).first()
        posted = {"seen": stored.version if stored else 0, "then": then} | value
        address = self.address("question", work, slug) + query
        return self.client.post(
            address, {name: text for name, text in posted.items() if text != ""}
        )

    def answer_all(self, work: WorkRequest, answers: dict[str, dict[str, Any]]) -> None:
        for slug, value in answers.items():
            if slug != "need":
                assert self.answer(work, slug, **value).status_code == 302, slug

    def send(self, work: WorkRequest) -> HttpResponse:
        return self.client.post(self.address("check", work))

    @staticmethod
    def address(name: str, work: WorkRequest | UUID, *args: Any) -> str:
        key = work.draft_key if isinstance(work, WorkRequest) else work
        return reverse(f"intake:ask_{name}", args=[key, *args])


def words(response: HttpResponse) -> str:
    """What a page says, without its tags and in single spaces."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.S)
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", main[0] if main else "")
    for sign, plain in {"&quot;": '"', "&#x27;": "'", "&amp;": "&"}.items():
        text = text.replace(sign, plain)
    return re.sub(r"\s+([.,:;])", r"\1", " ".join(text.split()))


def title(response: HttpResponse) -> str:
    found = re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)
    return " ".join(found[1].split()) if found else ""
