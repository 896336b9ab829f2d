"""Framing: the questions by version, the answers they got, the need both sides agree on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from intake.models.work_request import WorkRequest

# What a service asks of everybody who wants it is a question too, named by the service.
ORDER_PREFIX = "for-"


class QuestionVersionQuerySet(models.QuerySet["QuestionVersion"]):
    def current(self) -> QuestionVersionQuerySet:
        return self.filter(is_current=True)


class QuestionVersion(models.Model):
    """One wording of one question. An edit makes a new version; answers keep theirs.

    `words` holds label, short, hint, examples, why, errors and options; `rules` holds part, lanes,
    fields with their limits, and what may be left open.
    """

    slug = models.SlugField(max_length=30)
    number = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    words = models.JSONField()
    rules = models.JSONField()
    is_current = models.BooleanField(default=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[QuestionVersion]] = QuestionVersionQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["slug", "number"], name="one_question_per_number"),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(is_current=True), name="one_current_question"
            ),
        )

    def __str__(self) -> str:
        return f"{self.slug} v{self.number}"


class Answer(models.Model):
    """What was answered to one question, or that it is left for the talk.

    `value` maps the question's field names to plain values (dates as ISO text).
    """

    class Status(models.TextChoices):
        GIVEN = "given", "Answered"
        NOT_SURE = "not-sure", "We will find out together"
        TOGETHER = "together", "We will do this together"
        # Put aside half written: kept as typed, and not yet an answer.
        BEGUN = "begun", "In progress"

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="answers")
    slug = models.SlugField(max_length=30)
    question = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.GIVEN)
    is_pmo_only = models.BooleanField(default=False)
    # A later save that was based on an older version is a conflict, never an overwrite.
    version = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[Answer]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["work", "slug"], name="one_answer_per_question"),
        )

    def __str__(self) -> str:
        return self.slug

    def get(self, field: str) -> Any:
        """Return one field of the answer; an empty text when it was not given."""
        return self.value.get(field, "")


class EarlierAnswer(models.Model):
    """What an answer was before the requester changed it; both stay."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="earlier")
    question = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    value = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Answer.Status.choices)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    replaced_at = models.DateTimeField()

    objects: ClassVar[models.Manager[EarlierAnswer]] = models.Manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.answer} before {self.replaced_at:%Y-%m-%d}"

    def get(self, field: str) -> Any:
        """Return one field of the answer; an empty text when it was not given."""
        return self.value.get(field, "")


class QuestionVisit(models.Model):
    """When a question was first put and first answered: time and drop-off per question."""

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="visits")
    slug = models.SlugField(max_length=30)
    shown_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[QuestionVisit]] = models.Manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["work", "slug"], name="one_visit"),)

    def __str__(self) -> str:
        return self.slug


class Ease(models.Model):
    """How easy asking was, as the person said right after it."""

    class Felt(models.IntegerChoices):
        VERY_HARD = 1, "Very hard"
        HARD = 2, "Hard"
        NEITHER = 3, "Neither hard nor easy"
        EASY = 4, "Easy"
        VERY_EASY = 5, "Very easy"

    work = models.OneToOneField(WorkRequest, on_delete=models.CASCADE, related_name="ease")
    felt = models.PositiveSmallIntegerField(choices=Felt.choices)
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Ease]] = models.Manager()

    def __str__(self) -> str:
        return self.get_felt_display()


class NeedVersionQuerySet(models.QuerySet["NeedVersion"]):
    def unanswered(self) -> NeedVersionQuerySet:
        """Play-backs that wait for the requester; a newer one takes the place of an older."""
        newer = NeedVersion.objects.filter(
            work=models.OuterRef("work"), number__gt=models.OuterRef("number")
        )
        return self.filter(~models.Exists(newer), played_back_at__isnull=False, answered_at=None)


class NeedVersion(models.Model):
    """The need as one side wrote it, played back, and agreed by both or corrected."""

    class Reply(models.TextChoices):
        YES = "yes", "Yes, that is it"
        NEARLY = "nearly", "Nearly"
        NO = "no", "No"

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="needs")
    number = models.PositiveIntegerField()
    text = models.TextField(max_length=600)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()
    played_back_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    reply = models.CharField(max_length=6, choices=Reply.choices, blank=True)
    correction = models.TextField(blank=True)
    requester_agreed_at = models.DateTimeField(null=True)
    pmo_agreed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[NeedVersion]] = NeedVersionQuerySet.as_manager()

    class Meta:
        ordering = ("work", "-number")
        constraints = (
            models.UniqueConstraint(fields=["work", "number"], name="one_need_per_number"),
        )

    def __str__(self) -> str:
        return f"Need {self.number}"

    @property
    def is_agreed(self) -> bool:
        return self.requester_agreed_at is not None and self.pmo_agreed_at is not None

    @property
    def is_waiting(self) -> bool:
        """Whether it was played back and nobody has answered."""
        return self.played_back_at is not None and self.answered_at is None


class Decision(models.Model):
    """The decision that a request serves. Its lead time is what the PMO is measured by."""

    class Rhythm(models.TextChoices):
        ONCE = "once", "Once"
        DAY = "day", "Every day"
        WEEK = "week", "Every week"
        MONTH = "month", "Every month"
        QUARTER = "quarter", "Every quarter"
        EVENT = "event", "When something happens"
        UNSURE = "unsure", "I am not sure"

    class ResultUsed(models.TextChoices):
        """Whether what the PMO brought was used when it was decided."""

        YES = "yes", "Yes"
        PARTLY = "partly", "Partly"
        NO = "no", "No"

    work = models.OneToOneField(WorkRequest, on_delete=models.CASCADE, related_name="decision")
    name = models.CharField(max_length=300, blank=True)
    decider = models.CharField(max_length=200, blank=True)
    rhythm = models.CharField(max_length=7, choices=Rhythm.choices, blank=True)
    next_on = models.DateField(null=True)
    first_asked_on = models.DateField()
    first_asked_is_estimate = models.BooleanField(default=False)
    decided_on = models.DateField(null=True)
    decided_what = models.TextField(blank=True)
    result_used = models.CharField(max_length=6, choices=ResultUsed.choices, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Decision]] = models.Manager()

    def __str__(self) -> str:
        return self.name
