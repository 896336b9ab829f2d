"""Who may ask for a service, in words for those who may not."""

from collections.abc import Iterable

from django.db.models import prefetch_related_objects

from accounts.models import Role, User
from catalog.models import Service

ROLE_WORDS = {
    Role.REQUESTER: "requesters",
    Role.ANALYST: "analysts of the PMO",
    Role.LEAD: "leads of the PMO",
    Role.SPONSOR: "sponsors",
    Role.ADMINISTRATOR: "administrators",
}


def load_rules(services: Iterable[Service]) -> None:
    """Read the rules of these services in two queries."""
    prefetch_related_objects(list(services), "audience_departments", "audience_roles")


def departments_words(service: Service) -> str:
    return _listed([department.name for department in service.audience_departments.all()])


def roles_words(service: Service) -> str:
    groups = service.audience_roles.all()
    return _listed([ROLE_WORDS.get(Role(group.name), group.name) for group in groups])


def rule_words(service: Service) -> str:
    """Who may ask, such as "people in Finance and Sales who are sponsors"."""
    departments, roles = departments_words(service), roles_words(service)
    if not departments and not roles:
        return "everybody"
    if not departments:
        return roles
    people = f"people in {departments}"
    return f"{people} who are {roles}" if roles else people


def why_not(service: Service, person: User | None) -> str:
    """Why somebody can't ask for a service that is not for them, and what they can do."""
    who = rule_words(service)
    if person is None:
        return f"This service is for {who}. Sign in, and you see whether you can ask for it."
    return f"This service is for {who}. Tell us what is going on, and we look for another way."


def people_it_is_for(service: Service) -> list[tuple[str, int, int]]:
    """How many active people of each department may ask: (department, may, of how many)."""
    departments = {department.pk for department in service.audience_departments.all()}
    roles = {group.name for group in service.audience_roles.all()}
    people = User.objects.with_roles().filter(is_active=True)
    counted: dict[str, list[int]] = {}
    for person in people:
        row = counted.setdefault(person.department.name if person.department else "", [0, 0])
        in_department = not departments or person.department_id in departments
        row[0] += in_department and (not roles or bool(roles & person.roles))
        row[1] += 1
    return [(name or "No department", *counted[name]) for name in sorted(counted)]  # type: ignore[misc]


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
