"""One request made into many, with its clocks, for lists that must not care how long they are."""

from typing import Any

from intake.models import WorkRequest
from sla.models import Clock, Subject

OWN = {"id", "draft_key", "number", "subject_id"}


def copies_of(work: WorkRequest, count: int, **changes: Any) -> list[WorkRequest]:
    """The same words, promise and moment, `count` times over, as references from 1000 on."""
    subjects = Subject.objects.bulk_create(Subject(kind="request") for _ in range(count))
    same = _same(work, OWN) | changes
    made = WorkRequest.objects.bulk_create(
        WorkRequest(number=1000 + n, subject=subject, **same) for n, subject in enumerate(subjects)
    )
    clocks = [_same(clock, {"id", "subject_id"}) for clock in work.subject.clocks.all()]
    Clock.objects.bulk_create(
        Clock(subject=subject, **clock) for subject in subjects for clock in clocks
    )
    return made


def _same(row: Any, own: set[str]) -> dict[str, Any]:
    names = {field.attname for field in row._meta.concrete_fields} - own
    return {name: getattr(row, name) for name in names}
