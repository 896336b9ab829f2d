"""Finding a service in the catalog."""

from typing import Any

from django import forms

from accounts.forms import PortalForm
from catalog.browsing import IN_CATALOG
from catalog.models import Service, ServiceTier

WITHIN = (3, 5, 8, 10, 15, 20)


class ServiceFilterForm(PortalForm):
    """Filters of the catalog, all in the address. What makes no sense is left out."""

    q = forms.CharField(label="Search", required=False, max_length=100)
    aim = forms.ChoiceField(
        label="What you want to achieve",
        required=False,
        choices=[("", "Anything"), *Service.Aim.choices],
    )
    tier = forms.ChoiceField(
        label="Tier", required=False, choices=[("", "Any"), *ServiceTier.Level.choices]
    )
    within = forms.TypedChoiceField(
        label="First result within",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any time"), *((days, f"{days} working days") for days in WITHIN)],
    )

    audience = forms.ChoiceField(
        label="Who can ask",
        required=False,
        choices=[
            ("", "Anybody"),
            ("me", "I can ask"),
            ("all", "Everybody can"),
            ("some", "Some departments or roles"),
        ],
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any"), *((state.value, state.label) for state in IN_CATALOG)],
    )

    def chosen(self) -> dict[str, Any]:
        """The filters in use, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
