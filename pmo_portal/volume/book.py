"""The sheets of all tables that a request writes to."""

from __future__ import annotations

from audit.models import Entry
from intake.models import (
    Answer,
    Blueprint,
    Decision,
    ExitCriterion,
    Hold,
    HoldQuestion,
    Message,
    NeedVersion,
    Proposal,
    ResultCheck,
    Verdict,
    WorkRequest,
)
from pmo_portal.volume.sheets import Sheet
from sla.models import Clock, ClockCommand, ClockEvent, Subject
from sla.services.ledger import COLUMNS, EVENT_COLUMNS


class Book:
    """One sheet for each table. `first_work` is the first request that others may join."""

    def __init__(self) -> None:
        self.first_work = 0
        self.subjects = Sheet(Subject, "id", "kind")
        self.works = Sheet(
            WorkRequest,
            *("id", "draft_key", "number", "state", "lane", "kind", "title", "ask", "need"),
            *("requester", "department", "analyst", "service", "tier", "subject", "urgency"),
            *("framed", "created_at", "saved_at", "received_at", "closed_at", "queue_at"),
            *("waiting_since", "new_answer_at", "parked_until", "returned_at", "merged_into"),
            "version",
        )
        self.answers = Sheet(
            Answer,
            *("work", "slug", "question", "value", "status", "answered_at", "answered_by"),
        )
        self.decisions = Sheet(Decision, "work", "name", "decider", "rhythm", "first_asked_on")
        self.clocks = Sheet(
            Clock, "id", "subject", "metric", "part", "cycle", "lock_version", *COLUMNS
        )
        self.commands = Sheet(
            ClockCommand,
            *("clock", "seq", "type", "at", "raw_at", "received_at", "actor", "reason", "payload"),
        )
        self.events = Sheet(ClockEvent, *EVENT_COLUMNS)
        self.messages = Sheet(
            Message, "id", "work", "author", "text", "is_internal", "from_pmo", "sent_at", "token"
        )
        self.holds = Sheet(
            Hold, "id", "work", "asked_by", "asked_at", "is_blocking", "lifted_at", "was_withdrawn"
        )
        self.questions = Sheet(
            HoldQuestion, "hold", "position", "text", "answer", "answered_at", "answered_by"
        )
        self.needs = Sheet(
            NeedVersion,
            *("id", "work", "number", "text", "written_by", "written_at", "played_back_at"),
            *("answered_at", "reply", "correction", "requester_agreed_at", "pmo_agreed_at"),
        )
        self.proposals = Sheet(
            Proposal,
            *("id", "work", "version", "suggested", "why", "proposed_by", "proposed_at"),
            *("withdrawn_at", "refusal", "chosen", "chosen_by", "chosen_at"),
        )
        self.blueprints = Sheet(
            Blueprint,
            *("id", "work", "tier", "trigger", "handoffs", "promises", "measures", "agreed_at"),
        )
        self.criteria = Sheet(
            ExitCriterion, "blueprint", "position", "text", "ticked_at", "ticked_by"
        )
        self.verdicts = Sheet(
            Verdict, "id", "work", "state", "reason", "explanation", "alternative", "by", "at"
        )
        self.results = Sheet(
            ResultCheck, "id", "work", "difference", "value_now", "sentence", "by", "at"
        )
        self.entries = Sheet(
            Entry,
            *("action", "subject_type", "subject_id", "subject_name", "actor", "actor_name", "at"),
            *("reason", "data", "source", "is_internal"),
        )

    def sheets(self) -> list[Sheet]:
        return [value for value in vars(self).values() if isinstance(value, Sheet)]
