"""Forms of the monthly review: the lead's words, a decision, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from accounts.forms import WRONG_DATE, PortalForm
from accounts.models import Role, User
from insights.models import ReviewDecision, ReviewSection
from intake.forms.texts import text_field

Ending = ReviewDecision.Ending
MOST_HEADLINE, MOST_REASON, MOST_NOTE = 400, 120, 200


def _date(label: str, missing: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=bool(missing),
        help_text=hint,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": missing, "invalid": WRONG_DATE},
    )


class WriteForm(PortalForm):
    """The headline, and for each service with missed promises why, and what we do."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    headline = text_field(
        "Headline",
        subject="The headline",
        most=MOST_HEADLINE,
        hint="Three sentences, at most 400 characters. Left empty, the sentence from the numbers "
        "is used",
        rows=4,
    )

    def __init__(self, *args: Any, sections: list[ReviewSection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        for section in sections:
            for name, words in (("reason", "why"), ("doing", "what we do")):
                self.fields[f"{name}_{section.service_id}"] = text_field(
                    f"{section.service}: {words} (optional)",
                    subject="It",
                    most=MOST_REASON,
                    rows=1,
                )
                self.initial.setdefault(f"{name}_{section.service_id}", getattr(section, name))

    def told(self) -> dict[int, dict[str, str]]:
        """Why and what we do, by service; only of a valid form."""
        return {
            section.service_id: {
                name: self.cleaned_data[f"{name}_{section.service_id}"]
                for name in ("reason", "doing")
            }
            for section in self.sections
        }


class DecisionForm(PortalForm):
    """Keep, change or retire, with who decides, who does it and until when."""

    ending = forms.ChoiceField(
        label="What shall happen?",
        choices=Ending.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select keep, change or retire"
        ),
    )
    note = text_field(
        "Note",
        subject="The note",
        most=MOST_NOTE,
        hint="For change and retire: what exactly",
        rows=2,
    )
    decider = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who decides",
        empty_label="Choose a person",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose who decides"),
    )
    met_on = _date("In the meeting on", "", "Only where it was decided in a meeting")
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who sees to it",
        empty_label="Choose a person",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose who sees to it"),
    )
    due_on = _date("Until when", "Enter until when")

    def __init__(self, *args: Any, person: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self._people("decider", _deciders(person))
        pmo = Q(groups__name__in=(Role.ANALYST, Role.LEAD, Role.SPONSOR), is_active=True)
        self._people("owner", Q(pk__in=User.objects.filter(pmo).values("pk")))
        if not person.is_lead:
            del self.fields["met_on"]

    def _people(self, name: str, which: Q) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(which)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("ending") in (Ending.CHANGE, Ending.RETIRE) and not given.get("note"):
            what = "changes" if given["ending"] == Ending.CHANGE else "is retired, and by what"
            self.add_error("note", f"Enter what {what}")
        due, met = given.get("due_on"), given.get("met_on")
        if due and due < self.today:
            self.add_error("due_on", "Enter a day that is not over yet")
        if met and met > self.today:
            self.add_error("met_on", "Enter a day that has been")
        return given


def _deciders(person: User) -> Q:
    """A sponsor decides themselves; a lead names the sponsor who did."""
    if not person.is_lead:
        return Q(pk=person.pk)
    return Q(pk__in=User.objects.holding(Role.SPONSOR).values("pk"))


class FollowUpForm(PortalForm):
    came_of_it = text_field(
        "What came of it?",
        subject="What came of it",
        most=MOST_NOTE,
        missing="Enter what came of it",
        rows=2,
    )
