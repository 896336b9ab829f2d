"""What an act of triage is: what it asks for, who may do it, which service does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from intake.models import WorkRequest

# Forms differ in their fields, and each act knows its own.
Form = Any
Work = WorkRequest


@dataclass(frozen=True)
class Act:
    """One thing to do with a request.

    `said` follows the reference once it is done. `was_done` tells a form that was sent twice from
    a conflict. `goes_on` opens the next row afterwards; `may_go_on` offers it. `part` is a
    template above the fields; `is_wide` says that the act needs the whole page, `is_first` that it
    is what is most likely wanted, `is_instant` that its button does it without asking back,
    because it can be undone; `writes` puts the hand into its first field. `key` is the letter that
    presses the button; `is_undo` acts share one.
    """

    name: str
    title: str
    button: str
    form: type[Form]
    is_allowed: Callable[[User, Work], bool]
    do: Callable[[Work, Form, User, datetime], object]
    was_done: Callable[[Work, Form, User], bool]
    said: str
    hint: str = ""
    part: str = ""
    goes_on: bool = False
    may_go_on: bool = False
    has_preview: bool = False
    is_wide: bool = False
    is_first: bool = False
    is_instant: bool = False
    is_undo: bool = False
    writes: bool = False
    key: str = ""

    @property
    def key_words(self) -> str:
        """The key as it stands on the button."""
        return "⇧u" if self.is_undo else self.key


def given(form: Form, *names: str) -> dict[str, Any]:
    """These fields of a valid form, as arguments for the service."""
    return {name: form.cleaned_data[name] for name in names}
