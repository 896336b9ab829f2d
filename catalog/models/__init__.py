"""The offer."""

from catalog.models.blueprint import StandardBlueprint
from catalog.models.contact import CustomerContact
from catalog.models.draft import ServiceDraft
from catalog.models.improvement import Improvement
from catalog.models.interest import Interest
from catalog.models.metric import Measurement, MetricVersion, OutcomeMetric
from catalog.models.outcome import Goal
from catalog.models.pilot import (
    CheckIn,
    Line,
    Pilot,
    PilotCriterion,
    PilotStep,
    Reading,
    StepFeedback,
)
from catalog.models.service import Service, ServiceTier, ServiceVersion
from catalog.models.story import Story

__all__ = [
    "CheckIn",
    "CustomerContact",
    "Goal",
    "Improvement",
    "Interest",
    "Line",
    "Measurement",
    "MetricVersion",
    "OutcomeMetric",
    "Pilot",
    "PilotCriterion",
    "PilotStep",
    "Reading",
    "Service",
    "ServiceDraft",
    "ServiceTier",
    "ServiceVersion",
    "StandardBlueprint",
    "StepFeedback",
    "Story",
]
