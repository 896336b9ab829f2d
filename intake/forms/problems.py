"""Opening a problem, and closing it with the same words for all its requests."""

from typing import Any

from django import forms

from accounts.forms import PortalForm
from intake.forms.texts import text_field
from intake.forms.triage import EXPLANATION, LARGEST, TEXT, pick_one
from intake.models import Problem, UrgencyJudgement, Verdict
from intake.services.problems import Verdict as Words

ANSWER, DECLINE = "answer", "decline"


class OpenProblemForm(PortalForm):
    title = text_field(
        "The problem in one sentence",
        subject="The problem",
        missing="Enter the problem in one sentence",
        most=Problem._meta.get_field("title").max_length or 120,
        hint="What several requests are symptoms of",
        rows=1,
    )
    statement = text_field(
        "What is known of it (optional)", subject="What is known of it", most=TEXT, rows=4
    )


class CloseProblemForm(PortalForm):
    """One verdict for every request that waits for one."""

    summary_elsewhere = True
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST)
    verdict = pick_one(
        "How does it end?",
        ((ANSWER, "Answered: the same answer for all"), (DECLINE, "Not going ahead, for all")),
        "Select how it ends",
    )
    text = text_field(
        "What everybody reads",
        subject="What everybody reads",
        missing="Enter what everybody reads",
        most=TEXT,
        hint="The answer, or the explanation in your own words",
        rows=6,
    )
    reason = forms.ChoiceField(
        label="Reason, if it does not go ahead",
        choices=[("", "Select a reason"), *Verdict.Reason.choices],
        required=False,
    )
    alternative = text_field(
        "What can they do instead, if it does not go ahead?",
        subject="What they can do instead",
        most=TEXT,
        rows=3,
    )

    def __init__(self, *args: Any, asks_root: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_root:
            self.fields["root"] = pick_one(
                "What made the urgent ones urgent?",
                UrgencyJudgement.Root.choices,
                "Select what made them urgent",
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if given.get("verdict") != DECLINE:
            return given
        if not given.get("reason"):
            self.add_error("reason", "Select a reason")
        if not given.get("alternative") and "alternative" not in self.errors:
            self.add_error("alternative", "Enter what they can do instead")
        if len(given.get("text", "")) < EXPLANATION and "text" not in self.errors:
            self.add_error("text", f"Explain it in at least {EXPLANATION} characters")
        return given

    def words(self) -> Words:
        given = self.cleaned_data
        root = given.get("root", "")
        if given["verdict"] == ANSWER:
            return Words(given["text"], root=root)
        return Words(given["text"], given["reason"], given["alternative"], root)
