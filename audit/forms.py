"""How the audit trail is narrowed down."""

from django import forms

from accounts.forms import PortalForm


class TrailForm(PortalForm):
    """Every field may stay empty; what can't be read narrows nothing."""

    q = forms.CharField(label="Words", max_length=100, required=False)
    who = forms.CharField(label="By", max_length=100, required=False)
    act = forms.CharField(label="Act begins with", max_length=60, required=False)
    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
