"""How soon a key of the triage queue changes what one sees, in a real browser."""

from __future__ import annotations

import os
import shutil
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench import report
from bench.rounds import percentile
from bench.servers import PORTAL, Site

NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMES = 30
# Each key with what is done to be able to press it again.
KEYS = (
    ("j", "next row", ""),
    ("k", "row before", ""),
    ("x", "select the row", ""),
    ("Enter", "open the request", "Escape"),
    ("n", "open the form of a note", "Escape"),
    ("?", "open the list of keys", "Escape"),
)
# From the key to the frame in which something of the page is another.
WATCH = """
() => {
  window.pressed = [];
  let at = 0;
  addEventListener("keydown", (event) => { at = event.timeStamp; }, true);
  const seen = () => {
    if (!at) return;
    const from = at;
    at = 0;
    requestAnimationFrame((time) => window.pressed.push(Math.max(performance.now(), time) - from));
  };
  addEventListener("focusin", seen, true);
  addEventListener("change", seen, true);
  new MutationObserver(seen).observe(document.body, {
    subtree: true, childList: true, attributes: true,
  });
}
"""


def keys(requests: int) -> str:
    """Press each key again and again on a portal of this size; a table in milliseconds."""
    site = Site(PORTAL, requests)
    try:
        site.prepare()
        site.start()
        told = site.look("bench.inside_portal", drafts=0)
        return _table(_press_all(site, told))
    finally:
        site.stop()
        site.drop_copy()


def _press_all(site: Site, told: dict[str, Any]) -> list[tuple[str, str, list[float]]]:
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        context = opened.new_context(viewport={"width": 1440, "height": 900})
        address = f"http://127.0.0.1:{site.port}"
        cookies = [{"name": n, "value": v, "url": address} for n, v in told["analyst"].items()]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address + told["pages"]["queue"][0])
        page.evaluate(WATCH)
        page.keyboard.press("j")
        return [(key, words, _press(page, key, back)) for key, words, back in KEYS]


def _press(page: Page, key: str, back: str) -> list[float]:
    page.wait_for_timeout(500)
    page.evaluate("window.pressed = []")
    taken: list[float] = []
    for _ in range(TIMES):
        page.keyboard.press(key)
        page.wait_for_function("window.pressed.length > 0")
        taken.append(float(page.evaluate("window.pressed[0]")))
        # Until what the key fetched has settled.
        page.wait_for_timeout(250)
        if back:
            page.keyboard.press(back)
            page.wait_for_timeout(150)
        page.evaluate("window.pressed = []")
    return taken


def _table(measured: list[tuple[str, str, list[float]]]) -> str:
    rows = [
        [key, words, f"{median(taken):.0f}", f"{percentile(taken, 0.95):.0f}", f"{max(taken):.0f}"]
        for key, words, taken in measured
    ]
    return report.table(("key", "does", "median ms", "p95 ms", "longest ms"), rows)
