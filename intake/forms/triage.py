"""What a person of the PMO fills in for each act on a request (ux.md 5.7)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django import forms

from accounts.forms import PortalForm
from accounts.models import User
from catalog.models import ServiceTier
from intake.forms.ask_fields import DATE_FORMATS
from intake.forms.texts import text_field
from intake.models import (
    Cadence,
    CostOfDelay,
    LibraryQuestion,
    NeedVersion,
    Proposal,
    UrgencyJudgement,
    Verdict,
)
from intake.services.triage import QUESTIONS_AT_ONCE

TEXT = 4000
EXPLANATION = 40
LONGEST_PARK = timedelta(days=731)
LARGEST = 2_147_483_647


def pick_one(label: str, choices: Any, missing: str, hint: str = "") -> forms.ChoiceField:
    """Radio buttons, none of them chosen beforehand."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=hint,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": missing},
    )


class ActForm(PortalForm):
    """Carries the version of the request that the person saw."""

    summary_elsewhere = True
    seen = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=LARGEST, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Without the version nobody can tell what this is based on."""
        super().clean()
        if self.cleaned_data.get("seen") is None:
            self.errors.pop("seen", None)
            self.add_error(None, "This page had lost its place. Check the request and send again")
        return self.cleaned_data


class MessageForm(PortalForm):
    """Carries a token, so that pressing twice makes one."""

    summary_elsewhere = True
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid4())


class ReplyForm(MessageForm):
    text = text_field(
        "Your message", subject="Your message", missing="Enter your message", most=TEXT, rows=6
    )


class NoteForm(MessageForm):
    text = text_field(
        "Internal note", subject="Your note", missing="Enter your note", most=TEXT, rows=5
    )


class AssignForm(ActForm):
    to = forms.ChoiceField(
        label="Person",
        error_messages={"required": "Select a person", "invalid_choice": "Select a person"},
    )
    note = text_field(
        "A note for them (optional)",
        subject="The note",
        most=1000,
        hint="Internal. Only the PMO sees it",
        rows=3,
    )

    def __init__(self, *args: Any, people: Iterable[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        names = [(pk, person.name) for pk, person in self.people.items()]
        self.fields["to"].choices = [("", "Select a person"), *names]  # type: ignore[attr-defined]

    def person(self) -> User:
        return self.people[self.cleaned_data["to"]]


def _library() -> list[Any]:
    """The questions of the library by theme, as the choices of a select."""
    themes: dict[str, list[tuple[str, str]]] = {}
    for question in LibraryQuestion.objects.offered():
        themes.setdefault(question.theme, []).append((question.text, question.text))
    return [("", "None"), *themes.items()]


class AskForm(ActForm):
    """One to three numbered questions."""

    NAMES: ClassVar[list[str]] = [f"question_{n}" for n in range(1, QUESTIONS_AT_ONCE + 1)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*self.NAMES, "pick", "why", "blocks", "seen"])
        self.fields["pick"].choices = _library()  # type: ignore[attr-defined]

    question_1 = text_field("Question 1", subject="Question 1", most=500, rows=2)
    question_2 = text_field("Question 2 (optional)", subject="Question 2", most=500, rows=2)
    question_3 = text_field("Question 3 (optional)", subject="Question 3", most=500, rows=2)
    pick = forms.ChoiceField(
        label="Or one of the question library (optional)",
        help_text="It is asked as well, and counted",
        required=False,
        error_messages={"invalid_choice": "Select a question of the library"},
    )
    why = text_field("Why you ask (optional)", subject="Why you ask", most=300, rows=1)
    blocks = forms.BooleanField(
        label="We cannot go on without this",
        help_text="Our clock pauses until they answer. The first answer lets it go on by itself",
        required=False,
    )

    def questions(self) -> list[str]:
        """What was typed, and the one that was picked."""
        names = (*self.NAMES, "pick")
        return [text for name in names if (text := self.cleaned_data.get(name))]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.questions() and not any(name in self.errors for name in self.NAMES):
            self.add_error("question_1", "Enter at least one question")
        if len(self.questions()) > QUESTIONS_AT_ONCE:
            self.add_error("pick", f"Ask at most {QUESTIONS_AT_ONCE} questions at once")
        return self.cleaned_data


class PlayBackForm(ActForm):
    text = text_field(
        "The need, as you understood it",
        subject="The need",
        missing="Write down the need in at least 20 characters",
        most=NeedVersion._meta.get_field("text").max_length or TEXT,
        least=20,
        hint="Who needs what, for which decision, and what changes. Their words stay beside it",
        rows=5,
    )


class ProposeForm(ActForm):
    tier = pick_one("Which tier do you suggest?", (), "Select the tier that you suggest")
    why = text_field(
        "Why this one?",
        subject="Why you suggest it",
        missing="Enter in one sentence why you suggest it",
        most=Proposal._meta.get_field("why").max_length or TEXT,
        hint="One sentence. The requester reads it beside the tiers",
        rows=2,
    )

    def __init__(self, *args: Any, tiers: Iterable[ServiceTier] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tiers = {str(tier.pk): tier for tier in tiers}
        self.fields["tier"].choices = [(pk, str(tier)) for pk, tier in self.tiers.items()]  # type: ignore[attr-defined]

    def chosen(self) -> ServiceTier:
        return self.tiers[self.cleaned_data["tier"]]


class ClosingForm(ActForm):
    """Asks, when an urgently treated request ends, what made it urgent (ux.md 5.7, Urgent)."""

    def __init__(
        self, *args: Any, judgement: UrgencyJudgement | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.judgement = judgement
        if judgement is None:
            return
        self.fields["root"] = pick_one(
            "What made it urgent?", UrgencyJudgement.Root.choices, "Select what made it urgent"
        )
        self.fields["carried_by"] = text_field(
            "Which regular decision could carry this next time? (optional)",
            subject="The regular decision",
            most=UrgencyJudgement._meta.get_field("carried_by").max_length or 200,
            rows=1,
        )
        self.initial.setdefault("root", judgement.root)

    def root_given(self) -> dict[str, str]:
        names = ("root", "carried_by") if self.judgement else ()
        return {name: self.cleaned_data[name] for name in names}


class HandOverForm(ClosingForm):
    """Nothing to fill in, but for what was urgent."""


class AnswerForm(ClosingForm):
    text = text_field(
        "The answer", subject="The answer", missing="Enter the answer", most=TEXT, rows=6
    )
    cadence = forms.ModelChoiceField(
        label="Answered by a recurring decision? (optional)",
        queryset=Cadence.objects.filter(ended_at=None).order_by("name"),
        required=False,
        empty_label="No",
        error_messages={"invalid_choice": "Select one of the recurring decisions"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["text", "cadence", "seen"])


class DeclineForm(ClosingForm):
    reason = pick_one("Reason", Verdict.Reason.choices, "Select a reason")
    explanation = text_field(
        "Explain it in your own words",
        subject="The explanation",
        missing=f"Explain it in at least {EXPLANATION} characters",
        most=TEXT,
        least=EXPLANATION,
        hint="They read this right after the reason",
    )
    alternative = text_field(
        "What can they do instead?",
        subject="What they can do instead",
        missing="Enter what they can do instead",
        most=TEXT,
        hint="A service, a team, a link, or what would change our mind",
        rows=3,
    )

    def reason_words(self) -> str:
        return str(Verdict.Reason(self.cleaned_data["reason"]).label)


class ParkForm(ActForm):
    """Until a day, until something happens, or until the first of the two."""

    until = forms.DateField(
        label="Until a day",
        required=False,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="It comes back by itself at 07:00 on that day",
        error_messages={"invalid": "Enter a day such as 2026-05-12"},
    )
    event = text_field(
        "Or until this happens",
        subject="What has to happen",
        most=200,
        hint="You wake it yourself then",
        rows=1,
    )
    explanation = text_field(
        "Why is it parked?",
        subject="Why it is parked",
        missing="Enter why it is parked",
        most=TEXT,
        hint="They read this too",
        rows=3,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until and until <= self.today:
            raise forms.ValidationError("Choose a day after today")
        if until and until > self.today + LONGEST_PARK:
            raise forms.ValidationError("Choose a day within two years")
        return until

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        is_open = not given.get("until") and not given.get("event")
        if is_open and not {"until", "event"} & self.errors.keys():
            self.add_error("until", "Enter a day, or what has to happen first")
        return given


class UrgencyForm(ActForm):
    verdict = pick_one(
        "Is it urgent?",
        (("accept", "Yes, treat it as urgent"), ("refuse", "No, plan it normally")),
        "Select whether it is treated as urgent",
    )
    cost_of_delay = forms.TypedChoiceField(
        label="What does waiting cost?",
        choices=CostOfDelay.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select what waiting costs",
            "invalid_choice": "Select what waiting costs",
        },
    )
    root = pick_one(
        "What made it urgent?", UrgencyJudgement.Root.choices, "Select what made it urgent"
    )
    explanation = text_field(
        "What do you tell them?",
        subject="What you tell them",
        missing="Enter what you tell them",
        most=TEXT,
        hint="If yes: the plan, and who stops what. If no: why. We add the date",
        rows=3,
    )

    def __init__(self, *args: Any, normal_date: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.normal_date = normal_date

    def accepts(self) -> bool:
        return bool(self.cleaned_data["verdict"] == "accept")

    def told(self) -> str:
        """What they read. A refusal always names the date in the normal lane."""
        text: str = self.cleaned_data["explanation"]
        is_named = not self.normal_date or self.normal_date in text
        if self.accepts() or is_named:
            return text
        return f"{text}\n\nWe plan it normally: you hear from us by {self.normal_date}."
