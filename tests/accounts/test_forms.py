"""How every form of the portal behaves."""

import re

import pytest
from django import forms
from django.template import Context, Template

from accounts.forms import PortalForm
from tests.pages import Page


class Question(PortalForm):
    heading_field = "need"
    need = forms.CharField(
        label="What is going on?",
        help_text="As you would tell a colleague",
        widget=forms.Textarea,
        max_length=50,
        error_messages={"required": "Enter what is going on"},
    )
    limit = forms.ChoiceField(
        label="Which limit hurts most?",
        widget=forms.RadioSelect,
        choices=[("time", "Time"), ("cost", "Cost")],
        error_messages={"required": "Select which limit hurts most"},
    )
    is_unsure = forms.BooleanField(label="I am not sure yet", required=False)


def rendered(form: forms.Form) -> str:
    template = Template("<title></title>{% load crispy_forms_tags %}{% crispy form %}")
    return template.render(Context({"form": form}))


def test_a_field_reads_label_hint_error_control() -> None:
    html = rendered(Question({"need": ""}))
    places = [
        html.index(part)
        for part in ("<label", 'id="id_need_helptext"', 'id="id_need_error"', "<textarea")
    ]
    assert places == sorted(places)
    area = Page(html).having("textarea")[0]
    assert (area["aria-describedby"] or "").split() == ["id_need_helptext", "id_need_error"]
    assert "*" not in re.sub(r"<[^>]*>", "", html)


def test_the_heading_fields_label_is_the_pages_heading() -> None:
    html = rendered(Question())
    assert re.search(
        r'<h1 class="question"><label for="id_need">What is going on\?</label></h1>', html
    )
    assert html.count("<h1") == 1


def test_the_summary_links_to_each_control_and_the_first_of_a_group() -> None:
    html = rendered(Question({"need": ""}))
    links = [attrs["href"] for attrs in Page(html).having("a")]
    assert links == ["#id_need", "#id_limit_0"]
    assert Page(html).having("input", id="id_limit_0", type="radio")
    assert not Page(html).having("input", checked="")


def test_a_form_brings_no_tag_token_or_browser_bubbles_of_its_own() -> None:
    html = rendered(Question())
    assert "<form" not in html
    assert "csrfmiddlewaretoken" not in html
    assert " required" not in html


def test_too_long_is_said_and_never_cut() -> None:
    page = Page(rendered(Question()))
    assert page.having("textarea", **{"data-limit": "50"})
    assert not any("maxlength" in attrs for _, attrs in page.tags)


def test_a_summary_elsewhere_is_not_shown_twice() -> None:
    form = Question({"need": ""})
    form.summary_elsewhere = True
    assert "error-summary" not in rendered(form)


@pytest.mark.parametrize("mark", ["\x01", "\x1f", "\x7f", "\x85", "\u202e", "\u2066"])
def test_control_characters_are_taken_out_of_text(mark: str) -> None:
    form = Question({"need": f"Late{mark} again", "limit": "time"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["need"] == "Late again"


def test_line_ends_count_as_one_character() -> None:
    text = "\r\n".join(["a"] * 25)
    form = Question({"need": text, "limit": "time"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["need"] == "\n".join(["a"] * 25)


def test_nul_is_refused_in_words() -> None:
    form = Question({"need": "late\x00again", "limit": "time"})
    assert form.errors["need"] == ["Take out the character that can't be shown"]


def test_typed_markup_stays_text() -> None:
    html = rendered(Question({"need": "<script>alert(1)</script>" * 4}))
    assert "<script" not in html
