"""A browser for the tests: the Chromium of this machine, with every screen checked for accessibility."""

import os
import re
import shutil
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize, expect

# The first is Chromium without what draws on a screen, and takes a third less of the processor.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
KEYS = frozenset({"ArrowUp", "Control+A", "Delete", "Enter", "Home", "Space", "Tab"})
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser its tests are skipped, and said so; in CI that is a failure."""
    if CHROMIUM is None and not os.environ.get("CI"):
        for item in items:
            if "page" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One loud line, where a browser is missing."""
    if CHROMIUM is None:
        terminalreporter.section("NO BROWSER: the screens were not tested. Install Chromium.", red=True, bold=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the machine's own Chromium."""
    assert CHROMIUM, "Install Chromium: CI tests the screens."
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": [*QUIET, *sandbox]}


NARROW, WIDE = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=800)
AXE = Axe().axe_script
LOOK = "rules => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then((it) => it.violations)"
# What axe looks for: everything once, and in the dark what depends on the colours.
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES: dict[Literal["light", "dark"], list[str]] = {"light": ALL, "dark": ["color-contrast", "link-in-text-block"]}


def press(page: Page, target: Locator, *keys: str) -> None:
    """Get to something with the Tab key, and press keys on it; or type a text there."""
    there = target.element_handle()
    for _ in range(60):
        if there.evaluate("it => it === document.activeElement"):
            for key in keys:
                page.keyboard.press(key) if key in KEYS else page.keyboard.type(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The Tab key does not lead to {target}.")


def accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that axe can see on the page, in light and in dark."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = page.evaluate(LOOK, rules)
        wrong = [(each["help"], [it["html"] for it in each["nodes"]]) for each in found]
        assert wrong == [], f"{page.url} ({scheme})"
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")


def for_everybody(page: Page, title: str = "") -> None:
    """The page, whose title begins like this, fits on a phone and is accessible."""
    expect(page).to_have_title(re.compile(f"^{re.escape(title)}"))
    page.set_viewport_size(NARROW)
    fits(page)
    page.set_viewport_size(WIDE)
    accessible(page)


def fits(page: Page) -> None:
    """Nobody has to move it sideways."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0, page.url
