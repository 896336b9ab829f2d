"""What is written on a request: messages, internal notes, and answers to questions."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms

from accounts.forms import PortalForm
from intake.forms.files import FilesField
from intake.forms.texts import text_field
from intake.models import Hold, HoldQuestion

LONGEST = 4000


class MessageForm(PortalForm):
    """A text with the token of the page that it was written on."""

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    text = text_field(
        "Your message", subject="Your message", most=LONGEST, missing="Enter your message", rows=5
    )

    attached = FilesField(label="Files (optional)")
    # The saved text that was inserted, and whether it was read as it goes out.
    saved = forms.CharField(widget=forms.HiddenInput, required=False)
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", str(uuid4()))

    def clean_token(self) -> UUID:
        """One that was damaged on the way is replaced: the text matters more."""
        try:
            return UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid4()

    def once(self) -> dict[str, Any]:
        """The text, and a token that is the same only for the same text from the same page.

        Sent twice, it is one message; written anew after going back, it is another.
        """
        text = self.cleaned_data["text"]
        return {"text": text, "token": uuid5(self.cleaned_data["token"], text)}


class NoteForm(MessageForm):
    text = text_field(
        "Your note",
        subject="Your note",
        most=LONGEST,
        missing="Enter your note",
        rows=5,
    )


class AnswersForm(PortalForm):
    """One field for each question that is open. Some may wait, one answer is needed.

    Given posted data, it asks what was asked on the page that was sent, so that no answer is lost
    when somebody else was faster.
    """

    def __init__(self, data: Any = None, *, hold: Hold, **kwargs: Any) -> None:
        super().__init__(data, prefix=f"hold-{hold.pk}", **kwargs)
        for question in hold.questions.all():
            name = f"answer_{question.position}"
            if question.answered_at is None or (data and self.add_prefix(name) in data):
                self.fields[name] = _answer_field(question)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.fields and not self.errors and not any(cleaned.values()):
            words = "Enter your answer" if len(self.fields) == 1 else "Answer at least one question"
            self.add_error(next(iter(self.fields)), words)
        return cleaned

    def answers(self) -> dict[int, str]:
        """What was answered, by the position of the question."""
        given = {name: text for name, text in self.cleaned_data.items() if text}
        return {int(name.removeprefix("answer_")): text for name, text in given.items()}


def _answer_field(question: HoldQuestion) -> forms.CharField:
    return text_field(question.text, subject="Your answer", most=LONGEST, rows=3)
