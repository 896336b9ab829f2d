"""Forms about people: inviting, changing, leaving, and choosing a password."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.forms import PortalForm
from accounts.models import PMO_ROLES, Department, Role, User

ROLES = (
    (Role.REQUESTER, "Requester: asks"),
    (Role.ANALYST, "Analyst: works requests"),
    (Role.LEAD, "Lead: may also override, undo and publish"),
    (Role.SPONSOR, "Sponsor: reads reviews of the areas below"),
    (Role.ADMINISTRATOR, "Administrator: sets up the portal"),
)
NO_ADDRESS = "Enter a mail address such as ana@example.org"


class MemberForm(PortalForm):
    """What an administrator sets of a person."""

    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Enter the name"}
    )
    phone = forms.CharField(label="Phone (optional)", max_length=40, required=False)
    department = forms.ModelChoiceField(
        label="Area",
        queryset=Department.objects.all(),
        required=False,
        empty_label="None",
        error_messages={"invalid_choice": "Select an area of the list"},
    )
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=ROLES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Select at least one role",
            "invalid_choice": "Select roles of the list",
        },
    )
    sponsored = forms.ModelMultipleChoiceField(
        label="Areas they sponsor",
        queryset=Department.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Select areas of the list"},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        is_sponsor = Role.SPONSOR in given.get("roles", [])
        if is_sponsor and not given.get("sponsored") and "sponsored" not in self.errors:
            self.add_error("sponsored", "Select at least one area that they sponsor")
        return given

    def given(self) -> dict[str, Any]:
        """The checked values, for the service."""
        said = dict(self.cleaned_data)
        roles = [Role(name) for name in said["roles"]]
        sponsored = list(said["sponsored"]) if Role.SPONSOR in roles else []
        return said | {"roles": roles, "sponsored": sponsored}


class FindForm(PortalForm):
    """Which people a list holds. Every field may stay empty."""

    q = forms.CharField(label="Name or mail address", max_length=100, required=False)
    role = forms.ChoiceField(
        label="Role",
        required=False,
        choices=[("", "Any role"), *((role.value, role.value.capitalize()) for role in Role)],
    )
    who = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)


class InvitationForm(MemberForm):
    email = forms.EmailField(
        label="Mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": NO_ADDRESS, "invalid": NO_ADDRESS},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["phone"]
        self.order_fields(["email", "name", "department", "roles", "sponsored"])
        self.initial.setdefault("roles", [Role.REQUESTER])


class LeavingForm(PortalForm):
    """Who takes over what is open; only what there is is asked."""

    requester = forms.ModelChoiceField(
        label="Who is the requester of their open requests from now on?",
        queryset=User.objects.none(),
        empty_label="Select a person",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select who takes them over"),
    )
    analyst = forms.ModelChoiceField(
        label="Who is the contact of the requests they work on from now on?",
        queryset=User.objects.none(),
        empty_label="Select an analyst",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select the analyst who takes them over"
        ),
    )

    def __init__(
        self, *args: Any, person: User, has_asked: bool, has_worked: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.filter(is_active=True).exclude(pk=person.pk)
        self._offer("requester", others.filter(joined_at__isnull=False), has_asked)
        pmo = others.filter(groups__name__in=PMO_ROLES).distinct()
        self._offer("analyst", pmo, has_worked)

    def _offer(self, name: str, people: Iterable[User], is_needed: bool) -> None:
        if is_needed:
            self.fields[name].queryset = people  # type: ignore[attr-defined]
        else:
            del self.fields[name]


class ForgottenForm(PortalForm):
    email = forms.EmailField(
        label="Mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": "Enter your mail address", "invalid": NO_ADDRESS},
    )


class PasswordForm(PortalForm):
    """A new password, twice. What it must be like is said before it is typed."""

    password = forms.CharField(
        label="New password",
        strip=False,
        help_text="At least 8 characters, and not one that everybody uses",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter a password"},
    )
    again = forms.CharField(
        label="The same again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter the password again"},
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, second = given.get("password"), given.get("again")
        if first and second and first != second:
            self.add_error("again", "The two passwords are not the same")
        return given
