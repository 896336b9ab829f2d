"""Countries and regions whose holidays are known, by code and by name."""

from __future__ import annotations

import re
from functools import lru_cache

import holidays


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Names of countries by code, in the order of the names."""
    found = {row[1]: _spaced(row[0]) for row in holidays.registry.COUNTRIES.values()}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def regions(country: str) -> list[str]:
    """The regions of a country that have holidays of their own."""
    return list(holidays.list_supported_countries(include_aliases=False).get(country, []))


def _spaced(name: str) -> str:
    """ "UnitedStates" as "United States"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
