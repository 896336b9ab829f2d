"""`python -m bench`, which is what `make bench` calls."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from bench import raw, report
from bench.embedded import embedded
from bench.goals import judge
from bench.keys import keys
from bench.rounds import Measured, Page, measure
from bench.servers import LIMIT, PORTAL, Site, ask
from bench.sweep import sweep
from bench.working_time import working_time

BURST = 32
READING = ("queue", "filtered", "deep", "search", "detail", "triage", "board", "month", "fragment")
ANALYSTS = 4
WRITING = ("submit", "burst")
WHOLE = {"sizes": [1_000, 100_000], "rounds": 7, "total": 160, "open": [10_000, 100_000]}
QUICK = {"sizes": [1_000], "rounds": 2, "total": 40, "open": [2_000]}
TEXT = "text=Supplier+delays+reach+us+after+the+trucks+are+booked"


def arguments(given: Sequence[str] | None = None) -> Namespace:
    parser = ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("what", nargs="?", choices=("pages", "keys", "sweep", "time", "embedded"), default="pages")
    add("--sizes", type=numbers, help="requests; default 1000,100000")
    add("--only", type=words, default=[*READING, *WRITING], metavar="PAGE,…")
    add("--rounds", type=int, help="default 7")
    add("--total", type=int, help="requests of a round; default 160")
    add("--quick", action="store_true", help="little of everything")
    add("--open", type=numbers, help="running clocks (sweep); default 10000,100000")
    add("--write", action="store_true", help="put the tables into docs/performance.md")
    found = parser.parse_args(given)
    usual = QUICK if found.quick else WHOLE
    for name, value in usual.items():
        if getattr(found, name) is None:
            setattr(found, name, value)
    return found


def numbers(text: str) -> list[int]:
    return sorted(int(part.replace("_", "")) for part in text.split(","))


def words(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def main() -> None:
    options = arguments()
    load_before = os.getloadavg()[0]
    text = MEASURES[options.what](options)
    text = f"{report.machine(load_before)}\n\n{text}"
    print(text)
    if options.write:
        report.write(text, NAMES[options.what])


def pages(options: Namespace) -> str:
    """Serve, measure and judge; whatever happens, nothing is left running."""
    sites = [Site(kind, size) for size in options.sizes for kind in (PORTAL, LIMIT)]
    try:
        for site in sites:
            site.prepare()
            site.start()
        return _tables(sites, options)
    finally:
        for site in sites:
            site.stop()
            site.drop_copy()


MEASURES = {
    "pages": pages,
    "keys": lambda options: keys(max(options.sizes)),
    "sweep": lambda options: sweep(options.open, options.rounds),
    "time": lambda _: working_time(),
    "embedded": lambda options: embedded(min(options.open), options.rounds),
}
NAMES = {
    "pages": "measured",
    "keys": "pressed",
    "sweep": "swept",
    "time": "timed",
    "embedded": "embedded",
}


def _tables(sites: list[Site], options: Namespace) -> str:
    forms = forms_needed(options)
    told = {id(site): site.look(f"bench.inside_{site.kind}", drafts=forms) for site in sites}
    wanted = [
        page
        for site in sites
        for page in pages_of(site, told[id(site)])
        if page.name in options.only
    ]
    read = measure(
        [p for p in wanted if p.name in READING], rounds=options.rounds, total=options.total
    )
    written = measure(
        [p for p in wanted if p.name in WRITING], rounds=options.rounds, total=options.total
    )
    figures = {}
    for one in read + written:
        site = one.page.site
        queries = told[id(site)]["queries"].get(one.page.name)
        figures[site.kind, site.requests, one.page.name] = figure(one, queries)
    judged = judge(figures, small=options.sizes[0], large=options.sizes[-1])
    parts = [
        report.goals_table(judged),
        report.figures_table(figures),
        _raw_table(sites, options.total),
        _state_table(sites, told),
    ]
    return "\n\n".join(parts)


def forms_needed(options: Namespace) -> int:
    """Prepared drafts: for each kind of writing a warm-up and all rounds, and two to count."""
    kinds = len([name for name in WRITING if name in options.only])
    return (
        kinds * (options.rounds * options.total + max(options.total // 4, 16)) + 2 if kinds else 0
    )


def pages_of(site: Site, told: dict[str, Any]) -> list[Page]:
    if site.kind == LIMIT:
        return _limit_pages(site, told)
    pages, analyst = told["pages"], told["analyst"]
    reading = [Page(name, site, pages[name], analyst) for name in READING if name in pages]
    # What an analyst waits for after a key: the request beside the list.
    part = Page("fragment", site, pages["triage"], analyst, clients=ANALYSTS, part="queue")
    reading.append(part)
    drafts, half = told["drafts"], len(told["drafts"]) // 2
    submit = Page("submit", site, drafts[:half], told["asker"], expects=302, body="send=1")
    burst = Page("burst", site, drafts[half:], told["asker"], 302, BURST, "send=1")
    return [*reading, submit, burst]


def _limit_pages(site: Site, told: dict[str, Any]) -> list[Page]:
    cookies = told["cookies"]
    reading = [Page(name, site, told["pages"][name], cookies) for name in ("queue", "deep")]
    submit = Page("submit", site, ["/submit/"], cookies, expects=302, body=TEXT)
    return [*reading, submit, Page("burst", site, ["/submit/"], cookies, 302, BURST, TEXT)]


def figure(one: Measured, queries: int | None) -> dict[str, float]:
    names = ("wait", "p95", "cpu", "database_cpu", "rate", "size", "errors")
    known = {name: float(getattr(one, name)) for name in names}
    return known if queries is None else known | {"queries": float(queries)}


def _raw_table(sites: list[Site], total: int) -> str:
    rows = []
    for site in sites:
        if site.kind == LIMIT:
            for name, told in raw.measure(site.database, total=total).items():
                parts = [f"{told[part]:.2f}" for part in ("wait", "p95", "cpu")]
                rows.append([f"raw SQL: {name}", f"{site.requests:,}", *parts])
    return report.table(("statement", "requests", "median ms", "p95 ms", "database CPU ms"), rows)


def _state_table(sites: list[Site], told: dict[int, dict[str, Any]]) -> str:
    rows = []
    for site in sites:
        [[size]] = ask(site.database, "SELECT pg_size_pretty(pg_database_size(current_database()))")
        known = told[id(site)]
        counts = [f"{known['rows'][name]:,}" for name in ("requests", "clocks")]
        rows.append([site.kind, *counts, f"{known['open']:,}", size])
    return report.table(("site", "requests stored", "clocks", "open requests", "database"), rows)


if __name__ == "__main__":
    main()
