"""Every notice of a request: who gets it, what it says, and what it never says."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Role
from intake import reply_address
from intake.models import (
    Answer,
    Hold,
    Message,
    NeedVersion,
    Participant,
    QuestionVersion,
    WorkRequest,
)
from intake.services import (
    access,
    agreement,
    amending,
    blueprint,
    conversation,
    decisions,
    discovery,
    escalation,
    lanes,
    late,
    mail_in,
    members,
    merging,
    needs,
    people,
    pilots,
    reopening,
    signing,
    triage,
    undoing,
    urgency,
)
from intake.states import State
from notifications.channels import email
from notifications.models import OutboxMessage
from notifications.registry import context_for
from sla.models import ClockEvent
from sla.services import sweep
from tests.factories.accounts import PersonFactory
from tests.factories.blueprint import (
    agree_all,
    begin,
    bring_to_blueprint,
    change,
    sign,
    text_of,
)
from tests.factories.intake import agree_need, bring_to, make_work
from tests.factories.pilots import decide, make_pilot

pytestmark = pytest.mark.django_db
SECRET = "Zwiebelfisch"
SERVICES = Path(settings.BASE_DIR) / "intake" / "services"


def newest(kind, recipient=None):
    owed = OutboxMessage.objects.filter(kind=kind).select_related("recipient").order_by("-id")
    return (owed.filter(recipient=recipient) if recipient else owed).first()


def mail_of(kind, recipient=None):
    """The mail as it would be sent now, or None when it is not needed any more."""
    message = newest(kind, recipient)
    assert message is not None, f"nobody is owed {kind}"
    context = context_for(message)
    return email.render(message, context) if context is not None else None


def html_of(mail):
    return next(body for body, kind in mail.alternatives if kind == "text/html")


def words_of(text):
    """The words without marks of either form, and without the address of the button."""
    plain = html.unescape(
        re.sub(r"<style>.*?</style>|<title>.*?</title>|<[^>]+>", " ", text, flags=re.S)
    )
    unmarked = re.sub(r"^(>|--|-) ?|:$", " ", plain, flags=re.MULTILINE)
    return re.sub(r"https?://\S+", " ", unmarked).replace(":", "").split()


def kinds_in_the_services():
    """Every kind that a service owes somebody, read from the code."""
    found = set()
    for path in SERVICES.glob("*.py"):
        code = path.read_text()
        found |= set(re.findall(r'(?:owe|owe_pmo|owe_requester|notices)\(\s*"(\w+)"', code))
        assert len(re.findall(r'(?:owe_pmo|owe_requester|notices)\(\s*f"', code)) <= 1
    found |= {f"request_{state}" for state in (State.ANSWERED, State.DECLINED, State.PARKED)}
    return found | {f"clock_{kind}" for kind in ClockEvent.Kind.values}


@pytest.fixture
def everything(requester, analyst, lead, silver, berlin, settings, administrator):
    """Requests on which everything happened that anybody is told of; notes hold a secret."""
    settings.REPLY_ADDRESS = "reply@portal.example.org"
    at = berlin("2026-03-02 10:00")
    _note(make_work(requester, at), analyst, at)  # stays unclaimed, and so becomes late
    talked = make_work(requester, at, urgent=True)
    urgency.judge(talked, accept=False, explanation="It fits.", actor=analyst, at=at)
    _note(talked, analyst, at)
    conversation.write(talked, text="Hello Ana", actor=analyst, at=at)
    conversation.write(talked, text="Hello Dana", actor=requester, at=at)
    hold = triage.ask(talked, questions=["Who?", "When?"], blocks=True, actor=analyst, at=at)
    conversation.answer(talked, hold, answers={1: "Bo"}, actor=requester, at=at)
    triage.play_back(talked, text="Buyers need to know.", actor=analyst, at=at)
    need = NeedVersion.objects.get(work=talked)
    agreement.answer_play_back(
        talked, need, reply="nearly", correction="On Wednesday.", actor=requester, at=at
    )
    triage.play_back(talked, text="Buyers need to know it on Wednesday.", actor=analyst, at=at)
    _proposals(requester, analyst, silver, at)
    _blueprints(requester, analyst, silver, at)
    _pilots(requester, analyst, silver, berlin)
    for state in (State.DONE, State.ANSWERED, State.DECLINED, State.PARKED, State.WITHDRAWN):
        work = make_work(requester, at)
        triage.claim(work, actor=analyst, at=at)
        _note(work, analyst, at)
        bring_to(state, work, analyst=analyst, tier=silver, at=at)
    woken = bring_to(State.PARKED, make_work(requester, at), analyst=analyst, tier=silver, at=at)
    triage.wake(woken, actor=analyst, at=at)
    _people(make_work(requester, at), requester, analyst, silver, at)
    _talks([make_work(requester, at) for _ in range(2)], requester, analyst, at)
    _not_taken(talked, requester, at)
    _somebody_leaves(requester, administrator, at)
    _changes_of_mind(requester, analyst, lead, silver, at)
    _sweep_until(berlin, "2026-03-02 15:30", "2026-03-03 10:30", "2026-03-10 12:00")


def _not_taken(work, requester, at):
    """A reply to the requester's own address comes from another one."""
    to = reply_address.reply_address(work.pk, requester.pk)
    raw = f"From: x@example.net\nTo: {to}\nMessage-ID: <a@example.net>\n\nHello"
    mail_in.receive(raw.encode(), at=at)


def _talks(works, requester, analyst, at):
    """One talk waits for a time; the other has one, and a point that was answered early."""
    planned = [
        discovery.plan(
            work,
            slots=[at + timedelta(days=1), at + timedelta(days=2)],
            length=25,
            place="Room 4",
            people="",
            actor=analyst,
            at=at,
        )
        for work in works
    ]
    later = at + timedelta(days=2)
    discovery.choose_time(planned[1], starts_at=later, actor=requester, at=at)
    point = discovery.add_point(planned[1], text="Who is asked?", actor=analyst, at=at)
    discovery.answer_point(point, text="Only Jonas", actor=requester, at=at)
    for work, editor in zip(works, (requester, analyst), strict=True):
        triage.play_back(work, text="Buyers need to know early.", actor=analyst, at=at)
        needs.edit_need(work, text="Buyers must know early.", seen=1, actor=editor, at=at)


def _proposals(requester, analyst, silver, at):
    offered, refused, back = (make_work(requester, at) for _ in range(3))
    bring_to(State.PROPOSED, offered, analyst=analyst, tier=silver, at=at)
    refused = bring_to(State.PROPOSED, refused, analyst=analyst, tier=silver, at=at)
    agreement.refuse_proposal(refused, why="Too slow.", actor=requester, at=at)
    back = bring_to(State.CHECK, back, analyst=analyst, tier=silver, at=at)
    agreement.not_finished(back, what="The causes.", actor=requester, at=at)
    due = make_work(requester, at)
    bring_to(State.CHECK, due, analyst=analyst, tier=silver, at=at)


def _people(work, requester, analyst, silver, at):
    """Somebody joins, somebody asks to, an answer changes, a date is missed, it begins anew."""
    joined, stranger = PersonFactory(name="Jo Part"), PersonFactory(name="Sid Stranger")
    people.add(work, person=joined, part="uses", actor=requester, at=at)
    access.ask(work.reference, why="I plan the trucks.", actor=stranger, at=at)
    triage.claim(work, actor=analyst, at=at)
    question = QuestionVersion.objects.current().get(slug="who")
    answer = {"value": {"who": "The buyers"}, "status": "given", "seen": 1}
    amending.amend(work, question, **answer, actor=requester, at=at)
    decided = {"decided_on": at.date(), "decided_what": "Twelve trucks", "result_used": "yes"}
    decisions.record_decision(work, **decided, actor=requester, at=at)
    later = at + timedelta(days=10)
    date = (later + timedelta(days=1)).date()
    late.name_new_date(work, new_on=date, because="The data is late", actor=analyst, at=later)
    for actor in (requester, analyst):
        ended = make_work(requester, at)
        bring_to(State.ANSWERED, ended, analyst=analyst, tier=silver, at=at)
        reopening.reopen(ended, why="It came back.", actor=actor, at=later)


def _blueprints(requester, analyst, silver, at):
    changed, ready, signed = (
        bring_to_blueprint(make_work(requester, at), analyst=analyst, tier=silver, at=at)
        for _ in range(3)
    )
    for work in (changed, ready, signed):
        begin(work, analyst, at)
    blueprint.agree(changed, "end", seen=text_of(changed, "end").pk, actor=requester, at=at)
    change(changed, "end", analyst, at, stop_early="No plan in May")
    blueprint.comment(changed, "end", text="Is May right?", actor=requester, at=at)
    agree_all(ready, analyst, at)
    sign(ready, requester, at)
    sign(signed, analyst, at)
    sign(signed, requester, at)
    signing.propose_change(signed, reason="Too tight", actor=requester, at=at)


def _pilots(requester, analyst, silver, berlin):
    at = berlin("2026-02-02 10:00")
    kept, late, looked = (
        bring_to(State.RUNNING, make_work(requester, at), analyst=analyst, tier=silver, at=at)
        for _ in range(3)
    )
    for work in (kept, late):
        first = at.date() + timedelta(days=1)
        end = first + timedelta(days=7)
        make_pilot(work, analyst, at, starts_on=first, ends_on=end)
    pilots.tend(berlin("2026-02-12 08:00"))
    decide(kept, "keep", requester, berlin("2026-02-12 10:00"))
    make_pilot(looked, analyst, berlin("2026-02-16 10:00"))
    pilots.tend(berlin("2026-02-22 08:00"))


def _changes_of_mind(requester, analyst, lead, silver, at):
    moved, joined, kept = (make_work(requester, at) for _ in range(3))
    lanes.switch(moved, lane="order", reason="A question.", actor=analyst, at=at)
    merging.merge(joined, into=kept, words="Both are about trucks.", actor=analyst, at=at)
    offered = bring_to(
        State.PROPOSED, make_work(requester, at), analyst=analyst, tier=silver, at=at
    )
    undoing.take_back_proposal(offered, actor=analyst, at=at)
    no = bring_to(State.DECLINED, make_work(requester, at), analyst=analyst, tier=silver, at=at)
    undoing.take_back_decline(no, reason="We were wrong.", actor=lead, at=at)
    # Over by the time of the sweep, which would else gather its warnings into a digest.
    for work in (moved, kept, offered, no):
        agreement.withdraw(work, actor=requester, at=at)


def _somebody_leaves(requester, administrator, at):
    leaver = PersonFactory(name="Lee Ver", email="lee@example.org")
    work = make_work(leaver, at)
    members.leave(leaver, requester=requester, analyst=None, actor=administrator, at=at)
    # Over by the time of the sweep, like those above.
    agreement.withdraw(fresh(work), actor=requester, at=at)


def fresh(work):
    return WorkRequest.objects.get(pk=work.pk)


def _note(work, analyst, at):
    conversation.note(work, text=f"{SECRET} says no", actor=analyst, at=at)


def _sweep_until(berlin, *moments):
    for moment in moments:
        sweep.sweep(now=berlin(moment))
        escalation.notify_all(berlin(moment))


def test_every_kind_that_is_owed_can_be_rendered(everything):
    owed = kinds_in_the_services()
    assert owed == set(OutboxMessage.objects.values_list("kind", flat=True))
    rendered = set()
    for message in OutboxMessage.objects.select_related("recipient"):
        context = context_for(message)
        if context is not None:
            rendered.add(message.kind)
            _is_well_formed(message, email.render(message, context))
    assert rendered == owed


def _is_well_formed(message, mail):
    work = WorkRequest.objects.get(pk=message.payload["work"])
    page = html_of(mail)
    assert mail.subject.startswith(f"{work.reference}: ")
    assert "\n" not in mail.subject
    assert not re.search(r"\bNone\b(?! of these)", mail.body)
    assert "\n\n\n" not in mail.body
    assert "{" not in mail.body
    assert SECRET not in mail.subject + mail.body + page
    assert words_of(mail.body) == words_of(page), message.kind
    [address] = re.findall(r'class="act" href="([^"]+)"', page)
    assert address.startswith(f"{settings.BASE_URL}/")
    assert work.reference in address
    assert "You get this mail because" in mail.body
    assert not re.search(r"ticket|SLA|\border\b|please|sorry|!", mail.subject + mail.body)


def test_a_planted_secret_is_in_no_notice_row_either(everything):
    for message in OutboxMessage.objects.all():
        assert SECRET not in str(message.payload) + message.key


SUBJECTS = {
    "request_claimed": "Dana Reyes is your contact",
    "questions_asked": "one question for you",
    "play_back": "is this what you meant?",
    "proposal_ready": "choose how fast and how deep",
    "request_declined": "not going ahead",
    "request_parked": "parked until Wed 1 Apr",
    "urgency_judged": "planned for Mon 9 Mar",
    "result_due": "did it make a difference?",
}


def test_subjects_are_those_of_the_specification(everything):
    sent = {
        (message.kind, email.render(message, context).subject.split(": ", 1)[1])
        for message in OutboxMessage.objects.filter(kind__in=SUBJECTS).select_related("recipient")
        if (context := context_for(message)) is not None
    }
    assert sent >= SUBJECTS.items()


def test_the_first_mail_says_what_we_promise(work, requester):
    mail = mail_of("request_received", requester)
    assert "By Tue 3 Mar, 10:00 a person from the PMO replies to you." in mail.body
    assert "By Mon 9 Mar, 10:00 you have a proposal to choose from" in mail.body
    assert "> Supplier delays reach us" in mail.body


def test_a_question_answered_meanwhile_needs_no_mail(work, analyst, requester, berlin):
    at = berlin("2026-03-02 11:00")
    hold = triage.ask(work, questions=["Who?"], blocks=True, actor=analyst, at=at)
    assert "Our clock is paused since Mon 2 Mar." in mail_of("questions_asked").body
    conversation.answer(work, hold, answers={1: "Bo"}, actor=requester, at=at)
    assert mail_of("questions_asked") is None


def test_a_play_back_that_was_corrected_meanwhile_needs_no_mail(work, analyst, berlin):
    at = berlin("2026-03-02 11:00")
    triage.play_back(work, text="First.", actor=analyst, at=at)
    first = newest("play_back")
    triage.play_back(work, text="Second.", actor=analyst, at=at)
    assert context_for(first) is None
    assert "Second." in mail_of("play_back").body


def test_a_proposal_that_was_chosen_meanwhile_needs_no_mail(
    work, analyst, requester, silver, berlin
):
    at = berlin("2026-03-02 11:00")
    work = bring_to(State.PROPOSED, work, analyst=analyst, tier=silver, at=at)
    assert "- Silver · standard: first result in 8 working days." in mail_of("proposal_ready").body
    agreement.choose_tier(work, tier=silver, actor=requester, at=at)
    assert mail_of("proposal_ready") is None
    assert "by Thu 12 Mar, 11:00" in mail_of("request_running").body


def test_a_warning_is_stale_once_its_clock_has_stopped(work, analyst, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    _sweep_until(berlin, "2026-03-02 17:00")
    warning = mail_of("clock_warn", analyst)
    assert warning.subject == "PMO-0001: first reply due Tue 3 Mar, 10:00"
    assert "75 % of the time is used" in warning.body
    conversation.write(work, text="Hello", actor=analyst, at=berlin("2026-03-02 17:30"))
    assert mail_of("clock_warn", analyst) is None


def test_a_warning_is_stale_while_its_clock_is_paused(work, analyst, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    conversation.write(work, text="Hello", actor=analyst, at=berlin("2026-03-02 11:00"))
    _sweep_until(berlin, "2026-03-06 10:30")
    warnings = list(OutboxMessage.objects.filter(kind="clock_warn").select_related("recipient"))
    assert {context_for(warning)["name"] for warning in warnings} == {"proposal", "next contact"}
    at = berlin("2026-03-06 11:00")
    triage.ask(work, questions=["Who?"], blocks=True, actor=analyst, at=at)
    assert [context_for(warning) for warning in warnings] == [None, None]


def test_a_breach_is_told_even_after_the_clock_has_stopped(work, analyst, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    _sweep_until(berlin, "2026-03-03 10:30")
    assert mail_of("clock_breach").body.startswith("Reply to Ana Silva in person, or give")
    conversation.write(work, text="Hello", actor=analyst, at=berlin("2026-03-03 11:00"))
    assert "it was done late" in mail_of("clock_breach").body


def test_a_breach_that_was_superseded_is_not_told(work, analyst, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    _sweep_until(berlin, "2026-03-03 10:30")
    ClockEvent.objects.update(superseded_at=berlin("2026-03-03 10:31"))
    assert mail_of("clock_breach") is None


def test_what_was_noticed_late_says_so(work, analyst, lead, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    _sweep_until(berlin, "2026-03-05 12:00")
    mail = mail_of("clock_escalate", lead)
    assert "we promised to reply to Ana Silva in person by Tue 3 Mar, 10:00" in mail.body
    assert "due Tue 3 Mar, 14:00 and noticed Thu 5 Mar, 12:00" in mail.body
    assert "you lead the PMO" in mail.body


def test_a_late_request_that_nobody_claimed_is_told_to_the_leads(work, lead, berlin):
    _sweep_until(berlin, "2026-03-03 10:30")
    assert "Nobody has claimed it." in mail_of("clock_breach", lead).body


def test_an_analyst_who_left_the_pmo_hears_nothing_any_more(work, analyst, requester, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    conversation.write(work, text="Hello", actor=requester, at=berlin("2026-03-02 12:00"))
    assert mail_of("requester_wrote") is not None
    analyst.give_roles(Role.REQUESTER)
    Participant.objects.create(work=work, person=analyst, added_at=berlin("2026-03-02 12:00"))
    assert mail_of("requester_wrote") is None


def test_whoever_can_not_see_the_request_any_more_gets_no_mail(work, outsider):
    message = newest("request_received")
    message.recipient = outsider
    assert context_for(message) is None


def test_a_note_named_by_a_forged_payload_is_not_mailed(work, analyst, berlin):
    at = berlin("2026-03-02 11:00")
    conversation.write(work, text="Hello", actor=analyst, at=at)
    note = conversation.note(work, text=SECRET, actor=analyst, at=at)
    message = newest("reply")
    message.payload["message"] = note.pk
    assert context_for(message) is None


def test_words_marked_pmo_only_stay_out_of_mails(work, analyst, requester, berlin):
    Answer.objects.filter(work=work, slug="need").update(is_pmo_only=True)
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    for kind in ("request_received", "request_claimed"):
        mail = mail_of(kind, requester)
        assert "Supplier" not in mail.subject + mail.body + html_of(mail)


def test_what_people_write_stays_text(work, analyst, berlin):
    text = "<script>alert(1)</script>\n\nClick:\nhttps://evil.example\n\n--\nYou get nothing"
    conversation.write(work, text=text, actor=analyst, at=berlin("2026-03-02 11:00"))
    mail = mail_of("reply")
    page = html_of(mail)
    assert "<script>" not in page
    assert "evil.example" not in "".join(re.findall(r'href="([^"]+)"', page))
    assert "> Click:\n> https://evil.example" in mail.body


def test_an_answer_taken_in_parts_says_that_more_is_to_come(work, analyst, requester, berlin):
    at = berlin("2026-03-02 11:00")
    hold = triage.ask(work, questions=["Who?", "When?"], blocks=True, actor=analyst, at=at)
    conversation.answer(work, hold, answers={1: "Bo"}, actor=requester, at=at)
    assert "One part is still open." in mail_of("questions_answered").body
    assert "Answer one question of Dana Reyes" in mail_of("questions_asked").body
    assert Hold.objects.get().lifted_at is None


def test_an_agreed_need_asks_for_a_proposal(work, analyst, berlin):
    agree_need(work, analyst, berlin("2026-03-02 11:00"))
    mail = mail_of("need_answered")
    assert mail.subject.endswith("the need is agreed")
    assert mail.body.startswith("Propose a service: Ana Silva agreed the need")
    assert not Message.objects.exists()
