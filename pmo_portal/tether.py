"""Ties processes to the one that started them, so that none outlives it, even killed by SIGKILL.

The starter locks a file. The system frees the lock when the starter ends, in whatever way, and
whoever waits for it then ends too.
"""

import fcntl
import os
import signal
import threading
from pathlib import Path
from typing import IO

NAME = "STARTED_BY"


def hold(path: Path) -> IO[str]:
    """Lock the file for as long as this process lives. The caller keeps what is returned."""
    file = path.open("w")
    fcntl.lockf(file, fcntl.LOCK_EX)
    os.environ[NAME] = str(path)
    return file


def follow() -> None:
    """End this process by SIGTERM when its starter has gone. Does nothing when it has none."""
    path = os.environ.get(NAME)
    if path:
        threading.Thread(target=_wait, args=(Path(path),), name="Tether", daemon=True).start()


def _wait(path: Path) -> None:
    with path.open("r") as file:
        fcntl.lockf(file, fcntl.LOCK_SH)
    os.kill(os.getpid(), signal.SIGTERM)
