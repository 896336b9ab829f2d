"""What machines ask: is it ready, what are its figures; what an administrator reads; log lines."""

import json
import logging
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from accounts.moment import database_now
from audit.services import beat
from intake.services import conversation
from notifications.models import OutboxMessage
from pmo_portal import health, logs
from pmo_portal.middleware import request_id
from sla.services.sweep import HEARTBEAT
from tests.factories.intake import make_work

pytestmark = pytest.mark.django_db


def figures_in(answer):
    lines = answer.content.decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_it_is_ready_once_the_database_answers_and_is_migrated(client, monkeypatch):
    assert (client.get("/readyz").status_code, client.get("/healthz").status_code) == (200, 200)
    monkeypatch.setattr(health, "_is_migrated", lambda: False)
    unready = client.get("/readyz")
    assert (unready.status_code, unready.content) == (503, b"the database lacks migrations\n")


def test_without_a_database_it_lives_and_is_not_ready(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", refuse)
    unready = client.get("/readyz")
    assert (unready.status_code, unready.content) == (503, b"the database does not answer\n")
    assert client.get("/healthz").status_code == 200


def test_missing_migrations_are_noticed(monkeypatch):
    health._known_ready.cache_clear()
    monkeypatch.setattr(
        "django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: ["one"]
    )
    assert health.why_not_ready() == "the database lacks migrations"
    monkeypatch.undo()
    assert health.why_not_ready() == ""


def test_figures_for_prometheus_need_the_token(client, settings, requester, policies, berlin):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "read-me"
    assert client.get("/metrics").status_code == 404
    work = make_work(requester, berlin("2026-03-02 10:00"))
    beat(HEARTBEAT, at=database_now() - timedelta(seconds=12))
    OutboxMessage.objects.update(status="dead")
    told = figures_in(client.get("/metrics", headers={"Authorization": "Bearer read-me"}))
    assert float(told["pmo_sweep_age_seconds"]) == pytest.approx(12, abs=5)
    assert told['pmo_requests_open{state="new"}'] == "1.0"
    assert (told["pmo_outbox_due"], told["pmo_outbox_oldest_seconds"]) == ("0.0", "0.0")
    assert told["pmo_outbox_dead"] == "1.0"
    assert float(told["pmo_clocks_late"]) == 2.0
    assert work.title not in str(told)


def test_an_administrator_reads_the_same(
    client, administrator, analyst, django_assert_max_num_queries
):
    client.force_login(administrator)
    page = client.get("/manage/status/").content.decode()
    assert "never" in page
    assert "Silent" in page
    beat(HEARTBEAT, at=database_now())
    with django_assert_max_num_queries(20):
        assert "On track" in client.get("/manage/status/").content.decode()
    client.force_login(analyst)
    assert client.get("/manage/status/").status_code == 403


def test_a_line_of_the_log_is_json_with_the_id_of_the_request(work, analyst, berlin):
    conversation.note(work, text="Secret", actor=analyst, at=berlin("2026-03-02 12:00"))
    token = request_id.set("abc123def456")
    try:
        made = logging.getLogger("portal").makeRecord(
            "portal", logging.WARNING, __file__, 1, "took %s s", (3,), None
        )
        line = json.loads(logs.formatter().format(made))
    finally:
        request_id.reset(token)
    assert (line["event"], line["level"], line["logger"]) == ("took 3 s", "warning", "portal")
    assert line["request_id"] == "abc123def456"
    assert line["timestamp"].endswith("Z")
