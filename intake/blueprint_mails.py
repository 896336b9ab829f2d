"""What the mails about a blueprint say: a part changed, ready to sign, signed, in force."""

from intake.blueprints.difference import difference
from intake.blueprints.parts import text
from intake.mails import Notice, Words, to_everybody
from intake.models import BlueprintPart, BlueprintVersion, PartComment
from intake.states import State


def part_changed(notice: Notice) -> Words | None:
    """A change that was followed by another one is told by that one."""
    parts = BlueprintPart.objects.filter(version__work=notice.work)
    now = parts.select_related("written_by", "version").filter(pk=notice.number("part")).first()
    was = parts.filter(pk=notice.number("was")).first()
    if now is None or was is None or not now.version.is_open:
        return None
    if now.version.parts.filter(part=now.part, edition__gt=now.edition).exists():
        return None
    before, after = text(was.part, was.content), text(now.part, now.content)
    summary = difference(before, after).summary
    return {"part": now, "before": before, "after": after, "summary": summary}


def ready(notice: Notice) -> Words | None:
    """Nobody needs to be told of a version that was signed or replaced meanwhile."""
    version = _version(notice)
    return {"version": version} if version and version.is_open else None


def signed(notice: Notice) -> Words | None:
    version = _version(notice)
    if version is None or not version.is_open:
        return None
    return {"version": version, "by": str(notice.message.payload.get("by", ""))}


def in_force(notice: Notice) -> Words | None:
    version = _version(notice)
    if version is None or version.signed_at is None or notice.work.state != State.RUNNING:
        return None
    names = [one.person.name for one in version.signatures.select_related("person")]
    return {"version": version, "names": names, "result_by": notice.due("delivery")}


def change_proposed(notice: Notice) -> Words | None:
    version = _version(notice)
    return {"version": version} if version and version.is_open else None


def commented(notice: Notice) -> Words | None:
    found = PartComment.objects.filter(work=notice.work, pk=notice.number("comment"))
    comment = found.select_related("by", "thread").first()
    if comment is None or (comment.thread or comment).resolved_at is not None:
        return None
    return {"comment": comment}


def _version(notice: Notice) -> BlueprintVersion | None:
    versions = notice.work.blueprint_versions.select_related("opened_by")
    return versions.filter(pk=notice.number("version")).first()


def register_all() -> None:
    to_everybody("blueprint_changed", part_changed, path="blueprint/")
    to_everybody("blueprint_ready", ready, path="blueprint/sign/")
    to_everybody("blueprint_signed", signed, path="blueprint/sign/")
    to_everybody("blueprint_in_force", in_force, path="blueprint/")
    to_everybody("change_proposed", change_proposed, path="blueprint/")
    to_everybody("part_commented", commented, path="blueprint/")
