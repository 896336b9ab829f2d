"""The request and what belongs to it."""

from intake.models.agreement import Blueprint, ExitCriterion, Proposal, ResultCheck, Verdict
from intake.models.attachment import Attachment
from intake.models.blueprint import (
    BlueprintDuty,
    BlueprintPart,
    BlueprintSignature,
    BlueprintVersion,
    PartComment,
    PartLock,
    Side,
)
from intake.models.cadence import Cadence, CadenceAnswer
from intake.models.conversation import Hold, HoldQuestion, Message
from intake.models.dialogue import InboundMail, NewDate, SavedText
from intake.models.discovery import AgendaPoint, ReadBack, Session, SessionNote, WhyStep
from intake.models.figures import MonthRun, PromiseMonth
from intake.models.framing import (
    ORDER_PREFIX,
    Answer,
    Decision,
    EarlierAnswer,
    Ease,
    NeedVersion,
    QuestionVersion,
    QuestionVisit,
)
from intake.models.hypothesis import OutcomeHypothesis
from intake.models.imports import ImportedRequest, ImportRun, RefusedRow
from intake.models.learning import Learning
from intake.models.library import LibraryQuestion, LibraryUse, LibraryWording
from intake.models.paths import DecisionPath, PathStep
from intake.models.reframing import JudgedPair, Reframe, RulesVersion, SolutionLabel
from intake.models.triage import (
    CostOfDelay,
    Effect,
    Joining,
    Problem,
    SavedView,
    Symptom,
    Tag,
    UrgencyJudgement,
    Weighing,
)
from intake.models.work_request import (
    DRAFT_LIFE,
    NO_PROMISE,
    Participant,
    ReferenceCounter,
    WorkRequest,
    WorkRequestQuerySet,
)

__all__ = [
    "DRAFT_LIFE",
    "NO_PROMISE",
    "ORDER_PREFIX",
    "AgendaPoint",
    "Answer",
    "Attachment",
    "Blueprint",
    "BlueprintDuty",
    "BlueprintPart",
    "BlueprintSignature",
    "BlueprintVersion",
    "Cadence",
    "CadenceAnswer",
    "CostOfDelay",
    "Decision",
    "DecisionPath",
    "EarlierAnswer",
    "Ease",
    "Effect",
    "ExitCriterion",
    "Hold",
    "HoldQuestion",
    "ImportRun",
    "ImportedRequest",
    "InboundMail",
    "Joining",
    "JudgedPair",
    "Learning",
    "LibraryQuestion",
    "LibraryUse",
    "LibraryWording",
    "Message",
    "MonthRun",
    "NeedVersion",
    "NewDate",
    "OutcomeHypothesis",
    "PartComment",
    "PartLock",
    "Participant",
    "PathStep",
    "Problem",
    "PromiseMonth",
    "Proposal",
    "QuestionVersion",
    "QuestionVisit",
    "ReadBack",
    "ReferenceCounter",
    "Reframe",
    "RefusedRow",
    "ResultCheck",
    "RulesVersion",
    "SavedText",
    "SavedView",
    "Session",
    "SessionNote",
    "Side",
    "SolutionLabel",
    "Symptom",
    "Tag",
    "UrgencyJudgement",
    "Verdict",
    "Weighing",
    "WhyStep",
    "WorkRequest",
    "WorkRequestQuerySet",
]
