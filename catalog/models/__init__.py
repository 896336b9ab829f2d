"""The offer."""

from catalog.models.blueprint import StandardBlueprint
from catalog.models.service import Service, ServiceTier, ServiceVersion

__all__ = ["Service", "ServiceTier", "ServiceVersion", "StandardBlueprint"]
