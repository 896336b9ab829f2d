"""A load generator in a process of its own: so many clients, so many requests, no think time.

Run as `python -m bench.client`; takes an order as JSON on its input and answers in JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any


class Work:
    """What all clients share: the next place in the list, and what came of it."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.places = count()
        self.waits: list[float] = []
        self.sizes: list[int] = []
        self.statuses: Counter[int] = Counter()

    def run(self) -> float:
        clients = [threading.Thread(target=self._client) for _ in range(self.order["clients"])]
        begun = time.perf_counter()
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return time.perf_counter() - begun

    def _client(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.order["port"], timeout=60)
        while (place := next(self.places)) < self.order["total"]:
            begun = time.perf_counter()
            status, size = self._ask(connection, place)
            self.waits.append((time.perf_counter() - begun) * 1000)
            self.sizes.append(size)
            self.statuses[status] += 1
        connection.close()

    def _ask(self, connection: HTTPConnection, place: int) -> tuple[int, int]:
        paths, order = self.order["paths"], self.order
        path = paths[place % len(paths)]
        for _ in range(2):
            try:
                connection.request(order["method"], path, order["body"], order["headers"])
                answer = connection.getresponse()
                return answer.status, len(answer.read())
            except (HTTPException, OSError):
                # A server may close a connection that was kept; a POST is never sent again.
                connection.close()
                if order["method"] != "GET":
                    break
        return 0, 0


def main() -> None:
    work = Work(json.load(sys.stdin))
    wall = work.run()
    told = {"wall": wall, "waits": work.waits, "sizes": work.sizes, "statuses": work.statuses}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
