"""What an installation without the demo begins with."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import Role, User
from catalog.models import Service
from sla.models import SlaPolicy

pytestmark = pytest.mark.django_db
PASSWORD = "a-door-half-open"


@pytest.fixture
def password(monkeypatch):
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)


def create_admin(**options):
    call_command("create_admin", stdout=StringIO(), **options)


def test_promises_and_services_are_made_once():
    said = StringIO()
    call_command("make_starter", stdout=said)
    call_command("make_starter", stdout=said)
    assert said.getvalue().splitlines() == [
        "Made 11 promises and 6 services.",
        "Made 0 promises and 0 services.",
    ]
    assert (SlaPolicy.objects.count(), Service.objects.count()) == (11, 6)


def test_an_owner_can_be_named_later(lead):
    call_command("make_starter", stdout=StringIO())
    call_command("make_starter", owner="LENA@example.org", stdout=StringIO())
    assert set(Service.objects.values_list("owner", flat=True)) == {lead.pk}


def test_an_owner_whom_nobody_knows_makes_nothing():
    with pytest.raises(CommandError, match=r"Nobody has the mail address x@example\.org"):
        call_command("make_starter", owner="x@example.org", stdout=StringIO())
    assert not Service.objects.exists()


def test_the_first_administrator_can_sign_in(password):
    create_admin(email="Mo@Example.org", name="Mo Adler")
    person = User.objects.get()
    assert (person.name, person.roles) == ("Mo Adler", {Role.ADMINISTRATOR})
    assert authenticate(username="mo@example.org", password=PASSWORD) == person


def test_an_address_that_is_taken_in_any_case_is_refused(password, administrator):
    with pytest.raises(CommandError, match="has an account already"):
        create_admin(email="MO@EXAMPLE.ORG", name="Somebody")


@pytest.mark.parametrize("address", ["mo", "mo@", "mo@x y.org", ""])
def test_what_is_no_mail_address_is_refused(password, monkeypatch, address):
    monkeypatch.setattr("builtins.input", lambda question: address)
    with pytest.raises(CommandError, match="is no mail address"):
        create_admin(email=address, name="Mo")


@pytest.mark.parametrize("weak", ["short", "password1", "12345678901"])
def test_a_weak_password_is_refused(monkeypatch, weak):
    monkeypatch.setenv("ADMIN_PASSWORD", weak)
    with pytest.raises(CommandError, match="password"):
        create_admin(email="mo@example.org", name="Mo")
    assert not User.objects.exists()


def test_what_is_missing_is_asked_for(monkeypatch):
    given = {"Mail address: ": "mo@example.org", "Name: ": "Mo Adler"}
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr("builtins.input", given.__getitem__)
    monkeypatch.setattr(
        "pmo_portal.management.commands.create_admin.getpass", lambda question: PASSWORD
    )
    create_admin()
    assert User.objects.get().name == "Mo Adler"


def test_two_passwords_that_differ_are_refused(monkeypatch):
    typed = iter([PASSWORD, "something-else-entirely"])
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr(
        "pmo_portal.management.commands.create_admin.getpass", lambda question: next(typed)
    )
    with pytest.raises(CommandError, match="differ"):
        create_admin(email="mo@example.org", name="Mo")


def test_where_nobody_answers_it_says_so(monkeypatch):
    def nobody(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="Nobody is there to answer"):
        create_admin()
