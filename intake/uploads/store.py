"""Where files lie: outside the web root, under names that nobody can guess.

A file is written under a random name and synced before it gets its final one, so that a name that
a row points at is always whole. Files without a row are removed by `sweep`.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from django.conf import settings

CHUNK = 64 * 1024
UNFINISHED = ".part"
FULL = (errno.ENOSPC, errno.EDQUOT)


class NoRoomError(OSError):
    """The disk is full; nothing was kept."""

    def __init__(self) -> None:
        super().__init__(errno.ENOSPC, "no room for a file")


class Stored(NamedTuple):
    """A file that is on the disk, and in no row yet."""

    stored_name: str
    size: int
    sha256: str


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "attachments"


def path_of(stored_name: str) -> Path:
    """Where a stored file lies; two letters of its name spread the folders."""
    return folder() / stored_name[:2] / stored_name


def write(content: IO[bytes]) -> Stored:
    """Keep the content under a new name. Raise NoRoomError when the disk is full."""
    name = secrets.token_hex(24)
    path = path_of(name)
    part = path.with_suffix(UNFINISHED)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stored = _write(content, part, name)
        part.rename(path)
        _sync(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        if error.errno in FULL:
            raise NoRoomError from error
        raise
    return stored


def _write(content: IO[bytes], part: Path, name: str) -> Stored:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    with part.open("xb") as target:
        part.chmod(0o600)
        while chunk := content.read(CHUNK):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        target.flush()
        os.fsync(target.fileno())
    return Stored(name, size, digest.hexdigest())


def _sync(directory: Path) -> None:
    """Make the new name itself last through a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_file(stored_name: str) -> IO[bytes]:
    """Open a stored file; FileNotFoundError when it is gone."""
    return path_of(stored_name).open("rb")


def remove(stored_names: Iterable[str]) -> None:
    for name in stored_names:
        path_of(name).unlink(missing_ok=True)


def older_than(moment: datetime) -> Iterator[Path]:
    """Every file, finished or not, that was last written before this moment."""
    limit = moment.timestamp()
    return (
        path for path in folder().glob("*/*") if path.is_file() and path.stat().st_mtime < limit
    )


def sweep(paths: Iterable[Path], *, known: Collection[str]) -> int:
    """Remove those of these files that no row knows; return how many."""
    orphans = [path for path in paths if path.name not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)
