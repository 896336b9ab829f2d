"""Requests whose blueprint is being written together, walked there through the services."""

from datetime import datetime, timedelta

from accounts.models import User
from catalog.models import ServiceTier
from intake.blueprints.parts import Part
from intake.models import BlueprintVersion, WorkRequest
from intake.services import agreement, blueprint, signing
from intake.states import State
from tests.factories.intake import bring_to


def bring_to_blueprint(
    work: WorkRequest, *, analyst: User, tier: ServiceTier, at: datetime
) -> WorkRequest:
    """A request whose tier was chosen, to be set up together; no version is begun."""
    work = bring_to(State.PROPOSED, work, analyst=analyst, tier=tier, at=at)
    agreement.choose_tier(
        work, tier=tier, actor=work.requester, at=at + timedelta(hours=2), take_standard=False
    )
    return WorkRequest.objects.get(pk=work.pk)


def begin(work: WorkRequest, actor: User, at: datetime) -> BlueprintVersion:
    """Version 1, from the service's standard."""
    return blueprint.start(work, source="standard", actor=actor, at=at)


def text_of(work: WorkRequest, part: str):
    """The current text of a part in the version that is being written."""
    return blueprint.current_parts(blueprint.open_version_of(work))[part]


def agree_all(work: WorkRequest, analyst: User, at: datetime) -> None:
    for part in Part.values:
        for person in (work.requester, analyst):
            seen = text_of(work, part).pk
            blueprint.agree(work, part, seen=seen, actor=person, at=at)


def sign(work: WorkRequest, actor: User, at: datetime) -> BlueprintVersion:
    """Sign the version as it is now."""
    version = blueprint.open_version_of(work)
    digest = blueprint.fingerprint(blueprint.contents(version))
    return signing.sign(work, number=version.number, digest=digest, actor=actor, at=at)


def change(work: WorkRequest, part: str, actor: User, at: datetime, **changes: object):
    """Save a part with some of its content changed."""
    was = text_of(work, part)
    return blueprint.edit(work, part, {**was.content, **changes}, seen=was.pk, actor=actor, at=at)
