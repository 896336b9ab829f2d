"""What an empty installation begins with: working hours, promises and services."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.moment import database_now
from catalog.services.starter import make_starter_catalog
from sla.services.starter import make_starter_policies


class Command(BaseCommand):
    help = "Make the starting calendar, promises and services. Leaves alone what is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--owner", default="", help="mail address of who owns the services")

    @transaction.atomic
    def handle(self, *args: Any, owner: str, **options: Any) -> None:
        now = database_now()
        policies = make_starter_policies(now)
        services = make_starter_catalog(now, owner=_person(owner) if owner else None)
        self.stdout.write(f"Made {len(policies)} promises and {len(services)} services.")


def _person(address: str) -> User:
    person = User.objects.filter(email__iexact=address).first()
    if person is None:
        raise CommandError(f"Nobody has the mail address {address}.")
    return person
