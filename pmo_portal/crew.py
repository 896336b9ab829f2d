"""The processes that `start` looks after: when one ends, all end."""

import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Printer

from pmo_portal.environment import BASE_DIR

ASKED_TO_STOP = {128 + signal.SIGINT, 128 + signal.SIGTERM}


class PlainPrinter(Printer):
    """Passes on what the processes write, and leaves out honcho's own remarks."""

    def write(self, message: Any) -> None:
        if message.name != SYSTEM_PRINTER_NAME:
            super().write(message)


class OneByOne:
    """Asks a process to end and leaves its children to it; honcho would signal all of them at once.

    A child of a Celery worker that has just been forked dies of that signal, and the worker takes
    it for a fault.
    """

    def terminate(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


class Crew(Manager):
    def __init__(self) -> None:
        super().__init__(PlainPrinter(sys.stdout))
        self._procmgr = OneByOne()

    def add(self, name: str, *command: str) -> None:
        """Have Python run this module or script as one of the processes."""
        line = shlex.join([sys.executable, *command])
        self.add_process(name, f"exec {line}", cwd=str(BASE_DIR))

    def run(self, *, once_started: Callable[[], None]) -> bool:
        """Run until one process ends or a signal comes. Return True when a signal asked for it."""
        # A terminal that is closed must not leave the processes behind.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        self._once_started = once_started
        self.loop()
        return self.returncode in ASKED_TO_STOP

    def terminate(self) -> None:
        """End all processes. Asked before all have begun, wait until they have."""
        if self._all_started():
            super().terminate()
            return
        again = threading.Timer(0.1, self.terminate)
        again.daemon = True
        again.start()

    def _start(self) -> None:
        super()._start()
        # After the forks: a fork copies no thread.
        threading.Thread(target=self._once_started, daemon=True).start()
