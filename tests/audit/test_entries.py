"""Entries are added and never changed."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Entry
from audit.services import record


@pytest.fixture
def entry(requester):
    return record("person.joined", requester, actor=None, at=timezone.now(), how="invited")


@pytest.mark.parametrize("act", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_an_entry(entry, act):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)
    assert Entry.objects.get().action == "person.joined"


def test_an_entry_keeps_the_names_as_they_were(requester, analyst):
    record("person.renamed", requester, actor=analyst, at=timezone.now())
    analyst.name = "Dana Stone"
    analyst.save()
    assert Entry.objects.get().actor_name == "Dana Reyes"
    assert Entry.objects.about(requester).count() == 1
