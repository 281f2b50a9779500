"""Firefox and WebKit show the book and run it, as Chromium does: `make browsers`."""

import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
from browsing import ALL_AT_ONCE, CONTRAST, UNFOLD, QuietHandler, served
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tools import webdriver

pytestmark = pytest.mark.browsers
# WebKit's driver does not report what is in the console: its pages report it themselves.
COLLECT = b"""<script>
  window.consoleMessages = [];
  for (const kind of ["error", "warn"]) console[kind] = (...words) => consoleMessages.push(words.join(" "));
  addEventListener("error", event => consoleMessages.push(event.message || `${event.target.outerHTML} failed`), true);
  addEventListener("unhandledrejection", event => consoleMessages.push(String(event.reason)));
</script>"""
IN_A_FORMULA = re.compile(rb"<msub><mi>.*?</mi>")
PAUSE = 0.5  # seconds
IN_SIGHT = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })"
# What Firefox says when a page is left that was still fetching: the search, parts of what it has found.
LEFT = "AbortError", "TypeError: NetworkError when attempting to fetch"


class SlowHandler(QuietHandler):
    """Sends a page in two pieces, the first of which ends in the middle of a formula."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.suffix != ".html" or not path.exists():
            return super().do_GET()
        page = path.read_bytes().replace(b"<head>", b"<head>" + COLLECT, 1)
        formula = IN_A_FORMULA.search(page)
        first = formula.end() if formula else len(page)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        with suppress(ConnectionError):  # the browser went on to another page
            self.wfile.write(page[:first])
            time.sleep(PAUSE if formula else 0)
            self.wfile.write(page[first:])


@pytest.fixture(scope="module")
def site(html_with_python):
    with served(html_with_python, SlowHandler) as address:
        yield address


@pytest.fixture(scope="module")
def addresses(html_with_python):
    pages = [*html_with_python.glob("book/**/*.html"), *html_with_python.glob("*.html")]
    return [path.relative_to(html_with_python).as_posix() for path in sorted(pages)]


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def browser(request):
    try:
        with webdriver.browser(request.param) as driver:
            yield Browser(driver)
    except webdriver.NoBrowser as error:
        pytest.fail(str(error), pytrace=False)


class Browser:
    """A browser, as a reader uses it; it collects the errors and warnings in its console."""

    def __init__(self, driver):
        self.driver, self.reported = driver, []
        if driver.capabilities.get("webSocketUrl"):
            driver.script.add_console_message_handler(self.note)
            driver.script.add_javascript_error_handler(self.note)

    def note(self, entry):
        if entry.level in ("error", "warn") and not entry.text.startswith(LEFT):
            self.reported.append(entry.text)

    def messages(self):
        collected = [*self.reported, *self.run("return window.consoleMessages")]
        self.reported.clear()
        return collected

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def click(self, element):
        """An element, or the first one of a selector; WebKit clicks where it is before a smooth scroll."""
        if isinstance(element, str):
            element = self.all(element)[0]
        self.run(IN_SIGHT, element)
        element.click()

    def wait(self, condition, seconds=1200):
        """Python may have to be loaded first, on a busy machine."""
        WebDriverWait(self.driver, seconds).until(lambda _: condition())

    def leads_to(self, address):
        self.wait(lambda: address in self.run("return location.href"))


@pytest.fixture
def dense(browser, site):
    browser.driver.get(f"{site}/book/dense.html")
    yield browser
    assert browser.messages() == []


def test_every_page_opens_without_a_message(browser, site, addresses):
    """Formulas among them: Firefox reports MathML that is not valid, or not yet."""
    messages = {}
    for address in addresses:
        browser.driver.get(f"{site}/{address}")
        browser.run(UNFOLD)
        browser.run("return document.fonts.ready.then(() => null)")
        messages[address] = browser.messages()
    assert not any(messages.values()), messages
    assert len(messages) > 20


def test_cells_show_what_is_printed(dense):
    """All of a chapter's, to the last character."""
    dense.run(UNFOLD)
    dense.click(dense.all("button[aria-label^='Run cell']")[-1])
    dense.wait(lambda: not dense.all(".run-bar [aria-disabled=true]"))
    assert dense.all(".run-status")[-1].text == "Same as printed."
    shown = dense.all(".run-verdict > span")
    verdicts = [verdict.get_attribute("textContent") for verdict in shown]
    assert len(verdicts) == len(dense.all(".run-bar"))
    assert verdicts.count("The same as printed, to the last character.") > 9
    for verdict in verdicts:
        assert re.match("The same as|The figure is not|It shows nothing, as", verdict)


def test_an_edited_cell_says_where_it_differs(dense):
    dense.click("button[aria-label='Edit cell 5']")
    dense.wait(lambda: dense.driver.switch_to.active_element.tag_name == "textarea")
    editor = dense.driver.switch_to.active_element
    editor.clear()
    # WebKit's driver swallows a "\n".
    editor.send_keys("print(my_dense.weights)", Keys.ENTER)
    editor.send_keys("print(2 * my_dense.biases + 1)")
    editor.send_keys(Keys.SHIFT, Keys.ENTER)
    dense.wait(lambda: dense.all("mark"))
    assert dense.all("mark")[0].text == "[[1. 1. 1.]]"


def test_the_search_finds_a_theorem(dense, site):
    keys = ActionChains(dense.driver)
    keys.key_down(Keys.CONTROL).send_keys("k").key_up(Keys.CONTROL).perform()
    ActionChains(dense.driver).send_keys("softmax Jacobian", Keys.ENTER).perform()
    theorem = "#search-results li > a[href*='book/backprop.html#']"
    dense.wait(lambda: dense.all(theorem))
    dense.click(theorem)
    dense.leads_to("/book/backprop.html")


def test_the_dark_mode_is_kept_from_page_to_page(dense):
    def theme():
        return dense.run("return document.documentElement.dataset.theme")

    for wanted in ("dark", "light", "dark"):
        for _ in range(3):
            if theme() != wanted:
                dense.click(".article-header-buttons .theme-switch-button")
        assert theme() == wanted
    dense.click("a.right-next")
    dense.leads_to("/book/activations.html")
    assert theme() == "dark"
    text = dense.all("article p")[0]
    assert dense.run(f"return ({CONTRAST})(arguments[0])", text) > 7


def test_folds_open_and_close(dense):
    fold = dense.all("details")[0]
    solution = dense.all(".solution")[0]
    code = solution.find_elements(By.CSS_SELECTOR, "p, pre")[-1]
    assert not code.is_displayed()
    for is_open in (True, False):
        dense.click(fold.find_element(By.CSS_SELECTOR, "summary"))
        assert (fold.get_attribute("open") is not None) == is_open
        dense.click(solution.find_element(By.CSS_SELECTOR, "button.toggle-button"))
        dense.wait(lambda wanted=is_open: code.is_displayed() == wanted)


def test_the_playground_trains_as_the_chapter_prints(browser, site):
    browser.driver.get(f"{site}/book/playground.html")
    browser.click(".playground-buttons button")  # Start
    verdict = browser.all(".playground-verdict")[0]
    browser.wait(lambda: re.search("epoch: [1-9]", verdict.text))
    assert "prints the same: “epoch: " in verdict.text
    browser.click(".playground-buttons button")  # Pause
    browser.wait(lambda: browser.all(".playground-status")[0].text == "Paused.")
    assert browser.messages() == []


# ---- on a phone: no browser's window is this narrow, but a frame in it can be

FRAME = (
    """document.body.innerHTML = "<iframe width=390 height=844 style='border: 0'>";"""
)
OPEN = """
const [address, done] = arguments, frame = document.querySelector("iframe");
frame.onload = () => done();
frame.src = address;
"""
ADD_STYLE = "document.head.append(Object.assign(document.createElement('style'), { textContent: arguments[0] }));"
HIDDEN = "const page = document.scrollingElement; return page.scrollWidth - page.clientWidth;"


@pytest.fixture
def phone(browser, site):
    browser.driver.get(f"{site}/search.html")
    browser.run(FRAME)
    yield browser
    browser.driver.switch_to.default_content()


def open_in(phone, address):
    phone.driver.switch_to.default_content()
    phone.driver.execute_async_script(OPEN, address)
    phone.driver.switch_to.frame(0)


def test_no_page_scrolls_sideways_on_a_phone(phone, site, addresses):
    hidden = {}  # pixels beyond the edge
    for address in addresses:
        if address == "index.html":  # leads to the first page
            continue
        open_in(phone, f"{site}/{address}")
        phone.run(ADD_STYLE, ALL_AT_ONCE)
        phone.run(UNFOLD)
        hidden[address] = phone.run(HIDDEN)
    assert not any(hidden.values()), hidden
    assert len(hidden) > 20


def test_the_sidebar_opens_on_a_phone(phone, site):
    open_in(phone, f"{site}/book/dense.html")
    link = "#pst-primary-sidebar-modal a[href='backprop.html']"
    assert not phone.all(link)
    phone.click(".primary-toggle")
    phone.wait(lambda: phone.all(link))
    phone.click(link)
    phone.leads_to("/book/backprop.html")
