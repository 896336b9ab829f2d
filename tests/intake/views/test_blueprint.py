"""The pages of a blueprint: both sides write, agree, compare and sign."""

import html
import re

import pytest
from django.urls import reverse

from intake.models import WorkRequest
from intake.services import blueprint, signing
from intake.states import State
from tests.factories.blueprint import begin, bring_to_blueprint, change, sign, text_of
from tests.factories.intake import bring_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(berlin):
    return berlin("2026-03-05 10:00")


@pytest.fixture
def together(work, analyst, silver, berlin):
    return bring_to_blueprint(work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00"))


@pytest.fixture
def begun(together, analyst, at):
    begin(together, analyst, at)
    return together


def words_of(response):
    """What the page says, without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", response.content.decode())))


def address(work, name="blueprint", *more):
    return reverse(f"intake:{name}", args=[work.reference, *more])


def test_the_choice_of_a_tier_leads_to_how_it_should_run(client, work, analyst, silver, berlin):
    work = bring_to(
        State.PROPOSED, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00")
    )
    client.force_login(work.requester)
    page = client.get(address(work, "proposal"))
    assert "checked" not in page.content.decode().split("<form method")[-1]
    chosen = {"proposal": work.current_proposal().pk, "tier": silver.pk, "reason": "Soon enough"}
    answer = client.post(address(work, "proposal"), chosen)
    assert answer["Location"] == address(work)
    offered = work.proposals.get()
    assert (offered.chosen, offered.suggested, offered.choice_reason) == (
        silver, silver, "Soon enough",
    )  # fmt: skip
    assert "Take the standard as it is" in client.get(address(work)).content.decode()
    client.post(address(work, "blueprint_start"), {"take": "yes"})
    work.refresh_from_db()
    assert work.state == State.RUNNING


def test_a_service_that_was_retired_meanwhile_says_so_and_keeps_the_choice(
    client, work, analyst, silver, berlin
):
    work = bring_to(
        State.PROPOSED, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00")
    )
    service = silver.version.service
    service.state = "retired"
    service.save(update_fields=["state"])
    client.force_login(work.requester)
    chosen = {"proposal": work.current_proposal().pk, "tier": silver.pk, "reason": "It fits us"}
    answer = client.post(address(work, "proposal"), chosen)
    assert answer.status_code == 422
    assert "was retired" in words_of(answer)
    assert "It fits us" in words_of(answer)


def test_both_sides_read_the_parts_and_an_outsider_learns_nothing(
    client, begun, requester, analyst, outsider
):
    for person, status in ((requester, 200), (analyst, 200), (outsider, 404)):
        client.force_login(person)
        assert client.get(address(begun)).status_code == status
    client.force_login(requester)
    said = words_of(client.get(address(begun)))
    assert "Written by Dana Reyes (parts 1, 2, 3, 4, 5, 6)" in said


def test_the_page_costs_the_same_for_many_comments(
    client, begun, requester, analyst, at, django_assert_max_num_queries
):
    for number in range(20):
        blueprint.comment(begun, "end", text=f"Point {number}", actor=analyst, at=at)
    client.force_login(requester)
    # session, person, request, counts, state of the page, versions, parts, ticks, talk, answers
    with django_assert_max_num_queries(32):
        client.get(address(begun))


def test_a_part_is_edited_with_rows_and_a_save_that_says_too_little_keeps_them(
    client, begun, requester
):
    client.force_login(requester)
    client.post(address(begun, "blueprint_begin", "steps"))
    page = address(begun, "blueprint_part", "steps")
    seen = text_of(begun, "steps").pk
    row = {"from-0": "", "what-0": "the plan", "to-0": "Dana", "amount-0": "2", "unit-0": "days",
           "lane-0": "requester", "key-0": "plan"}  # fmt: skip
    lacking = client.post(page, {"seen": seen, "rows": "1", **row})
    assert lacking.status_code == 422
    assert "Enter who hands over" in words_of(lacking)
    more = client.post(page, {"seen": seen, "rows": "1", "more": "yes", **row})
    assert more.content.decode().count("<legend>Step") == 4
    client.post(page, {"seen": seen, "rows": "1", **row | {"from-0": "Ana"}})
    saved = text_of(begun, "steps").content["rows"]
    assert [(one["from"], one["amount"], one["key"]) for one in saved] == [("Ana", 2, "plan")]


def test_two_people_in_one_part_lose_nothing(client, begun, requester, analyst, at):
    seen = text_of(begun, "trigger").pk
    change(begun, "trigger", analyst, at, what="The plan is out")
    client.force_login(requester)
    page = address(begun, "blueprint_part", "trigger")
    answer = client.post(page, {"seen": seen, "what": "A truck is late"})
    assert answer.status_code == 409
    said = words_of(answer)
    assert "Dana Reyes saved another text meanwhile" in said
    assert "The plan is out" in said
    assert "A truck is late" in said
    newer = text_of(begun, "trigger").pk
    client.post(page, {"seen": newer, "what": "A truck is late"})
    assert text_of(begun, "trigger").content["what"] == "A truck is late"


def test_the_soft_lock_is_told_to_the_other_side(client, begun, requester, analyst):
    client.force_login(analyst)
    client.post(address(begun, "blueprint_begin", "end"))
    client.force_login(requester)
    assert "Dana Reyes is editing since" in words_of(client.get(address(begun)))


def test_show_change_marks_words_for_eyes_and_ears(client, begun, requester, analyst, at):
    for person in (requester, analyst):
        blueprint.agree(begun, "end", seen=text_of(begun, "end").pk, actor=person, at=at)
    change(begun, "end", analyst, at, rows=[{"text": "The range is agreed with the sponsor"}])
    client.force_login(requester)
    assert "Look again before you agree" in words_of(client.get(address(begun)))
    page = client.get(address(begun, "blueprint_changes", "end")).content.decode()
    assert '<del><span class="visually-hidden">removed: </span>' in page
    assert '<ins><span class="visually-hidden">added: </span>sponsor</ins>' in page


def test_signing_names_what_is_missing_then_takes_a_tick(client, begun, requester, analyst, at):
    client.force_login(requester)
    change(begun, "end", analyst, at, rows=[])
    page = address(begun, "blueprint_sign")
    assert "Write at least one sentence that can be ticked" in words_of(client.get(page))
    change(begun, "end", analyst, at, rows=[{"text": "The range is agreed"}])
    read = client.get(page).context["form"].initial
    assert client.post(page, read).status_code == 422
    change(begun, "trigger", analyst, at, what="The plan is out")
    stale = client.post(page, read | {"agree": "on"})
    assert stale.status_code == 409
    assert "Version 1 changed since you read it" in words_of(stale)
    client.post(page, stale.context["form"].initial | {"agree": "on"})
    sign(begun, analyst, at)
    assert WorkRequest.objects.get(pk=begun.pk).state == State.RUNNING
    client.post(page, read | {"agree": "on"})  # an old page leads back and changes nothing


def test_versions_are_read_compared_and_printed(client, begun, requester, analyst, at):
    sign(begun, requester, at)
    sign(begun, analyst, at)
    signing.propose_change(begun, reason="Too tight", actor=requester, at=at)
    change(begun, "trigger", requester, at, what="The new plan is out")
    client.force_login(requester)
    found = words_of(client.get(address(begun, "blueprint_compare", 1, 2)))
    assert "words added" in found
    assert "2 Steps and handoffs: unchanged" in found
    first = words_of(client.get(address(begun, "blueprint_version", 1)))
    assert f"{begun.reference}, version 1, printed" in first
    assert "A new forecast is due" in first
    assert client.get(address(begun, "blueprint_version", 7)).status_code == 404


def test_a_step_is_marked_done_from_the_page(client, begun, requester, analyst, at):
    sign(begun, requester, at)
    sign(begun, analyst, at)
    begun = WorkRequest.objects.get(pk=begun.pk)
    step = begun.blueprint.duties.get()
    client.force_login(requester)
    assert "Handed over" in words_of(client.get(address(begun)))
    client.post(address(begun, "blueprint_step", step.pk))
    step.refresh_from_db()
    assert step.done_by == requester
