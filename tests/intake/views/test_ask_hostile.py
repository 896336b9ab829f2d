"""Whatever is sent to the questions: never a 500, never live markup, and no typed text is lost."""

from html import escape
from uuid import uuid4

import pytest

from intake.models import Answer, WorkRequest
from intake.services.questions import starter_questions
from tests.factories.intake import make_draft
from tests.intake.views.ask_client import FULL, NEED, Asker

pytestmark = pytest.mark.django_db

HOSTILE = {
    "spaces": "   \n\t ",
    "long": "word " * 8_000,
    "nul": "Suppliers are late\x00 every single week",
    "control": "Suppliers\x07\x1b[31m are late\u202e every single week",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)> for the board",
    "template": "{{ 7|add:7 }}{% now 'Y' %} {reply} {0} %(max)s for the board",
    "emoji": "🚚🚚 trucks leave half empty, as ever 🚚",
    "digits": "9" * 30,
    "date": "0000-00-00",
    "far date": "99999-12-31",
}
FIELDS = [
    (question["slug"], name)
    for question in starter_questions()
    for name in question["rules"]["order"]
]


@pytest.fixture
def ana(requester, policies):
    return Asker(requester)


@pytest.fixture
def draft(requester, policies, berlin):
    answers = FULL | {"when": {"when": "urgent", "date": ""}}
    return make_draft(requester, berlin("2026-03-02 10:00"), answers)


def allowed(response):
    """A redirect, or the form again; never the sign of a crash."""
    return response.status_code in (302, 409, 422)


@pytest.mark.parametrize(("slug", "name"), FIELDS)
def test_no_text_in_any_field_breaks_a_question(ana, draft, slug, name):
    if slug == "quick":
        WorkRequest.objects.filter(pk=draft.pk).update(lane="order", kind="question")
    for text in HOSTILE.values():
        for then in ("continue", "together"):
            typed = FULL.get(slug, {}) | {name: text}
            assert allowed(ana.answer(draft, slug, then=then, **typed)), text[:40]


@pytest.mark.parametrize(("slug", "name"), FIELDS)
def test_whatever_is_put_aside_can_be_opened_again(ana, draft, slug, name):
    if slug == "quick":
        WorkRequest.objects.filter(pk=draft.pk).update(lane="order", kind="question")
    for text in HOSTILE.values():
        assert allowed(ana.answer(draft, slug, then="later", **{name: text})), text[:40]
    assert ana.open("check", draft).status_code == 200
    assert ana.open("question", draft, slug).status_code == 200


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_breaks_the_first_question(ana, text):
    page = ana.client.post(f"/ask/need/?key={uuid4()}", {"need": text, "then": "continue"})
    assert allowed(page)
    later = ana.client.post(f"/ask/need/?key={uuid4()}", {"need": text, "then": "later"})
    assert later.status_code == 302
    assert ana.client.get("/ask/").status_code == 200


@pytest.mark.parametrize(
    ("slug", "name", "text"),
    [
        ("need", "need", "Too short"),
        ("need", "need", "late again, " * 200),
        ("decision", "decision", "whether to move the launch, " * 20),
        ("who", "who", "our buyers and planners " * 20),
        ("success", "different", "less"),
    ],
)
def test_what_was_typed_stands_in_the_form_after_an_error(ana, draft, slug, name, text):
    page = ana.answer(draft, slug, **{name: text})
    assert page.status_code == 422
    assert escape(text) in page.content.decode()
    assert Answer.objects.get(work=draft, slug=slug).value == FULL[slug]


def test_markup_is_shown_as_text(ana, draft):
    typed = "Late <script>alert(1)</script> & <b>loud</b> suppliers"
    ana.answer(draft, "need", need=typed)
    for name in ("draft", "check"):
        body = ana.open(name, draft).content.decode()
        assert "<script>alert" not in body
        assert "<b>loud" not in body
    ana.answer(draft, "urgent", waits="Whether to stop", happens="We lose a day")
    ana.send(draft)
    assert "<script>alert" not in ana.open("sent", draft).content.decode()


@pytest.mark.parametrize("seen", ["", "-1", "9" * 30, "1.5", "٣", "\x00", "abc"])
def test_a_forged_version_is_at_most_a_conflict(ana, draft, seen):
    page = ana.client.post(
        ana.address("question", draft, "who"), {"who": "Our buyers", "seen": seen}
    )
    assert page.status_code == 409
    assert Answer.objects.get(work=draft, slug="who").value == FULL["who"]


@pytest.mark.parametrize("key", ["abc", "9" * 30, "../../etc", "%F0%9F%9A%9A", ""])
def test_a_key_that_is_none_begins_anew(ana, key):
    page = ana.client.get(f"/ask/need/?key={key}")
    assert page.status_code == 302
    assert page["Location"].startswith("/ask/need/?key=")


def test_a_key_that_opens_no_draft_is_no_page(ana):
    key = uuid4()
    for name in ("draft", "check", "sent", "calendar"):
        assert ana.open(name, key).status_code == 404
    assert ana.open("question", key, "need").status_code == 404
    assert ana.client.post(ana.address("question", key, "need"), {"need": NEED}).status_code == 404
    for address in ("/ask/123/", f"/ask/{key}x/", "/ask/no-such-draft/check/"):
        assert ana.client.get(address).status_code == 404


@pytest.mark.parametrize("query", ["?from=elsewhere", "?from=https://evil.example", "?from="])
def test_nobody_is_sent_elsewhere(ana, draft, query):
    page = ana.answer(draft, "limit", query=query, limit="risk")
    assert page["Location"].startswith("/ask/")


def test_only_posts_change_anything(ana, draft, django_assert_max_num_queries):
    before = list(Answer.objects.values())
    for name in ("draft", "check", "delete"):
        ana.open(name, draft)
    ana.client.get(ana.address("question", draft, "who"), {"who": "Somebody"})
    assert ana.client.put(ana.address("question", draft, "who")).status_code == 405
    assert ana.client.post("/ask/").status_code == 405
    assert list(Answer.objects.values()) == before


def test_every_post_needs_its_token(requester, draft):
    asker = Asker(requester)
    asker.client.handler.enforce_csrf_checks = True
    for name in ("check", "delete"):
        assert asker.client.post(asker.address(name, draft)).status_code == 403
    assert asker.answer(draft, "who", who="Our buyers").status_code == 403
    draft.refresh_from_db()
    assert draft.is_draft
