"""Signing a blueprint, and what a signature brings: the work, its clocks and its tick boxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.blueprints.parts import (
    Content,
    Part,
    all_problems,
    approvers,
    lines,
    measure_words,
    promise_words,
    within,
)
from intake.models import (
    Blueprint,
    BlueprintPart,
    BlueprintSignature,
    BlueprintVersion,
    ExitCriterion,
    Side,
    WorkRequest,
)
from intake.services import duties
from intake.services.blueprint import (
    AlreadyStartedError,
    NoOpenVersionError,
    NotCompleteError,
    both_sides,
    contents,
    current_parts,
    fingerprint,
    follow_version,
    note_agreement,
    open_version_of,
    proposer_of,
    standard_of,
    tick,
    write_version,
)
from intake.services.lifecycle import lock, move
from intake.services.notices import owe, owe_requester
from intake.states import IllegalMoveError, State

Source = BlueprintVersion.Source


@dataclass
class VersionChangedError(Exception):
    """The text that was read is not the one that would be signed; `newest` was changed last."""

    version: BlueprintVersion
    newest: BlueprintPart


@dataclass(frozen=True)
class Signer:
    """Who must sign for a side, and the signature once it is there."""

    side: str
    person: User
    signature: BlueprintSignature | None = None


def signers(work: WorkRequest, version: BlueprintVersion) -> list[Signer]:
    """The requester of record, the contact in the PMO, and the approver if that is another."""
    given = {one.side: one for one in version.signatures.select_related("person")}
    owed = [(Side.REQUESTER, work.requester)]
    if work.analyst:
        owed.append((Side.PMO, work.analyst))
    approver = approver_of(work, contents(version).get(Part.PEOPLE, {}))
    if approver and approver not in [person for _, person in owed]:
        owed.append((Side.APPROVER, approver))
    return [Signer(side, person, given.get(side)) for side, person in owed]


def approver_of(work: WorkRequest, content: Content) -> User | None:
    """The approver as a person who takes part; None for a name that has no account here."""
    names = approvers(content)
    if len(names) != 1:
        return None
    joined = [one.person for one in work.participants.select_related("person")]
    known = [work.requester, work.raised_by, work.analyst, *joined]
    said = names[0].casefold()
    found = (one for one in known if one and said in (one.name.casefold(), one.email.casefold()))
    return next(found, None)


def side_to_sign(person: User, work: WorkRequest, version: BlueprintVersion) -> str:
    """For which side this person may sign now; empty for nobody's."""
    for signer in signers(work, version):
        may = signer.person == person or (
            signer.side == Side.PMO and policies.signs_for_pmo(person, work)
        )
        if may and signer.signature is None:
            return signer.side
    return ""


@transaction.atomic
def sign(
    work: WorkRequest, *, number: int, digest: str, actor: User, at: datetime
) -> BlueprintVersion:
    """Agree to a version by name. The last signature puts it in force.

    Raise NotCompleteError while a part lacks something, and VersionChangedError if the text is
    not the one of this number and fingerprint any more.
    """
    work = lock(work)
    require(work.state in (State.BLUEPRINT, State.RUNNING))
    version = open_version_of(work)
    said = contents(version)
    if version.number != number or fingerprint(said) != digest:
        raise VersionChangedError(version, version.parts.latest("written_at", "pk"))
    if missing := all_problems(said):
        raise NotCompleteError(tuple(words for _, words in missing))
    side = side_to_sign(actor, work, version)
    require(bool(side))
    _tick_all(version, side, actor=actor, at=at)
    BlueprintSignature.objects.create(version=version, side=side, person=actor, at=at)
    record("intake.blueprint_signed", work, actor=actor, at=at, version=number, side=side)
    if all(signer.signature for signer in signers(work, version)):
        _conclude(work, version, actor=actor, at=at)
    else:
        note_agreement(work, version, at=at)
        _tell_of_signature(work, version, actor=actor, at=at)
    return version


def _tick_all(version: BlueprintVersion, side: str, *, actor: User, at: datetime) -> None:
    """Who signs the whole agrees to every part of it."""
    if side != Side.APPROVER:
        for row in current_parts(version).values():
            tick(row, side, actor=actor, at=at)


def _tell_of_signature(
    work: WorkRequest, version: BlueprintVersion, *, actor: User, at: datetime
) -> None:
    waiting = [one.person for one in signers(work, version) if one.signature is None]
    event = f"{version.pk}:{actor.pk}"
    owe("blueprint_signed", work, to=waiting, at=at, event=event, version=version.pk, by=actor.name)


def _conclude(work: WorkRequest, version: BlueprintVersion, *, actor: User, at: datetime) -> None:
    was_running = work.state == State.RUNNING
    put_in_force(work, version, actor=actor, at=at)
    people = both_sides(work)
    others = [person for person in people if person != actor or not was_running]
    if was_running:
        owe("blueprint_in_force", work, to=others, at=at, event=version.pk, version=version.pk)
    else:
        owe_requester("request_running", work, at=at, event=f"blueprint-{version.pk}")
        pmo = [work.analyst] if work.analyst and work.analyst != actor else []
        owe("blueprint_in_force", work, to=pmo, at=at, event=version.pk, version=version.pk)


def put_in_force(
    work: WorkRequest, version: BlueprintVersion, *, actor: User, at: datetime
) -> Blueprint:
    """Seal the version and let the request follow it: the work begins, or goes on anew."""
    said = contents(version)
    version.signed_at, version.digest = at, fingerprint(said)
    version.agreed_at = version.agreed_at or at
    version.save(update_fields=["signed_at", "digest", "agreed_at"])
    blueprint = _in_force(work, version, said, at=at)
    _keep_criteria(blueprint, said[Part.END])
    if work.state == State.BLUEPRINT:
        move(work, State.RUNNING, actor=actor, at=at)
    duties.follow(work, blueprint, said, actor=actor, at=at)
    return blueprint


def _in_force(
    work: WorkRequest, version: BlueprintVersion, said: Mapping[str, Content], *, at: datetime
) -> Blueprint:
    assert work.tier is not None
    steps = [
        {**{name: row.get(name, "") for name in ("from", "to", "what")}, "within": within(row)}
        for row in said[Part.STEPS].get("rows", ())
    ]
    texts = {
        "tier": work.tier,
        "trigger": " · ".join(lines(Part.TRIGGER, said[Part.TRIGGER]))[:400],
        "handoffs": steps,
        "promises": [promise_words(row) for row in said[Part.PROMISES].get("rows", ())],
        "measures": [measure_words(row) for row in said[Part.IMPACT].get("rows", ())],
        "agreed_at": at,
        "version": version,
    }
    texts["trigger"] = str(said[Part.TRIGGER].get("what", "")) or texts["trigger"]
    blueprint, _ = Blueprint.objects.update_or_create(work=work, defaults=texts)
    return blueprint


def _keep_criteria(blueprint: Blueprint, content: Content) -> None:
    """Exit criteria become tick boxes; a tick stays with a sentence that stayed."""
    ticked = {one.text: (one.ticked_at, one.ticked_by_id) for one in blueprint.criteria.all()}
    blueprint.criteria.all().delete()
    texts = [str(row["text"]) for row in content.get("rows", ()) if row.get("text")]
    ExitCriterion.objects.bulk_create(
        ExitCriterion(
            blueprint=blueprint,
            position=place,
            text=text,
            ticked_at=ticked.get(text, (None, None))[0],
            ticked_by_id=ticked.get(text, (None, None))[1],
        )
        for place, text in enumerate(texts, start=1)
    )


@transaction.atomic
def take_standard(work: WorkRequest, *, actor: User, at: datetime) -> BlueprintVersion:
    """Take the service's standard as it is: the requester signs by taking, the PMO by offering.

    Raise AlreadyStartedError once a version is being written together.
    """
    work = lock(work)
    require(policies.can_take_standard(actor, work))
    if work.blueprint_versions.exists():
        raise AlreadyStartedError
    version = sign_standard(work, actor=actor, at=at)
    owe_requester("request_running", work, at=at, event=f"blueprint-{version.pk}")
    people = [work.analyst] if work.analyst else []
    owe("blueprint_in_force", work, to=people, at=at, event=version.pk, version=version.pk)
    return version


def sign_standard(work: WorkRequest, *, actor: User, at: datetime) -> BlueprintVersion:
    """Version 1 of a locked request is the standard, signed by both at once."""
    offered_by = proposer_of(work)
    said = standard_of(work, owner=work.analyst or offered_by)
    version = write_version(work, said, source=Source.STANDARD, actor=offered_by, at=at)
    version.parts.update(requester_by=actor, requester_at=at, pmo_by=offered_by, pmo_at=at)
    BlueprintSignature.objects.bulk_create(
        BlueprintSignature(version=version, side=side, person=person, at=at)
        for side, person in ((Side.REQUESTER, actor), (Side.PMO, offered_by))
    )
    assert work.tier is not None
    record("intake.standard_blueprint_taken", work, actor=actor, at=at, tier=work.tier.level)
    put_in_force(work, version, actor=actor, at=at)
    return version


@transaction.atomic
def propose_change(
    work: WorkRequest, *, reason: str, actor: User, at: datetime
) -> BlueprintVersion:
    """Open the next version of a blueprint in force, which stays in force until that is signed."""
    work = lock(work)
    require(policies.can_shape(actor, work) and bool(reason))
    if work.state != State.RUNNING:
        raise IllegalMoveError(State(work.state), State.BLUEPRINT)
    if work.blueprint_versions.open().exists():
        raise AlreadyStartedError
    old = work.blueprint_versions.signed().first() or _first_version(work, at=at)
    version = follow_version(old, source=Source.CHANGE, actor=actor, at=at, reason=reason)
    record(
        "intake.change_proposed", work, actor=actor, at=at, reason=reason, version=version.number
    )
    people = both_sides(work)
    others = [person for person in people if person != actor]
    owe("change_proposed", work, to=others, at=at, event=version.pk, version=version.pk)
    return version


def _first_version(work: WorkRequest, *, at: datetime) -> BlueprintVersion:
    """Write down, as its version 1, what a request agreed before versions were kept."""
    blueprint = Blueprint.objects.filter(work=work).first()
    if blueprint is None:
        raise NoOpenVersionError
    owner = proposer_of(work)
    agreed = blueprint.agreed_at
    said = standard_of(work, owner=work.analyst or owner)
    said[Part.TRIGGER]["what"] = blueprint.trigger
    said[Part.END]["rows"] = [{"text": one.text} for one in blueprint.criteria.all()]
    version = write_version(work, said, source=Source.STANDARD, actor=owner, at=agreed)
    version.parts.update(
        requester_by=work.requester, requester_at=agreed, pmo_by=owner, pmo_at=agreed
    )
    BlueprintSignature.objects.create(
        version=version, side=Side.REQUESTER, person=work.requester, at=agreed
    )
    BlueprintSignature.objects.create(version=version, side=Side.PMO, person=owner, at=agreed)
    version.signed_at, version.digest, version.agreed_at = agreed, fingerprint(said), agreed
    version.save(update_fields=["signed_at", "digest", "agreed_at"])
    blueprint.version = version
    blueprint.save(update_fields=["version"])
    return version


@transaction.atomic
def drop_change(work: WorkRequest, *, actor: User, at: datetime) -> BlueprintVersion:
    """Give a proposed change up: the version in force stays as it is."""
    work = lock(work)
    require(policies.can_shape(actor, work))
    if work.state != State.RUNNING:
        raise NoOpenVersionError
    version = open_version_of(work)
    version.replaced_at = at
    version.save(update_fields=["replaced_at"])
    record("intake.change_dropped", work, actor=actor, at=at, version=version.number)
    return version
