"""What a person of the PMO fills in to sort requests: join, lane, tags, weight, problem, undo."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from intake.forms.texts import text_field
from intake.forms.triage import TEXT, ActForm, pick_one
from intake.models import CostOfDelay, Effect, Problem, Tag, Weighing, WorkRequest
from intake.services.weighing import TAGS_AT_MOST, tags_in

NONE = "none"
NEW = "new"


class ReasonForm(ActForm):
    """Why an act of the PMO is taken back."""

    reason = text_field(
        "Why?",
        subject="The reason",
        missing="Enter why it is taken back",
        most=1000,
        hint="They read this, and it stands in the history",
        rows=3,
    )


class MergeForm(ActForm):
    """Which request is kept, and the one message that is sent."""

    into = forms.CharField(
        label="Keep which request?",
        help_text="Its reference, such as PMO-0042. This one becomes a part of it",
        max_length=30,
        error_messages={"required": "Enter the reference of the request that is kept"},
    )
    words = text_field(
        "What do you tell them?",
        subject="What you tell them",
        missing="Enter what you tell them, in at least 20 characters",
        most=TEXT,
        least=20,
        hint="The one message that is sent. It names the request that is kept",
        rows=3,
    )
    brings_answers = forms.BooleanField(
        label="Bring their words, answers and files along",
        help_text="As an internal note there. What is marked PMO only stays behind",
        required=False,
    )

    def __init__(self, *args: Any, targets: Any = None, work: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets, self.work = targets, work

    def clean_into(self) -> WorkRequest:
        number = WorkRequest.number_of(self.cleaned_data["into"].strip())
        found = self.targets.filter(number=number).first() if number else None
        if found is None:
            raise forms.ValidationError("No open request has this reference")
        if found.pk == self.work.pk:
            raise forms.ValidationError("Choose another request than this one")
        kept: WorkRequest = found
        return kept

    def kept(self) -> WorkRequest:
        kept: WorkRequest = self.cleaned_data["into"]
        return kept


class LabelForm(ActForm):
    """What the words of a request are; the label wins over the rules."""

    SOLUTION, NEED, RULES = "solution", "need", "rules"
    label = pick_one(
        "What do their words say?",
        ((SOLUTION, "They ask for a solution"), (NEED, "They state a need")),
        "Select what their words say",
    )

    def __init__(self, *args: Any, is_labelled: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_labelled:
            label: Any = self.fields["label"]
            label.choices = [
                *label.choices,
                (self.RULES, "What the rules read. Take the label off"),
            ]


class LaneForm(ActForm):
    reason = text_field(
        "Why?",
        subject="The reason",
        missing="Enter why it moves to the other lane",
        most=1000,
        hint="They read this, with the new date",
        rows=2,
    )

    def __init__(self, *args: Any, lane: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lane = lane


class TagForm(ActForm):
    tags = forms.CharField(
        label="Tags",
        help_text="Several with commas between them. Empty takes all of them off",
        required=False,
        max_length=300,
        error_messages={"max_length": "Tags must be 300 characters or less in all"},
    )

    def clean_tags(self) -> list[str]:
        names = tags_in(self.cleaned_data["tags"])
        longest = Tag._meta.get_field("name").max_length or 0
        if len(names) > TAGS_AT_MOST:
            raise forms.ValidationError(f"Enter {TAGS_AT_MOST} tags at most")
        if any(len(name) > longest for name in names):
            raise forms.ValidationError(f"A tag must be {longest} characters or less")
        return names


def _maybe(label: str, choices: Any, hint: str = "") -> forms.TypedChoiceField:
    """A drop-down that may stay open."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("", "Not known yet"), *choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=hint,
        error_messages={"invalid_choice": "Select one of the answers"},
    )


class WeighForm(ActForm):
    """What a request weighs, as a person sees it."""

    cost_of_delay = _maybe("What does waiting cost?", CostOfDelay.choices)
    effect = _maybe("How far does the result reach?", Effect.choices)
    priority = pick_one(
        "Which place does it get?", Weighing.Priority.choices, "Select its place in the work"
    )
    why = text_field(
        "Why? (needed when you decide against the advice)",
        subject="Why",
        most=Weighing._meta.get_field("why").max_length or 300,
        rows=1,
    )

    def __init__(self, *args: Any, advise: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.advise = advise

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if "priority" not in given or given.get("why"):
            return given
        advised = self.advise(given.get("cost_of_delay"), given.get("effect"))
        if given["priority"] != advised:
            self.add_error("why", "Enter in one sentence why you decide against the advice")
        return given


class ProblemForm(ActForm):
    problem = forms.ChoiceField(
        label="Problem",
        error_messages={
            "required": "Select a problem, or that it is a new one",
            "invalid_choice": "Select a problem, or that it is a new one",
        },
    )
    title = text_field(
        "A new problem, in one sentence",
        subject="The problem",
        most=Problem._meta.get_field("title").max_length or 120,
        rows=1,
    )

    def __init__(
        self,
        *args: Any,
        problems: Iterable[Problem] = (),
        current: Problem | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered: Mapping[str, Problem] = {str(one.pk): one for one in problems}
        none = [(NONE, "None any more")] if current else []
        named = [(pk, one.title) for pk, one in self.offered.items()]
        choices = [("", "Select a problem"), *named, (NEW, "A new problem"), *none]
        self.fields["problem"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("problem") == NEW and not self.cleaned_data.get("title"):
            self.add_error("title", "Enter the problem in one sentence")
        return self.cleaned_data

    def known(self) -> Problem | None:
        """The problem that was chosen; None for a new one."""
        return self.offered.get(self.cleaned_data["problem"])
