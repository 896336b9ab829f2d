"""The request: one need brought to the front door."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, StandIn, User
from catalog.models import Pilot, Service, ServiceTier
from intake.states import BEFORE_RUNNING, CLOSED, IN_TRIAGE, OPEN, Lane, State
from sla.models import Clock, Subject

if TYPE_CHECKING:
    from intake.models import NeedVersion, Proposal

# A draft goes this long after its last change.
DRAFT_LIFE = timedelta(days=60)
# Sorts after every promise; a request without a running clock waits at the end of the queue.
NO_PROMISE = datetime(9999, 12, 31, tzinfo=UTC)


class WorkRequestQuerySet(models.QuerySet["WorkRequest"]):
    def visible_to(self, user: User) -> WorkRequestQuerySet:
        """What this person may know of; drafts belong to those who write them."""
        own = Q(requester=user) | Q(raised_by=user) | Q(Exists(self._joined_by(user)))
        if user.is_pmo:
            return self.filter(~Q(state=State.DRAFT) | own)
        seen = Q(requester__in=self._away_for(user))
        if user.department_id:
            seen |= Q(is_for_department=True, department=user.department_id)
        if user.is_sponsor:
            seen |= Q(department__in=user.sponsored.values("pk"))
        return self.filter(own | (seen & ~Q(state=State.DRAFT)))

    @staticmethod
    def _joined_by(user: User) -> models.QuerySet[Participant]:
        return Participant.objects.filter(work=OuterRef("pk"), person=user)

    @staticmethod
    def _away_for(user: User) -> models.QuerySet[StandIn, int]:
        """The people for whom this person stands in today."""
        standing = StandIn.objects.on(timezone.localdate()).filter(stand_in=user)
        return standing.values_list("person", flat=True)

    def brought_by(self, user: User) -> WorkRequestQuerySet:
        """A person's own requests: asked by them, for them, or joined."""
        own = Q(requester=user) | Q(raised_by=user) | Q(Exists(self._joined_by(user)))
        return self.filter(own)

    def drafts(self) -> WorkRequestQuerySet:
        """The newest first; `is_shared` tells whether colleagues add to one."""
        shared = Exists(Participant.objects.filter(work=OuterRef("pk")))
        return self.filter(state=State.DRAFT).annotate(is_shared=shared).order_by("-saved_at")

    def received(self) -> WorkRequestQuerySet:
        return self.exclude(state=State.DRAFT)

    def open(self) -> WorkRequestQuerySet:
        return self.filter(state__in=OPEN)

    def closed(self) -> WorkRequestQuerySet:
        return self.filter(state__in=CLOSED)

    def waiting_for(self, user: User) -> WorkRequestQuerySet:
        """What needs this person's answer, choice or check; only the requester's side has one."""
        own = Q(requester=user) | Q(raised_by=user)
        asked = Q(waiting_since__isnull=False)
        turn = Q(state__in=(State.PROPOSED, State.CHECK))
        played_back = Q(Exists(self._unanswered_needs()), state__in=IN_TRIAGE)
        return self.open().filter(own, asked | turn | played_back)

    @staticmethod
    def _unanswered_needs() -> models.QuerySet[NeedVersion]:
        from intake.models.framing import NeedVersion  # it points at this model

        return NeedVersion.objects.unanswered().filter(work=OuterRef("pk"))

    def with_people(self) -> WorkRequestQuerySet:
        return self.select_related("requester", "department", "analyst", "service__current", "tier")

    def for_queue(self) -> WorkRequestQuerySet:
        """Rows of the triage queue: soonest promise first, so late ones lead by themselves."""
        return self.open().with_people().order_by("queue_at", "id")


class WorkRequest(models.Model):
    """One need, from first draft to the last impact check. Called `work` in the code."""

    class Kind(models.TextChoices):
        QUESTION = "question", "I have a question"
        ONE_THING = "one-thing", "I need one thing, once"
        BETTER = "better", "Something should work better or differently"
        WRONG = "wrong", "Something goes wrong and I do not know what I need"
        IDEA = "idea", "I have an idea I would like to try"

    class Urgency(models.TextChoices):
        NONE = "none", "Not urgent"
        ASKED = "asked", "Urgent asked"
        ACCEPTED = "accepted", "Treated as urgent"
        REFUSED = "refused", "Planned normally"

    QUICK_KINDS = frozenset({Kind.QUESTION, Kind.ONE_THING})

    draft_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(null=True, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    lane = models.CharField(max_length=7, choices=Lane.choices, blank=True)
    kind = models.CharField(max_length=9, choices=Kind.choices, blank=True)
    title = models.CharField(max_length=120, blank=True)
    # What they said they want, in their words; never overwritten once received.
    ask = models.TextField(blank=True)
    # The agreed need as it reads now; its history is `needs`.
    need = models.TextField(blank=True)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requests"
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="raised"
    )
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="requests"
    )
    analyst = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="claimed"
    )
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="requests"
    )
    tier = models.ForeignKey(
        ServiceTier, null=True, on_delete=models.PROTECT, related_name="requests"
    )
    subject = models.OneToOneField(Subject, on_delete=models.PROTECT, related_name="work")
    urgency = models.CharField(max_length=8, choices=Urgency.choices, default=Urgency.NONE)
    needed_by = models.DateField(null=True)
    framed = models.PositiveSmallIntegerField(default=0)
    # Who may see it: the people named on it and the PMO, or everybody in its department too.
    is_for_department = models.BooleanField(default=False)
    # How much the ask speaks in solutions (0 to 3), by these rules; 0 for rules that never read it.
    # An analyst's label wins over the rules.
    solution_level = models.PositiveSmallIntegerField(default=0)
    solution_rules = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # When the soonest running promise is due: what the queue is sorted by.
    queue_at = models.DateTimeField(default=NO_PROMISE)
    waiting_since = models.DateTimeField(null=True)
    new_answer_at = models.DateTimeField(null=True)
    parked_until = models.DateField(null=True)
    returned_at = models.DateTimeField(null=True)
    # A declined request is looked at again once.
    asked_again_at = models.DateTimeField(null=True)
    # The newest pilot that was born from it, and until when it runs; a list shows only the date.
    pilot = models.ForeignKey(Pilot, null=True, on_delete=models.PROTECT, related_name="works")
    in_pilot_until = models.DateField(null=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_from"
    )
    import_key = models.CharField(max_length=80, null=True, unique=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[WorkRequest]] = WorkRequestQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(name="known_state", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="received_has_a_number_a_moment_and_words",
                condition=Q(state=State.DRAFT)
                | (Q(number__isnull=False, received_at__isnull=False) & ~Q(ask="")),
            ),
            models.CheckConstraint(
                name="running_has_a_tier",
                condition=~Q(state__in=(State.BLUEPRINT, State.RUNNING)) | Q(tier__isnull=False),
            ),
            models.CheckConstraint(
                name="looked_at_by_somebody",
                condition=~Q(state__in=(State.CLAIMED, State.DISCOVERY, State.PROPOSED))
                | Q(analyst__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                fields=["queue_at", "id"], condition=Q(state__in=sorted(OPEN)), name="work_queue"
            ),
            models.Index(
                fields=["state", "queue_at", "id"],
                condition=Q(state__in=sorted(OPEN)),
                name="work_queue_state",
            ),
            models.Index(
                fields=["analyst", "queue_at", "id"],
                condition=Q(state__in=sorted(OPEN)),
                name="work_queue_analyst",
            ),
            models.Index(
                fields=["department", "queue_at", "id"],
                condition=Q(state__in=sorted(OPEN)),
                name="work_queue_department",
            ),
            models.Index(
                fields=["urgency", "queue_at", "id"],
                condition=~Q(urgency="none") & Q(state__in=sorted(OPEN)),
                name="work_queue_urgency",
            ),
            models.Index(
                fields=["lane", "queue_at", "id"],
                condition=Q(state__in=sorted(OPEN)),
                name="work_queue_lane",
            ),
            models.Index(
                fields=["received_at", "id"],
                condition=Q(state__in=sorted(OPEN)),
                name="work_queue_age",
            ),
            models.Index(
                fields=["framed", "id"],
                condition=Q(state__in=sorted(OPEN)),
                name="work_queue_framing",
            ),
            models.Index(
                fields=["number", "id"],
                condition=Q(state__in=sorted(OPEN)),
                name="work_queue_number",
            ),
            models.Index(
                fields=["queue_at", "id"],
                condition=Q(new_answer_at__isnull=False, state__in=sorted(OPEN)),
                name="work_queue_answers",
            ),
            models.Index(
                fields=["queue_at", "id"],
                condition=Q(waiting_since__isnull=False, state__in=sorted(OPEN)),
                name="work_queue_waiting",
            ),
            models.Index(
                fields=["queue_at", "id"],
                condition=Q(returned_at__isnull=False, state__in=sorted(OPEN)),
                name="work_queue_returned",
            ),
            models.Index(fields=["parked_until"], condition=Q(state="parked"), name="work_parked"),
            models.Index(fields=["requester", "-id"], name="work_by_requester"),
        )

    def __str__(self) -> str:
        return self.reference or self.title or "Draft"

    @property
    def reference(self) -> str:
        """Such as PMO-0042; empty for a draft."""
        return f"{settings.REFERENCE_PREFIX}-{self.number:04d}" if self.number else ""

    @property
    def about(self) -> str:
        """How the outbox names this request."""
        return f"request-{self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def ends_on(self) -> date:
        """The last day of a draft that nobody adds to any more."""
        return (self.saved_at + DRAFT_LIFE).date() - timedelta(days=1)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    @property
    def is_before_running(self) -> bool:
        return self.state in BEFORE_RUNNING

    @property
    def is_quick(self) -> bool:
        return self.lane == Lane.ORDER

    @property
    def is_waiting(self) -> bool:
        """Whether "waiting for you" lies on top of the state."""
        return self.waiting_since is not None

    def get_absolute_url(self) -> str:
        return reverse("intake:request_detail", args=[self.reference])

    def clock(self, metric: str) -> Clock:
        """The newest cycle of this clock; raise Clock.DoesNotExist when it never ran."""
        return self.subject.clocks.filter(metric=metric).latest("cycle")

    def current_proposal(self) -> Proposal | None:
        """The newest one that was not taken back or refused; chosen or still open."""
        offered = self.proposals.filter(withdrawn_at=None).order_by("-id")
        return offered.select_related(
            "version__service", "suggested", "chosen", "proposed_by"
        ).first()

    @classmethod
    def number_of(cls, reference: str) -> int | None:
        """Read "PMO-0042" (any case) as 42; None for anything that is no reference."""
        prefix, _, digits = reference.upper().rpartition("-")
        known = prefix == settings.REFERENCE_PREFIX.upper() and digits.isascii()
        # Nine digits fit the column; more can't be a request of ours.
        return int(digits) if known and digits.isdigit() and len(digits) <= 9 else None


class Participant(models.Model):
    """Somebody who takes part in a request beside its requester."""

    class Part(models.TextChoices):
        USES = "uses", "Uses the result"
        DECIDES = "decides", "Decides"
        GIVES_DATA = "gives-data", "Gives data"
        INFORMED = "informed", "To be informed"

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="participations"
    )
    part = models.CharField(max_length=10, choices=Part.choices, default=Part.INFORMED)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[Participant]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["work", "person"], name="one_part_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.person} in {self.work}"


class ReferenceCounter(models.Model):
    """The last reference number given out."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
