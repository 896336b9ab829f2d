"""The offer: services, their versions and tiers."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Department, User
from catalog.models.outcome import Goal
from sla.models import SlaPolicy


class ServiceQuerySet(models.QuerySet["Service"]):
    def listed(self) -> ServiceQuerySet:
        """What is on offer in the catalog, with the version in force."""
        return self.filter(
            is_listed=True, state__in=Service.OFFERED, current__isnull=False
        ).select_related("current", "owner")

    def in_catalog(self) -> ServiceQuerySet:
        """What the catalog lists: what is on offer, and what was announced for later."""
        return self.filter(
            is_listed=True, state__in=(*Service.OFFERED, "proposed"), current__isnull=False
        ).select_related("current", "owner")

    def visible_to(self, user: User | None) -> ServiceQuerySet:
        """What a person, or a visitor, may know of; each row says whether `is_for_them`.

        A service for some departments or roles is shown to others with the reason, unless it hides.
        """
        if user is not None and (user.is_pmo or user.is_administrator):
            return self.annotate(is_for_them=models.Value(value=True))
        fitting = self.annotate(is_for_them=_is_for(user))
        return fitting.filter(Q(hides_from_others=False) | Q(is_for_them=True))

    def with_tiers(self) -> ServiceQuerySet:
        return self.prefetch_related("current__tiers__policy")

    def for_aim(self, aim: str) -> ServiceQuerySet:
        return self.filter(aim=aim) if aim else self

    def with_tier_like(self, *, level: str = "", within: int | None = None) -> ServiceQuerySet:
        """Services with one tier of this level whose first result takes at most `within` days."""
        wanted = {"level": level, "first_result_days__lte": within}
        wanted = {field: value for field, value in wanted.items() if value}
        if not wanted:
            return self
        tiers = ServiceTier.objects.filter(version=models.OuterRef("current"), **wanted)
        return self.filter(models.Exists(tiers))

    def for_audience(self, whom: str) -> ServiceQuerySet:
        """Services read `visible_to()`: "me" for what the viewer may ask for, "all" or "some"."""
        if whom == "me":
            return self.filter(Q(("is_for_them", True)))
        if whom not in ("all", "some"):
            return self
        rules = Q(audience_departments__isnull=False) | Q(audience_roles__isnull=False)
        ruled = Service.objects.filter(rules).values("pk")
        return self.filter(pk__in=ruled) if whom == "some" else self.exclude(pk__in=ruled)

    def saying(self, text: str) -> ServiceQuerySet:
        """Services whose words hold every word of `text`."""
        found = self
        for word in text.split():
            fields = ("name", "outcome", "summary", "decision_served", "audience")
            anywhere = [Q(**{f"current__{field}__icontains": word}) for field in fields]
            found = found.filter(reduce(or_, anywhere))
        return found


def _is_for(user: User | None) -> models.Expression | Q:
    """Whether the rules of the audience let a person in: a department, a role, or no rule."""
    of_service = {"service": OuterRef("pk")}
    departments = Service.audience_departments.through._default_manager.filter(**of_service)
    roles = Service.audience_roles.through._default_manager.filter(**of_service)
    if user is None:
        return models.ExpressionWrapper(
            ~Q(Exists(departments)) & ~Q(Exists(roles)), models.BooleanField()
        )
    own_department = Q(Exists(departments.filter(department=user.department_id)))
    own_role = Q(Exists(roles.filter(group__name__in=user.roles)))
    return models.ExpressionWrapper(
        (~Q(Exists(departments)) | own_department) & (~Q(Exists(roles)) | own_role),
        models.BooleanField(),
    )


class Standing(models.TextChoices):
    """What the catalog calls a service on a day."""

    OFFERED = "offered", "Offered"
    PILOT = "pilot", "Pilot"
    COMING = "coming", "Coming"
    RETIRING = "retiring", "Retiring"
    RETIRED = "retired", "No longer offered"
    PLANNED = "planned", "Not published yet"


class Service(models.Model):
    """Something the PMO offers, stated by the outcome it serves."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        PILOT = "pilot", "Pilot"
        LIVE = "live", "Offered"
        RETIRED = "retired", "Retired"

    class Aim(models.TextChoices):
        """What people want to achieve: the groups of the catalog (ux.md 5.9)."""

        TROUBLE = "trouble", "See trouble early"
        OPTIONS = "options", "Decide between options"
        COST = "cost", "Know what it will cost"
        START = "start", "Start something new"
        LEARN = "learn", "Learn from what we did"

    OFFERED = (State.PILOT, State.LIVE)

    slug = models.SlugField(max_length=60, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    aim = models.CharField(max_length=8, choices=Aim.choices)
    position = models.PositiveSmallIntegerField(default=0)
    is_listed = models.BooleanField(default=True)
    available_from = models.DateField(null=True, blank=True)
    retires_on = models.DateField(null=True, blank=True)
    # What to do instead of a service that retires.
    advice = models.CharField(max_length=300, blank=True)
    # How many the PMO can run at once, and begin in a month; empty means no limit.
    at_once = models.PositiveSmallIntegerField(null=True, blank=True)
    per_month = models.PositiveSmallIntegerField(null=True, blank=True)
    # Who may ask: these departments and these roles; without any, everybody.
    audience_departments = models.ManyToManyField(Department, blank=True, related_name="+")
    audience_roles = models.ManyToManyField(Group, blank=True, related_name="+")
    hides_from_others = models.BooleanField(default=False)
    # Counts the saves of the fields above, so that two people never overwrite one another.
    revision = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="services"
    )
    current = models.OneToOneField(
        "ServiceVersion", null=True, on_delete=models.PROTECT, related_name="in_force_for"
    )

    objects: ClassVar[models.Manager[Service]] = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ("position", "slug")
        constraints = (
            models.CheckConstraint(
                name="offered_service_has_a_version",
                condition=~Q(state__in=("pilot", "live")) | Q(current__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.current.name if self.current else self.slug

    def can_be_asked_for(self, on: date) -> bool:
        """Tell whether a request may be mapped to it on this day."""
        return self.standing(on) in (Standing.OFFERED, Standing.PILOT, Standing.RETIRING)

    def standing(self, on: date) -> Standing:
        """Where the service stands on a day: its state and its dates in one word (ux.md 5.9)."""
        if self.state == self.State.RETIRED or (self.retires_on and self.retires_on <= on):
            return Standing.RETIRED
        if self.current_id is None:
            return Standing.PLANNED
        if self.state == self.State.PROPOSED or (self.available_from and self.available_from > on):
            return Standing.COMING
        if self.retires_on:
            return Standing.RETIRING
        return Standing.PILOT if self.state == self.State.PILOT else Standing.OFFERED


class ServiceVersion(models.Model):
    """What a service promised from one day on. Published versions are never edited."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    outcome = models.CharField(max_length=200)
    summary = models.TextField(max_length=400)
    decision_served = models.CharField(max_length=200)
    audience = models.CharField(max_length=200)
    measure = models.CharField(max_length=200)
    goals = models.ManyToManyField(Goal, blank=True, related_name="versions")
    needs_from_you = models.JSONField(default=list)
    improving = models.JSONField(default=list)
    # What "Ask for this" asks: {"slug", "label", "hint", "kind", "required", "choices"} each.
    questions = models.JSONField(default=list)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager[ServiceVersion]] = models.Manager()

    class Meta:
        ordering = ("service", "-number")
        constraints = (
            models.UniqueConstraint(fields=["service", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                name="service_has_an_outcome_and_a_measure",
                condition=~Q(outcome="") & ~Q(measure=""),
            ),
        )

    def __str__(self) -> str:
        return self.name


class ServiceTier(models.Model):
    """Speed against depth: one way to take a service, with what it promises."""

    class Level(models.TextChoices):
        BRONZE = "bronze", "Bronze"
        SILVER = "silver", "Silver"
        GOLD = "gold", "Gold"

    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="tiers")
    level = models.CharField(max_length=6, choices=Level.choices)
    rank = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=40)
    you_will_know = models.CharField(max_length=200)
    you_will_not_get = models.CharField(max_length=200, blank=True)
    promise = models.CharField(max_length=200)
    exactness = models.CharField(max_length=40, blank=True)
    your_time = models.CharField(max_length=80)
    # The delivery promise: its policy's target is when the first result is there.
    policy = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, related_name="tiers")
    first_result_days = models.PositiveSmallIntegerField()

    objects: ClassVar[models.Manager[ServiceTier]] = models.Manager()

    class Meta:
        ordering = ("version", "rank")
        constraints = (
            models.UniqueConstraint(fields=["version", "level"], name="one_tier_per_level"),
            models.CheckConstraint(name="tier_rank", condition=Q(rank__in=(1, 2, 3))),
            models.CheckConstraint(
                name="tier_takes_a_day_at_least", condition=Q(first_result_days__gte=1)
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_level_display()} · {self.words}"
