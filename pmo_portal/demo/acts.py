"""What can happen to a request of the demo. Each act calls the service that the pages call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from catalog.models import Service, ServiceTier
from intake.models import LibraryQuestion, NeedVersion, WorkRequest
from intake.services import agreement, conversation, discovery, hypotheses, triage, urgency, whys
from pmo_portal.demo.working_time import after, duration
from sla.business_time import WorkingCalendar

Words = dict[str, Any]


@dataclass
class Scene:
    """The request of one story, its two sides, and the calendar in which its days are counted."""

    key: int
    requester: User
    analyst: User
    calendar: WorkingCalendar

    @property
    def work(self) -> WorkRequest:
        return WorkRequest.objects.get(pk=self.key)


def claim(scene: Scene, words: Words, at: datetime) -> None:
    triage.claim(scene.work, actor=scene.analyst, at=at)


def reply(scene: Scene, words: Words, at: datetime) -> None:
    conversation.write(scene.work, text=words["text"], actor=scene.analyst, at=at)


def write(scene: Scene, words: Words, at: datetime) -> None:
    conversation.write(scene.work, text=words["text"], actor=scene.requester, at=at)


def note(scene: Scene, words: Words, at: datetime) -> None:
    conversation.note(scene.work, text=words["text"], actor=scene.analyst, at=at)


def ask(scene: Scene, words: Words, at: datetime) -> None:
    triage.ask(
        scene.work,
        questions=words["questions"],
        blocks=words.get("blocks", True),
        why=words.get("why", ""),
        actor=scene.analyst,
        at=at,
    )


def answers(scene: Scene, words: Words, at: datetime) -> None:
    work = scene.work
    texts = dict(enumerate(words["texts"], start=1))
    hold = work.holds.waiting().get()
    conversation.answer(work, hold, answers=texts, actor=scene.requester, at=at)


def talk(scene: Scene, words: Words, at: datetime) -> None:
    """Plan a talk for tomorrow, fix its time, and keep what was found: notes and the ladder."""
    start = after(scene.calendar, at, duration("1d"))
    slots = [start, after(scene.calendar, start, duration("1d"))]
    questions = LibraryQuestion.objects.filter(text__in=words.get("questions", ()))
    session = discovery.plan(
        scene.work,
        slots=slots,
        length=25,
        place=words.get("place", ""),
        people=f"{scene.requester.name}, {scene.analyst.name}",
        questions=questions,
        actor=scene.analyst,
        at=at,
    )
    discovery.choose_time(session, starts_at=start, actor=scene.requester, at=at)
    for kind, text, *hidden in words.get("notes", ()):
        discovery.add_note(
            session, kind=kind, text=text, pmo_only=bool(hidden), actor=scene.analyst, at=at
        )
    rung = None
    for kind, text in words.get("whys", ()):
        rung = whys.add_rung(
            scene.work,
            parent=rung,
            text=text,
            said_by=scene.requester.name,
            kind=kind,
            actor=scene.requester,
            at=at,
        )
    if rung:
        whys.mark_root(rung, is_root=True, actor=scene.analyst, at=at)


def believe(scene: Scene, words: Words, at: datetime) -> None:
    """Write the outcome hypothesis from the answers, or change it for what was learned."""
    was = scene.work.hypotheses.order_by("-number").first()
    told = {name: getattr(was, name) for name in hypotheses.FIELDS} if was else {}
    fields = (told or hypotheses.from_answers(scene.work)) | words.get("fields", {})
    hypotheses.write(
        scene.work,
        fields=fields,
        learned=words.get("learned", ""),
        seen=was.number if was else 0,
        actor=scene.analyst,
        at=at,
    )


def play_back(scene: Scene, words: Words, at: datetime) -> None:
    triage.play_back(scene.work, text=words["text"], actor=scene.analyst, at=at)


def confirm(scene: Scene, words: Words, at: datetime) -> None:
    _answer_play_back(scene, NeedVersion.Reply.YES, "", at)


def nearly(scene: Scene, words: Words, at: datetime) -> None:
    _answer_play_back(scene, NeedVersion.Reply.NEARLY, words["text"], at)


def _answer_play_back(scene: Scene, reply: str, correction: str, at: datetime) -> None:
    work = scene.work
    agreement.answer_play_back(
        work, work.needs.all()[0], reply=reply, correction=correction, actor=scene.requester, at=at
    )


def propose(scene: Scene, words: Words, at: datetime) -> None:
    service = Service.objects.select_related("current").get(slug=words["service"])
    tier = ServiceTier.objects.get(version=service.current, level=words["tier"])
    triage.propose(scene.work, tier=tier, why=words["why"], actor=scene.analyst, at=at)


def choose(scene: Scene, words: Words, at: datetime) -> None:
    work = scene.work
    proposal = work.proposals.get(chosen_at=None, withdrawn_at=None)
    tier = proposal.version.tiers.get(level=words["tier"])
    reason = words.get("reason", "")
    as_it_is = not words.get("together", False)
    agreement.choose_tier(
        work, tier=tier, reason=reason, actor=scene.requester, at=at, take_standard=as_it_is
    )


def refuse(scene: Scene, words: Words, at: datetime) -> None:
    agreement.refuse_proposal(scene.work, why=words["text"], actor=scene.requester, at=at)


def tick(scene: Scene, words: Words, at: datetime) -> None:
    """Tick the next criteria, one unless told otherwise."""
    work = scene.work
    for criterion in work.blueprint.criteria.filter(ticked_at=None)[: words.get("count", 1)]:
        agreement.tick(work, criterion, done=True, actor=scene.analyst, at=at)


def hand_over(scene: Scene, words: Words, at: datetime) -> None:
    tick(scene, {"count": 99}, at)
    agreement.hand_over(scene.work, actor=scene.analyst, at=at)


def send_back(scene: Scene, words: Words, at: datetime) -> None:
    agreement.not_finished(scene.work, what=words["text"], actor=scene.requester, at=at)


def result(scene: Scene, words: Words, at: datetime) -> None:
    agreement.record_result(
        scene.work,
        difference=words["difference"],
        value_now=words.get("value", ""),
        sentence=words["sentence"],
        actor=scene.requester,
        at=at,
    )


def answered(scene: Scene, words: Words, at: datetime) -> None:
    triage.answer(scene.work, text=words["text"], actor=scene.analyst, at=at)


def decline(scene: Scene, words: Words, at: datetime) -> None:
    triage.decline(
        scene.work,
        reason=words["reason"],
        explanation=words["text"],
        alternative=words["alternative"],
        actor=scene.analyst,
        at=at,
    )


def park(scene: Scene, words: Words, at: datetime) -> None:
    until = words.get("until")
    triage.park(
        scene.work,
        until=after(scene.calendar, at, duration(until)).date() if until else None,
        event=words.get("event", ""),
        explanation=words["text"],
        actor=scene.analyst,
        at=at,
    )


def withdraw(scene: Scene, words: Words, at: datetime) -> None:
    agreement.withdraw(scene.work, reason=words["reason"], actor=scene.requester, at=at)


def judge(scene: Scene, words: Words, at: datetime) -> None:
    urgency.judge(
        scene.work,
        accept=words["accept"],
        explanation=words["text"],
        root=words["root"],
        cost_of_delay=words["cost"],
        actor=scene.analyst,
        at=at,
    )


ACTS: dict[str, Callable[[Scene, Words, datetime], None]] = {
    act.__name__: act
    for act in (
        claim, reply, write, note, ask, answers, talk, believe, play_back, confirm, nearly,
        propose, choose, refuse, tick, hand_over, send_back, result, answered, decline,
        park, withdraw, judge,
    )
}  # fmt: skip
