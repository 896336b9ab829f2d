"""The offer."""

from catalog.models.blueprint import StandardBlueprint
from catalog.models.contact import CustomerContact
from catalog.models.draft import ServiceDraft
from catalog.models.improvement import Improvement
from catalog.models.interest import Interest
from catalog.models.outcome import Goal
from catalog.models.service import Service, ServiceTier, ServiceVersion
from catalog.models.story import Story

__all__ = [
    "CustomerContact",
    "Goal",
    "Improvement",
    "Interest",
    "Service",
    "ServiceDraft",
    "ServiceTier",
    "ServiceVersion",
    "StandardBlueprint",
    "Story",
]
