"""Looking after the rules: figures, the test box, and a change that takes two people."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from intake.forms.rules import RulesForm
from intake.models import RulesVersion
from intake.reframe.rules import document_of_the_file
from intake.services import reframing, rules
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db
EDIT = "/manage/rules/edit/"


def form_data(**changes: str) -> dict[str, str]:
    form = RulesForm(document=document_of_the_file())
    data = {name: str(field.initial or "") for name, field in form.fields.items()}
    return data | {"base": "5", "note": "Nouns that were missed", "do": "propose"} | changes


@pytest.fixture
def proposed(client, administrator):
    """Rules 6: one more noun, proposed by the administrator."""
    client.force_login(administrator)
    lexicon = document_of_the_file()["lexicon"]["tool"]
    client.post(EDIT, form_data(**{"lexicon.tool": f"{lexicon}|tablets?"}))
    return RulesVersion.objects.get()


def address(version):
    return reverse("intake:rules_version", args=[version.number])


def test_the_page_shows_every_set_and_what_a_text_would_give(client, lead):
    client.force_login(lead)
    text = client.get("/manage/rules/", {"text": "We need a dashboard."}).content.decode()
    assert "blind-5" in text
    assert "Above the gate" in text
    assert "<mark>need a dashboard</mark>" in text
    assert "Rule S1" in text


def test_only_administrators_and_leads_come_in(client, analyst, sponsor, requester):
    for person in (analyst, sponsor, requester):
        client.force_login(person)
        assert client.get("/manage/rules/").status_code == 403
        assert client.post(EDIT, form_data()).status_code == 403


def test_trying_a_change_measures_it_and_keeps_nothing(client, administrator):
    client.force_login(administrator)
    data = form_data(**{"rules.S1": "", "do": "try", "note": "", "text": "We need a dashboard."})
    text = client.post(EDIT, data).content.decode()
    assert "Could not be published" in text
    assert "Worse than before" in text
    assert not RulesVersion.objects.exists()


def test_one_proposes_another_publishes_and_the_new_rules_hold(client, proposed, lead):
    give = "We need tablets for the shop floor."
    assert client.post(address(proposed), {"do": "publish"}).status_code == 409
    assert rules.rules_in_force().version == 5
    client.force_login(lead)
    page = client.get(address(proposed)).content.decode()
    assert "tablets?" in page
    assert client.post(address(proposed), {"do": "publish"}).status_code == 302
    in_force = rules.rules_in_force()
    assert in_force.version == 6
    assert rules.level_fields(give, in_force) == {"solution_level": 3, "solution_rules": 6}
    assert "Published" in client.get("/manage/rules/").content.decode()


def test_the_database_too_wants_a_second_person(proposed, administrator, berlin):
    with pytest.raises(PermissionDenied):
        rules.publish(proposed, actor=administrator, at=berlin("2026-03-02 10:00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        RulesVersion.objects.update(state="published", decided_by=administrator)


def test_below_the_gate_nobody_publishes(client, administrator, lead):
    client.force_login(administrator)
    client.post(EDIT, form_data(**{"rules.S1": ""}))
    version = RulesVersion.objects.get()
    client.force_login(lead)
    answer = client.post(address(version), {"do": "publish"})
    assert answer.status_code == 422
    assert "must stay at 1.00" in answer.content.decode()
    assert rules.rules_in_force().version == 5


def test_a_proposal_based_on_older_rules_is_refused(client, proposed, lead, administrator):
    client.force_login(administrator)
    client.post(EDIT, form_data(**{"lexicon.data": "exports?"}, note="Another change"))
    other = RulesVersion.objects.order_by("number").last()
    client.force_login(lead)
    client.post(address(proposed), {"do": "publish"})
    answer = client.post(address(other), {"do": "publish"})
    assert answer.status_code == 409
    assert "since this was proposed" in answer.content.decode()
    assert client.post(EDIT, form_data()).status_code == 409


def test_a_proposal_can_be_taken_back(client, proposed):
    client.post(address(proposed), {"do": "withdraw"})
    proposed.refresh_from_db()
    assert proposed.state == RulesVersion.State.WITHDRAWN


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("rules.S1", "(open", "S1 is no regular expression"),
        ("guards.G1", r"(\w+\s?)+x", "G1 repeats a repetition"),
        ("rules.S9", r"(?:a|a)(?:a|a)" * 12 + "$", "S9 takes too long|S9 can"),
        ("parts.NP", "{NOTHING}", "parts NP {NOTHING} is no lexicon"),
        ("questions.report", "Only one?", "questions report has two required"),
        ("generic.title_words", "many", "title_words must be a whole number"),
        ("new_id", "S1", "There is a rule of this name"),
        ("note", "", "Enter why this change is made"),
        ("rules.S2", "a\x00b", "Take out the character"),
    ],
)
def test_bad_input_is_explained_and_kept(client, administrator, field, typed, said):
    client.force_login(administrator)
    answer = client.post(EDIT, form_data(**{field: typed}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert any(words in text for words in said.split("|"))
    assert not RulesVersion.objects.exists()


def test_analysts_labels_become_sets_of_their_months(requester, policies, analyst, berlin):
    at = berlin("2026-03-02 10:00")
    work = make_work(requester, at, need="We need a dashboard for the steering group.")
    reframing.label_solution(work, is_solution=False, actor=analyst, at=at)
    found = rules.figures_in_force()["analysts 2026-03"]
    assert (found.count, found.false_alarms) == (1, 1)
    name, judged = rules.gate_set(rules.figures_in_force())
    assert (name, judged.count) == ("all sets but design and plain", 219)
