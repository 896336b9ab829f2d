"""One file with everything worth keeping: the database and the files of requests."""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from intake.uploads import store

MANIFEST, FILES = "manifest.json", "files"
DATABASE = {"postgresql": "database.dump", "sqlite": "database.sqlite3"}


class BackupError(Exception):
    """It can't be made, or not be brought back; in words for whoever runs the command."""


def make(target: Path, *, at: datetime) -> int:
    """Write a backup and return its bytes. The portal may go on working meanwhile.

    The database comes first: a file whose row is younger than the copy is an orphan, which is
    removed after a day; a row without its file can't come about.
    """
    part = target.with_name(f"{target.name}.part")
    with _folder(target.parent) as folder:
        copy = folder / DATABASE[connection.vendor]
        _dump(copy)
        manifest = {"made_at": at.isoformat(), "database": connection.vendor}
        (folder / MANIFEST).write_text(json.dumps(manifest))
        with tarfile.open(part, "w:gz", compresslevel=1) as archive:
            archive.add(folder / MANIFEST, MANIFEST)
            archive.add(copy, copy.name)
            if store.folder().is_dir():
                archive.add(store.folder(), FILES, filter=_finished)
    part.chmod(0o600)
    part.rename(target)
    return target.stat().st_size


def _finished(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Uploads that are on their way stay out."""
    return None if member.name.endswith(store.UNFINISHED) else member


@contextmanager
def _folder(beside: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=beside) as name:
        yield Path(name)


def _dump(copy: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target)
        return
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={copy}")


def bring_back(source: Path) -> dict[str, Any]:
    """Put the database and the files of a backup in place of what is here; return its manifest.

    Raise BackupError for a file that is no backup of this kind of database. Stop the portal first.
    """
    with _folder(_home()) as folder:
        manifest = _unpack(source, folder)
        copy = folder / DATABASE[connection.vendor]
        if manifest.get("database") != connection.vendor or not copy.exists():
            raise BackupError(f"{source} holds no database for {connection.vendor}.")
        _load(copy)
        _put_files(folder / FILES)
    return manifest


def _home() -> Path:
    home = Path(settings.MEDIA_ROOT)
    home.mkdir(parents=True, exist_ok=True)
    return home


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, tarfile.TarError, ValueError) as error:
        raise BackupError(f"{source} is no backup of this portal: {error}") from error
    return manifest


def _load(copy: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as source:
            source.backup(connection.connection)
        return
    connection.close()
    cleaned = ("--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction")
    _run("pg_restore", *cleaned, f"--dbname={connection.settings_dict['NAME']}", str(copy))


def _put_files(there: Path) -> None:
    here = store.folder()
    shutil.rmtree(here, ignore_errors=True)
    if there.is_dir():
        here.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(there, here)


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL on our database; the password is never an argument."""
    known = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    told = {name: str(known[key]) for name, key in names.items() if known.get(key)}
    environment = os.environ | told | {"PGDATABASE": str(known["NAME"])}
    if shutil.which(tool) is None:
        raise BackupError(f"{tool} is missing. Install PostgreSQL's client, version 15 or newer.")
    done = subprocess.run(  # noqa: S603 - our own arguments, and no shell
        [tool, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip()[:500]}")
