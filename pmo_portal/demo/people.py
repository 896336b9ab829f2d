"""The people of the demo organisation, read from people.yaml."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import Department, Role, User
from accounts.services import make_person

SOURCE = Path(__file__).resolve().parent / "people.yaml"
HOST = "demo.example"


def make_people(at: datetime) -> dict[str, User]:
    """Make everybody with the password of the demo, and return them by their key."""
    document = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    areas = {name: Department.objects.create(name=name) for name in document["departments"]}
    people = {row["key"]: _make(row, areas, at) for row in document["people"]}
    # Hashing a password takes as long as it should: once is enough.
    hashed = make_password(settings.DEMO_PASSWORD)
    User.objects.filter(pk__in=[p.pk for p in people.values()]).update(password=hashed)
    found = User.objects.with_roles().in_bulk([person.pk for person in people.values()])
    return {key: found[person.pk] for key, person in people.items()}


def _make(row: dict[str, Any], areas: dict[str, Department], at: datetime) -> User:
    address = row.get("email", row["name"].lower().replace(" ", "."))
    person = make_person(
        f"{address}@{HOST}",
        row["name"],
        *(Role(role) for role in row.get("roles", [Role.REQUESTER])),
        at=at,
        department=areas.get(row.get("department", "")),
        phone=row.get("phone", ""),
    )
    person.sponsored.set([areas[name] for name in row.get("sponsors", ())])
    return person
