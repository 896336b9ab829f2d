"""Take the README's pictures from a running demo: `make run`, then
`.venv/bin/python scripts/take_pictures.py http://127.0.0.1:8000`.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SIZE = {"width": 1280, "height": 860}
PASSWORD = os.environ.get("DEMO_PASSWORD", "front-door")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
PICTURES = (
    ("home", "requester@demo.example", "/"),
    ("queue", "analyst@demo.example", "/triage/?view=open"),
    ("request", "requester@demo.example", ""),
)


def take(browser: Browser, base: str, name: str, person: str, path: str) -> None:
    context = browser.new_context(viewport=SIZE, color_scheme="light")
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("[name=login]", person)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    if path:
        page.goto(base + path)
    else:
        # The request that waits for this requester: the first one in the list.
        page.goto(f"{base}/requests/")
        page.locator("main a.title").first.click()
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def main() -> None:
    base = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in PICTURES:
            take(browser, base, *picture)
        browser.close()


if __name__ == "__main__":
    main()
