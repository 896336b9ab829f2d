"""One question after sending: how easy was this?"""

from django import forms

from accounts.forms import PortalForm
from intake.forms.texts import text_field
from intake.models import Ease

MISSING = "Select how easy it was"


class EaseForm(PortalForm):
    felt = forms.TypedChoiceField(
        label="How easy was this?",
        coerce=int,
        choices=[(felt.value, felt.label) for felt in reversed(Ease.Felt)],
        widget=forms.RadioSelect,
        error_messages={"required": MISSING, "invalid_choice": MISSING},
    )
    words = text_field("What would have made it easier? (optional)", subject="It", most=500, rows=2)
