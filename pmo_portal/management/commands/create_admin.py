"""The first administrator of an installation."""

import os
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import IntegrityError

from accounts.models import Role, User
from accounts.moment import database_now
from accounts.services import make_person

PASSWORD = "ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    help = f"Make an administrator. Asks for what is not given; {PASSWORD} may hold the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default="")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        email = _checked_address(email or _ask("Mail address: "))
        name = name.strip() or _ask("Name: ")
        if not name:
            raise CommandError("Give a name: --name.")
        password = _checked_password(User(email=email, name=name))
        try:
            make_person(email, name, Role.ADMINISTRATOR, at=database_now(), password=password)
        except IntegrityError as error:
            raise CommandError(f"{email} has an account already.") from error
        self.stdout.write(f"{name} can sign in as {email}.")


def _ask(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError as error:
        raise CommandError("Nobody is there to answer. Give --email and --name.") from error


def _checked_address(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError as error:
        raise CommandError(f"{address!r} is no mail address.") from error
    if User.objects.filter(email__iexact=address).exists():
        raise CommandError(f"{address} has an account already.")
    return address


def _checked_password(person: User) -> str:
    password = os.environ.get(PASSWORD) or _typed_password()
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password


def _typed_password() -> str:
    try:
        first, second = getpass("Password: "), getpass("The same again: ")
    except EOFError as error:
        raise CommandError(f"Nobody is there to answer. Set {PASSWORD}.") from error
    if first != second:
        raise CommandError("The two passwords differ.")
    return first
