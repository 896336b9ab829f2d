"""A missing or malformed setting stops the start with one sentence, whichever process reads it."""

import os
import runpy
import subprocess
import sys

import pytest

from pmo_portal.environment import BAD_SETTING, BASE_DIR

POSTGRES = "postgres://pmo:secret@db:5432/pmo"
KEY = "a-key-that-is-long-enough-for-the-portal"
MALFORMED = [
    ({"DATABASE_URL": POSTGRES, "SECRET_KEY": ""}, "SECRET_KEY is not set"),
    ({"DATABASE_URL": POSTGRES, "SECRET_KEY": "short"}, "SECRET_KEY is too short"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL can't be read"),
    ({"DATABASE_URL": "mysql://pmo@db/pmo"}, "DATABASE_URL can't be read"),
    ({"DATABASE_URL": "postgres://pmo@db:port/pmo"}, "DATABASE_URL can't be read"),
    ({"DATABASE_URL": "postgres://pmo@db:5432"}, "DATABASE_URL names no database"),
    ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL can't be read"),
    ({"REDIS_URL": "localhost:6379"}, "REDIS_URL can't be read"),
    ({"REDIS_URL": "redis://localhost:port/0"}, "REDIS_URL can't be read"),
    ({"BASE_URL": "pmo.example.org"}, "BASE_URL can't be read"),
    ({"BASE_URL": "ftp://pmo.example.org"}, "BASE_URL can't be read"),
    ({"BASE_URL": "https://"}, "BASE_URL can't be read"),
    ({"BASE_URL": "https://example.org/pmo"}, "BASE_URL has a path"),
    ({"ORGANISATION_TIME_ZONE": "Mars/Olympus"}, "is no IANA time zone"),
    ({"SWEEP_INTERVAL": "soon"}, "SWEEP_INTERVAL is 'soon'. It must be a whole number"),
    ({"SWEEP_INTERVAL": "0"}, "SWEEP_INTERVAL is '0'"),
    ({"EMAIL_PORT": "70000"}, "EMAIL_PORT is '70000'"),
    ({"DEBUG": "maybe"}, "DEBUG is 'maybe'. It must be yes or no"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD'. It must be one of"),
    ({"DATA_DIR": "/dev/null/portal"}, "the folder /dev/null/portal can't be made"),
]


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """An environment that sets nothing but what every test needs."""
    for name in set(os.environ) - {"PATH", "HOME"}:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", KEY)
    return monkeypatch


def read_settings():
    return runpy.run_path(str(BASE_DIR / "pmo_portal" / "settings.py"))


@pytest.mark.parametrize(("given", "sentence"), MALFORMED)
def test_a_bad_value_stops_the_start_with_a_sentence(environment, capsys, given, sentence):
    for name, value in given.items():
        environment.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        read_settings()
    said = capsys.readouterr().err
    assert stopped.value.code == BAD_SETTING
    assert said.startswith("PMO Front Door can't start: ")
    assert sentence in said
    assert said.count("\n") == 1
    assert "secret" not in said


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "start"],
        ["manage.py", "migrate"],
        ["-m", "gunicorn", "pmo_portal.wsgi"],
        ["-m", "celery", "-A", "pmo_portal", "worker"],
        ["-m", "celery", "-A", "pmo_portal", "beat"],
    ],
    ids=lambda command: command[-1],
)
def test_every_process_stops_at_a_bad_value(tmp_path, command):
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=BASE_DIR,
        env=os.environ | {"DATA_DIR": str(tmp_path), "SWEEP_INTERVAL": "soon"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == BAD_SETTING
    assert ended.stderr.startswith("PMO Front Door can't start: SWEEP_INTERVAL is 'soon'.")
    assert "Traceback" not in ended.stderr


def test_the_embedded_default_needs_no_setting(environment, tmp_path):
    environment.setenv("SECRET_KEY", "")
    found = read_settings()
    assert found["DATABASES"]["default"]["NAME"] == tmp_path / "portal.sqlite3"
    assert found["DEBUG"] is False
    key = tmp_path / "secret_key"
    assert found["SECRET_KEY"] == key.read_text() == read_settings()["SECRET_KEY"]
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_served_portal_is_strict_about_https(environment):
    environment.setenv("DATABASE_URL", POSTGRES)
    environment.setenv("BASE_URL", "https://pmo.example.org/")
    found = read_settings()
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://pmo.example.org"]
    assert "pmo.example.org" in found["ALLOWED_HOSTS"]
    assert found["SESSION_COOKIE_SECURE"]
    assert found["SECURE_SSL_REDIRECT"]


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({"TRYING_OUT": "yes"}, True),
        ({"TRYING_OUT": "yes", "DATABASE_URL": POSTGRES}, False),
        ({"TRYING_OUT": "yes", "DEMO_ALLOWED": "no"}, False),
        ({"DEMO_ALLOWED": "yes", "DATABASE_URL": POSTGRES}, True),
        ({}, False),
    ],
)
def test_the_demo_never_comes_to_a_real_database_by_itself(environment, given, allowed):
    for name, value in given.items():
        environment.setenv(name, value)
    assert read_settings()["DEMO_ALLOWED"] is allowed
