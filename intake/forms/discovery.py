"""What is filled in before, in and after a talk about a need (ux.md 5.6)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone

from accounts.forms import PortalForm
from intake.forms.ask_fields import DATE_FORMATS
from intake.forms.texts import text_field
from intake.models import LibraryQuestion, NeedVersion, ReadBack, Session, SessionNote, WhyStep

FURTHEST = timedelta(days=366)
OWN = "own"
MOMENT = "%Y-%m-%dT%H:%M"
Reply = NeedVersion.Reply


def one_of(label: str, choices: Any, missing: str) -> forms.ChoiceField:
    """Radio buttons, none of them chosen beforehand."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": missing},
    )


def moment_field(label: str, hint: str = "") -> forms.DateTimeField:
    """A date and a time in the zone of the reader."""
    return forms.DateTimeField(
        label=label,
        help_text=hint,
        required=False,
        input_formats=[MOMENT, "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"],
        widget=forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"}),
        error_messages={"invalid": "Enter the date and the time, such as 2026-05-12 10:00"},
    )


def future(at: datetime | None, now: datetime) -> datetime | None:
    """The moment itself; raise an error of the form for one that is over or far away."""
    if at is not None and at <= now:
        raise forms.ValidationError("Choose a time that is still to come")
    if at is not None and at > now + FURTHEST:
        raise forms.ValidationError("Choose a time within a year")
    return at


class PlanForm(PortalForm):
    """Up to three times, how long, where, who, and questions of the library."""

    summary_elsewhere = True
    slot_1 = moment_field("First time you propose")
    slot_2 = moment_field("Second time (optional)")
    slot_3 = moment_field("Third time (optional)")
    length = one_of("How long?", Session.Length.choices, "Select how long it takes")
    place = text_field(
        "Where? (optional)",
        subject="Where",
        most=200,
        hint="A room, a call, or in writing over days",
        rows=1,
    )
    people = text_field("Who takes part? (optional)", subject="Who takes part", most=300, rows=1)
    questions = forms.MultipleChoiceField(
        label="Questions to put on the agenda (optional)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Select questions of the library"},
    )

    def __init__(
        self, *args: Any, now: datetime, library: Iterable[LibraryQuestion], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.library = {str(question.pk): question for question in library}
        choices = [(pk, question.text) for pk, question in self.library.items()]
        cast(forms.MultipleChoiceField, self.fields["questions"]).choices = choices

    def clean_slot_1(self) -> datetime | None:
        slot = future(self.cleaned_data["slot_1"], self.now)
        if slot is None:
            raise forms.ValidationError("Enter at least one time")
        return slot

    def clean_slot_2(self) -> datetime | None:
        return future(self.cleaned_data["slot_2"], self.now)

    def clean_slot_3(self) -> datetime | None:
        return future(self.cleaned_data["slot_3"], self.now)

    def slots(self) -> list[datetime]:
        given = (self.cleaned_data.get(f"slot_{n}") for n in (1, 2, 3))
        return sorted({slot for slot in given if slot})

    def chosen_questions(self) -> list[LibraryQuestion]:
        return [self.library[pk] for pk in self.cleaned_data["questions"]]


class TimeForm(PortalForm):
    """One of the times that were proposed, or one's own."""

    summary_elsewhere = True
    slot = one_of("Which time suits you?", (), "Select a time")
    own = moment_field("Your own time")

    def __init__(
        self, *args: Any, now: datetime, slots: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        offered = [*slots, (OWN, "Another time")]
        cast(forms.ChoiceField, self.fields["slot"]).choices = offered

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("slot") == OWN:
            if given.get("own") is None and "own" not in self.errors:
                self.add_error("own", "Enter the date and the time")
        elif given.get("slot") and self.starts_at() <= self.now:
            self.add_error("slot", "That time is over. Choose another one")
        return given

    def clean_own(self) -> datetime | None:
        return future(self.cleaned_data["own"], self.now)

    def starts_at(self) -> datetime:
        given = self.cleaned_data
        if given["slot"] == OWN:
            return cast(datetime, given["own"])
        return datetime.fromisoformat(given["slot"])


class PointForm(PortalForm):
    summary_elsewhere = True
    text = text_field(
        "What should we talk about?",
        subject="The point",
        missing="Enter what we should talk about",
        most=300,
        rows=2,
    )


class PointAnswerForm(PortalForm):
    summary_elsewhere = True
    text = text_field(
        "Your answer",
        subject="The answer",
        missing="Enter your answer",
        most=2000,
        rows=2,
    )


class LibraryPickForm(PortalForm):
    """Questions of the library to put on the agenda."""

    summary_elsewhere = True
    questions = forms.MultipleChoiceField(
        label="Questions of the library",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Select at least one question",
            "invalid_choice": "Select questions of the library",
        },
    )

    def __init__(self, *args: Any, library: Iterable[LibraryQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.library = {str(question.pk): question for question in library}
        choices = [(pk, question.text) for pk, question in self.library.items()]
        cast(forms.MultipleChoiceField, self.fields["questions"]).choices = choices

    def chosen(self) -> list[LibraryQuestion]:
        return [self.library[pk] for pk in self.cleaned_data["questions"]]


class WhyForm(PortalForm):
    """One rung of the ladder."""

    summary_elsewhere = True
    text = text_field(
        "What makes that happen?",
        subject="The answer",
        missing="Enter what makes that happen",
        most=300,
        rows=2,
    )
    said_by = text_field(
        "Who said it?", subject="Who said it", missing="Enter who said it", most=120, rows=1
    )
    kind = one_of("What is it?", WhyStep.Kind.choices, "Select what it is")


class SessionNoteForm(PortalForm):
    summary_elsewhere = True
    kind = one_of("What is it about?", SessionNote.Kind.choices, "Select what it is about")
    text = text_field("Note", subject="The note", missing="Enter the note", most=2000, rows=3)
    pmo_only = forms.BooleanField(label="PMO only", required=False)


class ReadBackForm(PortalForm):
    """Four sentences to read back; the need is always one of them."""

    summary_elsewhere = True
    need = text_field(
        "Need",
        subject="The need",
        missing="Write down the need in at least 20 characters",
        least=20,
        most=600,
        hint="Who needs what, at which moment, and what changes",
        rows=3,
    )
    decision = text_field("Decision (optional)", subject="The decision", most=400, rows=2)
    limit = text_field("Limit (optional)", subject="The limit", most=400, rows=2)
    success = text_field("Success (optional)", subject="Success", most=400, rows=2)


class RepliesForm(PortalForm):
    """Yes, nearly or no to each sentence that was read back."""

    summary_elsewhere = True

    def __init__(self, *args: Any, sentences: Iterable[ReadBack], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = [sentence.part for sentence in sentences]
        for part in self.parts:
            name = str(ReadBack.Part(part).label)
            self.fields[f"reply_{part}"] = one_of(
                name, Reply.choices, f"Select yes, nearly or no for: {name.lower()}"
            )
            self.fields[f"correction_{part}"] = text_field(
                "What should be different?", subject="What should be different", most=600, rows=2
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for part in self.parts:
            reply, field = given.get(f"reply_{part}"), f"correction_{part}"
            if reply in (Reply.NEARLY, Reply.NO) and not given.get(field):
                words = "Enter what should be different"
                self.add_error(field, words if reply == Reply.NEARLY else "Enter what is not right")
        return given


class CloseForm(PortalForm):
    summary_elsewhere = True
    agreed = text_field(
        "What we agreed",
        subject="What we agreed",
        missing="Enter what we agreed",
        most=3000,
        rows=4,
    )
    next_step = text_field(
        "The next step", subject="The next step", missing="Enter the next step", most=200, rows=1
    )
    next_owner = text_field(
        "Who does it?", subject="Who does it", missing="Enter who does it", most=120, rows=1
    )
    next_on = forms.DateField(
        label="By when?",
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Enter the date", "invalid": "Enter the date"},
    )

    def clean_next_on(self) -> date:
        on: date = self.cleaned_data["next_on"]
        if on < timezone.localdate():
            raise forms.ValidationError("The date must be today or later")
        return on
