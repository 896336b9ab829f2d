"""People by role, a fixed date in Berlin, and what both databases need to be tested alike."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import Department, Role, User
from audit import triggers
from catalog.models import Service, ServiceTier
from intake import guards
from intake.models import WorkRequest
from intake.services import drafts
from sla.services import clocks
from tests.factories.accounts import DepartmentFactory, PersonFactory
from tests.factories.catalog import make_service, tier
from tests.factories.intake import make_work

# Playwright runs an event loop in the thread that also talks to the database.
SQLITE = (*triggers.SQLITE, *guards.SQLITE)
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
BERLIN = ZoneInfo("Europe/Berlin")
# The files that take longest, the longest first.
LONG = [
    "test_running.py",
    "test_demo_organisation.py",
    "test_business_time.py",
    "test_ask_hostile.py",
    "test_access.py",
    "test_concurrency.py",
]
# These ask no database; CI, which runs all tests on two of them, runs these once.
ONCE = frozenset(
    {
        "test_business_time.py",
        "test_replay.py",
        "test_outcomes.py",
        "test_stretches.py",
        "test_open_hours.py",
        "test_setting_up.py",
        "test_settings.py",
        "test_architecture.py",
        "test_engine.py",
        "test_framing.py",
        "test_working_time.py",
    }
)


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.path.name in ONCE and not item.get_closest_marker("django_db"):
        item.add_marker("once")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files: tests go to the processes by file, in this order."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


def at_berlin(moment: str) -> datetime:
    """Read a wall time such as "2026-03-02 09:00" as an instant in Berlin."""
    return datetime.fromisoformat(moment).replace(tzinfo=BERLIN)


@pytest.fixture(scope="session")
def berlin() -> Callable[[str], datetime]:
    return at_berlin


@pytest.fixture(autouse=True, scope="session")
def flush_on_sqlite(django_db_setup: None) -> Iterator[None]:
    """Let tests with real transactions empty the tables whose triggers refuse DELETE."""
    if connection.vendor != "sqlite":
        yield
        return
    # On the class: a browser test has a connection of its own beside this one.
    operations = type(connection.ops)
    flush = operations.sql_flush
    names = [statement.split("EXISTS ")[1].split()[0] for statement in SQLITE]

    def sql_flush(*args: object, **kwargs: object) -> list[str]:
        statements = flush(*args, **kwargs)
        return [f"DROP TRIGGER IF EXISTS {name}" for name in names] + statements + list(SQLITE)

    operations.sql_flush = sql_flush
    yield
    operations.sql_flush = flush


@pytest.fixture(autouse=True)
def forget_promises() -> Iterator[None]:
    """What a process keeps by row numbers, which a rolled back test gives to the next one."""
    yield
    clocks._kept.cache_clear()
    drafts.questions_as_of.cache_clear()


@pytest.fixture
def sales(db: None) -> Department:
    return DepartmentFactory(name="Sales")


@pytest.fixture
def operations(db: None) -> Department:
    return DepartmentFactory(name="Operations")


@pytest.fixture
def requester(operations: Department) -> User:
    return PersonFactory(name="Ana Silva", email="ana@example.org", department=operations)


@pytest.fixture
def outsider(sales: Department) -> User:
    return PersonFactory(name="Otto Berg", email="otto@example.org", department=sales)


@pytest.fixture
def analyst(db: None) -> User:
    return PersonFactory(
        name="Dana Reyes", email="dana@example.org", roles=[Role.ANALYST], phone="4412"
    )


@pytest.fixture
def other_analyst(db: None) -> User:
    return PersonFactory(name="Mika Lund", email="mika@example.org", roles=[Role.ANALYST])


@pytest.fixture
def lead(db: None) -> User:
    return PersonFactory(name="Lena Fox", email="lena@example.org", roles=[Role.ANALYST, Role.LEAD])


@pytest.fixture
def sponsor(operations: Department) -> User:
    person = PersonFactory(name="Sam Ortiz", email="sam@example.org", roles=[Role.SPONSOR])
    person.sponsored.add(operations)
    return person


@pytest.fixture
def administrator(db: None) -> User:
    return PersonFactory(name="Mo Adler", email="mo@example.org", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def policies(db: None) -> None:
    """The organisation's calendar and policies, in force since the start of 2026."""
    from sla.services.starter import make_starter_policies

    make_starter_policies(at=at_berlin("2026-01-01 00:00"))


@pytest.fixture
def service(policies: None) -> Service:
    return make_service(at_berlin("2026-01-02 09:00"))


@pytest.fixture
def silver(service: Service) -> ServiceTier:
    return tier(service, "silver")


@pytest.fixture
def work(requester: User, policies: None) -> WorkRequest:
    """A full-lane request, received on Monday 2 March 2026 at 10:00 in Berlin."""
    return make_work(requester, at_berlin("2026-03-02 10:00"))
