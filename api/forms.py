"""The form of a new token."""

from django import forms

from accounts.forms import PortalForm
from api.models import Token

DAYS = ((30, "30 days"), (90, "90 days"), (365, "A year"))


class TokenForm(PortalForm):
    name = forms.CharField(
        label="What is it for?",
        max_length=60,
        help_text="Such as: readings from the planning system",
        error_messages={"required": "Enter what it is for"},
    )
    scope = forms.ChoiceField(
        label="What may it do?",
        choices=Token.Scope.choices,
        widget=forms.RadioSelect,
        initial=Token.Scope.READ,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select what it may do"),
    )
    days = forms.TypedChoiceField(
        label="For how long?",
        choices=DAYS,
        coerce=int,
        initial=90,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select for how long"),
    )
