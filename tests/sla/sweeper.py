"""A process of its own for tests that need several, or need to kill one.

python -m tests.sla.sweeper populate NUMBER     make this many clocks, due at 13:00 and 15:00
python -m tests.sla.sweeper sweep MOMENT        say "ready", wait for a line, sweep
python -m tests.sla.sweeper stall MOMENT        the same, but hang once events are inserted
"""

import os
import sys
import time
from datetime import UTC, datetime
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")


def populate(number: str) -> None:
    from django.db import transaction

    from sla.models import Subject
    from sla.services import clocks
    from tests.factories.sla import make_target

    start = datetime(2026, 6, 1, 9, tzinfo=UTC)
    with transaction.atomic():
        target = make_target()
        for _ in range(int(number)):
            subject = Subject.objects.create(kind="request")
            clocks.start_many(subject, {"proposal": target}, at=start)


def sweep(moment: str) -> None:
    from sla.services.sweep import sweep as sweep_clocks

    say("ready")
    sys.stdin.readline()
    say(str(sweep_clocks(now=datetime.fromisoformat(moment), batch=50)))


def stall(moment: str) -> None:
    from sla.services import rows

    real = rows.insert

    def insert_and_hang(*args: Any) -> int:
        real(*args)
        say("inserted")
        time.sleep(60)
        return 0

    rows.insert = insert_and_hang
    sweep(moment)


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    import django

    django.setup()
    {"populate": populate, "sweep": sweep, "stall": stall}[sys.argv[1]](sys.argv[2])
