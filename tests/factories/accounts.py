"""People and departments."""

from typing import Any

import factory
from django.utils import timezone

from accounts.models import Department, Role, User


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Department {n}")


class PersonFactory(factory.django.DjangoModelFactory):
    """A requester with the password "correct horse", unless told otherwise."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")
    joined_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def password(self: User, create: bool, value: str | None, **_: Any) -> None:
        self.set_password(value or "correct horse")
        self.save(update_fields=["password"])

    @factory.post_generation
    def roles(self: User, create: bool, value: list[Role] | None, **_: Any) -> None:
        self.give_roles(*(value or [Role.REQUESTER]))
