"""Databases and servers of a run: the portal and the limit, alike, for each size."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/")
PATIENCE = 60
USUAL_SHARE = 0.1
PORTAL, LIMIT = "portal", "limit"
WSGI = {PORTAL: "pmo_portal.wsgi:application", LIMIT: "bench.limit.wsgi:application"}
SETTINGS = {PORTAL: "pmo_portal.settings", LIMIT: "bench.limit.settings"}


def connect(name: str) -> Any:
    """A connection of our own, each statement committed by itself."""
    parts = urlsplit(ADDRESS)
    connection = psycopg2.connect(
        host=parts.hostname,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        dbname=name,
    )
    connection.autocommit = True
    return connection


def ask(name: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    connection = connect(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Site:
    """One application on one database."""

    kind: str
    requests: int
    open_share: float = USUAL_SHARE
    # How many copies of them there are; more than one serves sweeps only.
    times: int = 1
    port: int = field(default_factory=free_port)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(40))
    process: subprocess.Popen[bytes] | None = None
    is_prepared: bool = False

    @property
    def model(self) -> str:
        """The database that is kept from run to run, and never written to once it is filled."""
        share = "" if self.open_share == USUAL_SHARE else f"_{round(self.open_share * 100)}"
        copies = f"_x{self.times}" if self.times > 1 else ""
        return f"bench_{self.kind}_{self.requests}{share}{copies}"

    @property
    def database(self) -> str:
        """The copy that a run works on."""
        return f"{self.model}_run" if self.is_prepared else self.model

    @property
    def environment(self) -> dict[str, str]:
        """The portal's settings as they are served: nothing of this shell but its path."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        folder = Path(tempfile.gettempdir()) / "pmo-bench"
        folder.mkdir(exist_ok=True)
        redis = os.environ.get("BENCH_REDIS_URL", "")
        return kept | {
            "DJANGO_SETTINGS_MODULE": SETTINGS[self.kind],
            "DATABASE_URL": f"{ADDRESS.rstrip('/')}/{self.database}",
            "SECRET_KEY": self.secret,
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "BIND": f"127.0.0.1:{self.port}",
            "DATA_DIR": str(folder),
            "STATIC_ROOT": str(folder / "static"),
            "REDIS_URL": redis,
            "WEB_ACCESS_LOG": "no",
            "LOG_LEVEL": "ERROR",
            "ENV_FILE": os.devnull,
        }

    # Its database

    def prepare(self) -> None:
        """Make the database with its rows, unless an earlier run has left it, and copy it."""
        if not ask("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", self.model):
            ask("postgres", f'CREATE DATABASE "{self.model}"')
        if self.kind == LIMIT:
            self.run("django", "migrate", "--run-syncdb", "-v0")
            self._fill_limit()
        else:
            self.run("django", "migrate", "-v0")
            self.run("django", "createcachetable")
            self.run("django", "collectstatic", "--noinput", "-v0")
            self._fill_portal()
        ask(self.model, "VACUUM (ANALYZE)")
        self._copy()

    def _copy(self) -> None:
        """Work on a copy, so that what a run adds does not grow from run to run."""
        copy = f"{self.model}_run"
        ask("postgres", f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        ask("postgres", f'CREATE DATABASE "{copy}" TEMPLATE "{self.model}" STRATEGY FILE_COPY')
        self.is_prepared = True

    def drop_copy(self) -> None:
        if self.is_prepared:
            ask("postgres", f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
            self.is_prepared = False

    def _fill_limit(self) -> None:
        if not ask(self.database, "SELECT 1 FROM limit_ask LIMIT 1"):
            sql = (ROOT / "bench" / "limit" / "fill.sql").read_text()
            connection = connect(self.database)
            with connection.cursor() as cursor:
                cursor.execute(sql, {"requests": self.requests})
            connection.close()

    def _fill_portal(self) -> None:
        if not ask(self.database, "SELECT 1 FROM intake_workrequest LIMIT 1"):
            options = [f"--requests={self.requests}", f"--open-share={self.open_share}"]
            self.run("django", "load_volume", *options, show=True)
            if self.times > 1:
                from bench.swell import swell

                swell(self.database, self.times)

    def run(self, module: str, *arguments: str, show: bool = False) -> str:
        """Run a module with this site's settings, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=None if show else subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"{module} {' '.join(arguments)} failed:\n{done.stderr or ''}")
        return done.stdout

    def look(self, module: str, **given: Any) -> Any:
        """Run a module of ours inside this site; it takes and gives JSON."""
        return json.loads(self.run(module, json.dumps(given)))

    # Its server

    def start(self) -> None:
        options = ["--config", "python:bench.gunicorn_conf", "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, WSGI[self.kind]],
            cwd=ROOT,
            env=self.environment,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{self.kind} does not answer on port {self.port}")

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
            self.process = None
