"""One sweeper of the portal in a process of its own, told when to sweep line by line.

Each line is a moment; the answer says how many events that recorded, and what it cost here.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime

import django

django.setup()

from django.db import connection  # noqa: E402

from bench.cpu import of_processes  # noqa: E402
from sla.services.sweep import sweep  # noqa: E402


def main() -> None:
    connection.ensure_connection()
    is_served = connection.vendor == "postgresql"
    backends = [connection.connection.get_backend_pid()] if is_served else []
    print("ready", flush=True)
    for line in sys.stdin:
        moment = datetime.fromisoformat(line.strip())
        own, of_database = time.process_time(), sum(of_processes(backends).values())
        begun = time.perf_counter()
        events = sweep(now=moment)
        told = {
            "events": events,
            "wall": time.perf_counter() - begun,
            "cpu": time.process_time() - own + sum(of_processes(backends).values()) - of_database,
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
