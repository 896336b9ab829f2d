"""Looking after the questions: a new version on saving, a preview, and bad input in clear words."""

import pytest

from intake.forms.questions import QuestionEditForm
from intake.models import QuestionVersion
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db
WHO = "/manage/questions/who/"


def current(slug: str = "who") -> QuestionVersion:
    return QuestionVersion.objects.current().get(slug=slug)


def data_of(slug: str = "who", **changes: object) -> dict[str, object]:
    form = QuestionEditForm(None, question=current(slug))
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    given = {name: value for name, value in data.items() if value not in (None, False)}
    return given | {"do": "save"} | changes


@pytest.fixture
def keeper(client, lead):
    client.force_login(lead)
    return client


def test_every_question_stands_in_its_lane_and_leads_to_its_form(keeper):
    text = keeper.get("/manage/questions/").content.decode()
    for slug in ("need", "kind", "quick", "who", "success"):
        assert f"/manage/questions/{slug}/" in text


@pytest.mark.parametrize("slug", ["need", "quick", "success", "when"])
def test_saving_without_a_change_keeps_words_and_rules(keeper, slug):
    before = current(slug)
    assert keeper.post(f"/manage/questions/{slug}/", data_of(slug)).status_code == 302
    after = current(slug)
    assert after.number == before.number + 1
    assert after.words == before.words
    assert after.rules == before.rules | {"seconds": before.rules.get("seconds", 30)}
    assert after.position == before.position


def test_a_new_wording_holds_from_now_on_and_old_answers_keep_theirs(keeper, work, requester):
    old = work.answers.select_related("question").get(slug="who").question
    keeper.post(WHO, data_of(label="Who works with it?", **{"who.max": 150}))
    new = current()
    assert (new.words["label"], new.rules["fields"]["who"]["max"]) == ("Who works with it?", 150)
    kept = work.answers.select_related("question").get(slug="who").question
    assert kept == old
    assert kept.words["label"] == "Who will use the result?"
    assert "Who works with it?" in keeper.get("/manage/questions/").content.decode()


def test_the_preview_shows_it_as_a_requester_would_see_it_and_keeps_nothing(keeper):
    data = data_of(label="Who works with it?", examples="our buyers\nthe board", do="preview")
    text = keeper.post(WHO, data).content.decode()
    assert "As a requester sees it" in text
    assert "<li>the board</li>" in text
    assert current().number == 1


def test_a_question_can_be_put_in_another_place(keeper):
    before = [q.slug for q in QuestionVersion.objects.current()]
    keeper.post(WHO, data_of(position=current("decision").position + 1))
    after = [q.slug for q in QuestionVersion.objects.current()]
    assert after != before
    assert after.index("who") == after.index("decision") + 1
    places = list(QuestionVersion.objects.current().values_list("position", flat=True))
    assert len(set(places)) == len(places)


@pytest.mark.parametrize(
    ("slug", "changes", "said"),
    [
        ("who", {"label": " "}, "Enter these words"),
        ("who", {"label": "x" * 201}, "200"),
        ("who", {"hint": "By {tomorrow}"}, "{tomorrow} is not known here"),
        ("who", {"who.max": "2"}, "The most must not be less than the least"),
        ("who", {"who.max": ""}, "Enter how long an answer may be"),
        ("who", {"who.max": "many"}, "Enter a whole number"),
        ("who", {"position": "0"}, "Enter a place from 1 to 99"),
        ("who", {"lanes": ["consult"], "required": ["order"]}, "only be required where"),
        ("need", {"required": []}, "It stays required"),
        ("decision", {"hard.only_if": "nothing = ticked"}, "Write a field"),
        ("who", {"error.who.empty": ""}, "Enter these words"),
        ("who", {"why": "a\x00b"}, "Take out the character"),
    ],
)
def test_bad_input_is_explained_beside_the_field(keeper, slug, changes, said):
    answer = keeper.post(f"/manage/questions/{slug}/", data_of(slug, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert current(slug).number == 1


def test_a_version_published_meanwhile_is_a_conflict_and_nothing_is_lost(keeper):
    stale = data_of(label="Who works with it?")
    keeper.post(WHO, data_of(label="Who needs it?"))
    answer = keeper.post(WHO, stale)
    assert answer.status_code == 409
    assert "Who works with it?" in answer.content.decode()
    assert current().words["label"] == "Who needs it?"


def test_only_administrators_and_leads_come_in(client, analyst, requester):
    for person in (analyst, requester):
        client.force_login(person)
        assert client.get("/manage/questions/").status_code == 403
        assert client.post(WHO, {}).status_code == 403


def test_a_question_that_is_not_there_is_not_found(keeper, requester, policies, berlin):
    make_work(requester, berlin("2026-03-02 10:00"))
    assert keeper.get("/manage/questions/none/").status_code == 404
