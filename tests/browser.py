"""A real browser for the tests of pages: headless Chromium by Playwright, and axe-core.

Both come with the extra ``dev``; the browser itself is the machine's (Debian: ``chromium``), or the
one that ``SE_CHROMIUM`` names. Where one of them is missing, the tests are skipped and say which.
"""

import os
import shutil
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Rules of axe-core that a page must keep: WCAG 2.2 A and AA, and what axe calls best practice.
_PATIENCE = 20_000  # milliseconds
PHONE, DESK = 390, 1280


class Opened:
    """A page in the browser, and what went wrong in it.

    Parameters
    ----------
    page : playwright.sync_api.Page
    """

    def __init__(self, page):
        self.page = page
        self.errors = []  # console errors, uncaught exceptions, violations of the policy
        self.requests = []  # of anything but the page itself
        self.dialogs = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._told)
        page.on("request", self._asked)
        page.on("dialog", self._interrupted)

    def _told(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _asked(self, request):
        if not request.is_navigation_request():
            self.requests.append(request.url)

    def _interrupted(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def violations(self):
        """What axe-core finds, as ``rule impact: element``."""
        source = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
        self.page.evaluate(source)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']} {rule['impact']}: {node['html'][:200]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    @property
    def sideways(self):
        """By how many pixels the page is wider than the screen."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


@pytest.fixture(scope="session")
def chromium():
    """The browser, started once."""
    for package in ("playwright", "axe_playwright_python"):
        if find_spec(package) is None:
            pytest.skip(f"no browser tests: {package} is absent; install the extra dev")
    named = os.environ.get("SE_CHROMIUM")
    path = named or next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no browser tests: Chromium is absent; install it, or set SE_CHROMIUM")
    from playwright.sync_api import sync_playwright

    # In a container there is neither a sandbox for root nor a large /dev/shm.
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """A function that opens a file or an address: ``opened(path, width=390, dark=True)``."""
    contexts = []

    def open_(target, *, width=DESK, height=900, dark=False, script=True):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE)
        found = Opened(page)
        page.goto(target.resolve().as_uri() if isinstance(target, Path) else target)
        return found

    yield open_
    for context in contexts:
        context.close()
