"""Blueprints written together and pilots, as acts of the demo; each calls the pages' service."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from catalog.services.pilots import Plan
from intake.blueprints.parts import Part
from intake.services import blueprint, pilots, signing
from pmo_portal.demo.acts import Scene, Words
from pmo_portal.demo.handing import finish_next

SIDES = ("requester", "analyst")


def _person(scene: Scene, words: Words) -> User:
    side = words.get("by", "analyst")
    return scene.requester if side == "requester" else scene.analyst


def begin_blueprint(scene: Scene, words: Words, at: datetime) -> None:
    blueprint.start(scene.work, source=words["source"], actor=_person(scene, words), at=at)


def agree_parts(scene: Scene, words: Words, at: datetime) -> None:
    """One side, or both, tick some parts or all of them."""
    work = scene.work
    sides = [words["by"]] if "by" in words else SIDES
    for part in words.get("parts", Part.values):
        for side in sides:
            row = blueprint.current_parts(blueprint.open_version_of(work))[part]
            person = _person(scene, {"by": side})
            blueprint.agree(work, part, seen=row.pk, actor=person, at=at)


def change_part(scene: Scene, words: Words, at: datetime) -> None:
    """Give some fields of a part another text."""
    work, part = scene.work, words["part"]
    row = blueprint.current_parts(blueprint.open_version_of(work))[part]
    content = {**row.content, **words["set"]}
    blueprint.edit(work, part, content, seen=row.pk, actor=_person(scene, words), at=at)


def comment_part(scene: Scene, words: Words, at: datetime) -> None:
    person = _person(scene, words)
    blueprint.comment(scene.work, words["part"], text=words["text"], actor=person, at=at)


def sign_blueprint(scene: Scene, words: Words, at: datetime) -> None:
    work = scene.work
    version = blueprint.open_version_of(work)
    digest = blueprint.fingerprint(blueprint.contents(version))
    person = _person(scene, words)
    signing.sign(work, number=version.number, digest=digest, actor=person, at=at)


def propose_change(scene: Scene, words: Words, at: datetime) -> None:
    signing.propose_change(scene.work, reason=words["text"], actor=_person(scene, words), at=at)


def finish_step(scene: Scene, words: Words, at: datetime) -> None:
    finish_next(scene.work, at)


def pilot(scene: Scene, words: Words, at: datetime) -> None:
    """Set a pilot up that begins today; the lines are one measure with its four numbers."""
    today = at.date()
    plan = Plan(
        hypothesis=words["hypothesis"],
        scope=words["scope"],
        starts_on=today,
        ends_on=today + timedelta(days=words["days"] - 1),
        decider=scene.requester,
    )
    criteria = [_criterion(row) for row in words["measures"]]
    pilots.set_up(
        scene.work, plan, criteria=criteria, steps=words["steps"], actor=scene.analyst, at=at
    )


def _criterion(row: list[Any]) -> dict[str, Any]:
    measure, unit, *numbers = row
    names = ("baseline", "target", "keep_at", "drop_at")
    values = (Decimal(str(number)) for number in numbers)
    return {"measure": measure, "unit": unit, **dict(zip(names, values, strict=True))}


def check_in(scene: Scene, words: Words, at: datetime) -> None:
    work = scene.work
    assert work.pilot is not None
    read = zip(work.pilot.criteria.all(), words["readings"], strict=True)
    values = {one.pk: Decimal(str(value)) for one, value in read if value is not None}
    said = {name: words.get(name, "") for name in ("worked", "did_not", "to_try")}
    pilots.check_in(work, readings=values, actor=_person(scene, words), at=at, **said)


def widen(scene: Scene, words: Words, at: datetime) -> None:
    """Somebody who was in the step says how it went, then the pilot reaches further."""
    work = scene.work
    assert work.pilot is not None
    step = work.pilot.steps.filter(opened_at__isnull=False).latest("position")
    pilots.give_feedback(work, step, text=words["feedback"], actor=scene.requester, at=at)
    pilots.widen(work, actor=scene.analyst, at=at)


def decide_pilot(scene: Scene, words: Words, at: datetime) -> None:
    pilots.decide(
        scene.work,
        verdict=words["verdict"],
        reason=words["text"],
        learned=words["learned"],
        next_step=words.get("next_step", ""),
        actor=scene.requester,
        at=at,
    )


AGREEING = {
    act.__name__: act
    for act in (
        begin_blueprint, agree_parts, change_part, comment_part, sign_blueprint, propose_change,
        finish_step, pilot, check_in, widen, decide_pilot,
    )
}  # fmt: skip
