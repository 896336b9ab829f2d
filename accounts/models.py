"""Who: people, their departments and roles."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Role(StrEnum):
    """A role is a Django group of this name; one person may hold several."""

    REQUESTER = "requester"
    ANALYST = "analyst"
    LEAD = "lead"
    SPONSOR = "sponsor"
    ADMINISTRATOR = "administrator"


PMO_ROLES = (Role.ANALYST, Role.LEAD)


class Department(models.Model):
    """A part of the organisation; the screens also call it an area."""

    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class RoleNames(models.Aggregate):
    """The names of a person's groups as one comma-separated text, on either database."""

    template = "%(function)s(%(expressions)s, ',')"
    output_field = models.TextField()
    allow_distinct = False

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


class UserQuerySet(models.QuerySet["User"]):
    def with_roles(self) -> UserQuerySet:
        """Read each person's roles and department in the same query as the person."""
        return self.select_related("department").annotate(role_names=RoleNames("groups__name"))

    def pmo(self) -> UserQuerySet:
        """People who work requests: analysts and leads."""
        return self.filter(is_active=True, groups__name__in=PMO_ROLES).distinct()

    def holding(self, role: Role) -> UserQuerySet:
        return self.filter(is_active=True, groups__name=role)

    def colleagues_of(self, person: User) -> UserQuerySet:
        """Who may stand in for a person: those of their department, or with a role of theirs.

        Everybody asks, so asking is no common role.
        """
        shared = person.roles - {Role.REQUESTER}
        alike = models.Q(groups__name__in=shared)
        if person.department_id:
            alike |= models.Q(department=person.department_id)
        return self.filter(alike, is_active=True).exclude(pk=person.pk).distinct()


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def with_roles(self) -> UserQuerySet:
        return self.get_queryset().with_roles()

    def pmo(self) -> UserQuerySet:
        return self.get_queryset().pmo()

    def holding(self, role: Role) -> UserQuerySet:
        return self.get_queryset().holding(role)

    def colleagues_of(self, person: User) -> UserQuerySet:
        return self.get_queryset().colleagues_of(person)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Without a usable password they are known by mail address only."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "Like my device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    sponsored = models.ManyToManyField(Department, blank=True, related_name="sponsors")
    time_zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    # The letter keys of triage can be switched off (WCAG 2.1.4), lists be denser (ux.md 5.19).
    has_keys = models.BooleanField(default=True)
    is_compact = models.BooleanField(default=False)
    # The page after signing in, as a URL name; empty follows the roles.
    landing = models.CharField(max_length=40, blank=True)
    # No mail between these wall times in the person's zone, urgent ones apart; both or neither.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="one_person_per_mail_address"),
            models.CheckConstraint(
                name="quiet_hours_have_both_ends",
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held; costs no query when the person was read `with_roles()`."""
        if "role_names" in self.__dict__:
            return frozenset(filter(None, (self.__dict__["role_names"] or "").split(",")))
        return frozenset(self.groups.values_list("name", flat=True)) if self.pk else frozenset()

    def has_role(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)

    @property
    def is_pmo(self) -> bool:
        """Analysts and leads work requests and see what is internal to the PMO."""
        return self.has_role(*PMO_ROLES)

    @property
    def is_lead(self) -> bool:
        return self.has_role(Role.LEAD)

    @property
    def is_sponsor(self) -> bool:
        return self.has_role(Role.SPONSOR)

    @property
    def is_administrator(self) -> bool:
        return self.has_role(Role.ADMINISTRATOR)

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @cached_property
    def represented(self) -> frozenset[int]:
        """The people for whom this person acts today, while they are away."""
        standing = StandIn.objects.on(timezone.localdate()).filter(stand_in=self)
        return frozenset(standing.values_list("person_id", flat=True))

    def give_roles(self, *roles: Role) -> None:
        """Hold exactly these roles from now on."""
        self.groups.set(Group.objects.filter(name__in=roles))
        self.__dict__.pop("roles", None)
        self.__dict__.pop("role_names", None)


class StandInQuerySet(models.QuerySet["StandIn"]):
    def on(self, day: date) -> StandInQuerySet:
        """Those in force on this day; both ends count."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def from_day(self, day: date) -> StandInQuerySet:
        """Those in force on this day or later."""
        return self.filter(ends_on__gte=day)

    def overlapping(self, starts_on: date, ends_on: date) -> StandInQuerySet:
        """Those that share a day with this time."""
        return self.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)


class StandIn(models.Model):
    """Who acts for a person while they are away, from one day to another, both included."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stand_ins")
    stand_in = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stands_in_for")
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects: ClassVar[models.Manager[StandIn]] = StandInQuerySet.as_manager()

    class Meta:
        ordering = ("starts_on", "id")
        constraints = (
            models.CheckConstraint(
                name="absence_ends_after_it_starts",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="nobody_stands_in_for_themselves",
                condition=~models.Q(person=models.F("stand_in")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.stand_in} for {self.person}"
