"""The playground trains the network as the library does, to the last digit; its link keeps the settings."""

from pathlib import Path

import nnfs
import numpy as np
import pytest
from browsing import CONTRAST, new_page, offer_pyodide, without_network
from nnfs.datasets import spiral_data
from playwright.sync_api import expect

from nnfs_lib import SGD, AdaGrad, Adam, Dense, ReLU, RMSProp, SoftmaxCrossEntropy
from nnfs_lib import accuracy as accuracy_of
from tools.record import recorded_path
from web import bundle, printed_runs

ROOT = Path(__file__).resolve().parents[2]
PRINTED = printed_runs.printed_runs([recorded_path(ROOT / "book/optimizers.md")])
MOMENTUM = "SGD(learning_rate=1, decay=0.001, momentum=0.9), 64 neurons, seed 0"
ADAGRAD = "AdaGrad(learning_rate=1, decay=0.0001, epsilon=1e-07), 64 neurons, seed 0"


def trained(optimizer, epochs, neurons=64, seed=0):
    """Loss, accuracy and learning rate after so many epochs, as the page shows them."""
    nnfs.init()
    np.random.seed(seed)
    X, y = spiral_data(samples=100, classes=3)
    first, relu, last = Dense(2, neurons), ReLU(), Dense(neurons, 3)
    loss = SoftmaxCrossEntropy()
    for epoch in range(epochs + 1):
        value = loss.forward(last.forward(relu.forward(first.forward(X))), y)
        if epoch < epochs:
            gradient = last.backward(loss.backward(loss.output, y))
            first.backward(relu.backward(gradient))
            optimizer.step([first, last])
    right = accuracy_of(loss.output, y)
    return [str(value), f"{right:.3f}", f"{optimizer.current_learning_rate:.6g}"]


class Playground:
    """The playground of a page, as a reader sees it."""

    def __init__(self, page):
        self.page = page
        self.element = page.locator(".playground")
        self.status = self.element.locator(".playground-status")
        self.verdict = self.element.locator(".playground-verdict")
        self.epoch = self.element.locator("dd").first
        self.regions, self.loss, self.accuracy = self.element.locator("canvas").all()

    def button(self, name):
        return self.element.get_by_role("button", name=name, exact=True)

    def slider(self, name):
        return self.element.get_by_label(name)

    def numbers(self):
        epoch, *others = self.element.locator("dd").all_text_contents()
        return int(epoch.replace(",", "")), others

    def words(self):
        """Of the three pictures."""
        return [
            canvas.get_attribute("aria-label")
            for canvas in (self.regions, self.loss, self.accuracy)
        ]

    def settings(self):
        rows = self.element.locator("fieldset > div:visible")
        return {
            row.locator("label").text_content(): row.locator("select, span").evaluate(
                "e => e.value ?? e.textContent"
            )
            for row in rows.all()
        }

    def follow(self, link):
        self.page.evaluate("history.replaceState(null, '', '#')")
        self.epoch.evaluate("epoch => (epoch.textContent = 'begins again')")
        self.page.evaluate("link => (location.hash = link)", link)
        expect(self.epoch).to_have_text("0")

    def walk(self, epochs):
        for epoch in range(1, epochs + 1):
            self.button("Step").click()
            expect(self.epoch).to_have_text(str(epoch))


def open_page(chromium, site, link="", **settings):
    page = new_page(chromium, **settings)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    without_network(page)
    page.goto(f"{site}/book/playground.html{link}")
    return page


@pytest.fixture(scope="module")
def running(chromium, site):
    """A playground in which Python runs, from one test to the next; the book prints another line for AdaGrad."""

    def answer(route):
        book = route.fetch().json()
        book["runs"][ADAGRAD]["0"] = "epoch: 0, something else"
        route.fulfill(json=book)

    page = open_page(chromium, site)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    offer_pyodide(page)
    page.route("**/book.json", answer)
    playground = Playground(page)
    playground.button("Start").click()
    expect(playground.epoch).not_to_have_text("–", timeout=120_000)
    yield playground
    page.close()
    assert not [fault for fault in page.faults if "playground" in fault]


@pytest.fixture
def paused(running):
    """At the start of the run that the page opens with."""
    if running.button("Pause").is_visible():
        running.button("Pause").click()
    running.follow("#optimizer=sgd")
    return running


# ---- the same numbers


def test_a_run_prints_the_lines_of_the_chapter(paused):
    first, second = PRINTED[MOMENTUM]["0"], PRINTED[MOMENTUM]["1000"]
    same = "The chapter on optimizers prints the same: “{}”."
    expect(paused.verdict).to_have_text(same.format(first))
    paused.button("Start").click()
    expect(paused.verdict).to_have_text(same.format(second), timeout=60_000)
    paused.button("Pause").click()
    expect(paused.status).to_have_text("Paused.")


def test_the_numbers_are_the_librarys_at_every_epoch(paused):
    paused.button("Start").click()
    paused.page.wait_for_function(
        "parseInt(document.querySelector('.playground dd').textContent) > 200"
    )
    paused.button("Step").click()
    expect(paused.status).to_have_text("One epoch at a time.")
    paused.page.wait_for_timeout(500)  # for the pieces that were under way
    epoch, numbers = paused.numbers()
    assert numbers == trained(SGD(1.0, decay=1e-3, momentum=0.9), epoch)


@pytest.mark.parametrize(
    ("link", "optimizer", "network"),
    [
        ("optimizer=sgd&learning_rate=10&decay=0&momentum=0", SGD(10.0), {}),
        ("optimizer=adagrad&learning_rate=0.5&decay=0&neurons=1",
         AdaGrad(0.5), {"neurons": 1}),
        ("optimizer=rmsprop&learning_rate=0.001&decay=0.01&rho=0.9&seed=99",
         RMSProp(0.001, decay=0.01, rho=0.9), {"seed": 99}),
        ("optimizer=adam&learning_rate=0.0001&decay=5e-7&neurons=128&seed=1",
         Adam(0.0001, decay=5e-7), {"neurons": 128, "seed": 1}),
    ],
)  # fmt: skip
def test_other_settings_give_the_librarys_numbers(paused, link, optimizer, network):
    paused.follow(f"#{link}")
    expect(paused.verdict).to_have_text("The book prints no run with these settings.")
    paused.walk(3)
    assert paused.numbers() == (3, trained(optimizer, 3, **network))


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam"])
def test_an_optimizer_begins_with_the_settings_of_its_run_in_the_book(
    paused, optimizer
):
    (line,) = [
        lines["0"] for name, lines in PRINTED.items() if optimizer in name.lower()
    ]
    paused.slider("Optimizer").select_option(optimizer)
    expect(paused.verdict).to_contain_text(f"prints the same: “{line}”")


def test_an_unexpected_line_is_reported_as_a_mistake_in_the_book(paused):
    paused.slider("Optimizer").select_option("adagrad")
    expect(paused.verdict).to_have_text(
        "The chapter on optimizers prints “epoch: 0, something else”, and this is "
        f"“{PRINTED[ADAGRAD]['0']}”. This is a mistake in the book: please report it."
    )


@pytest.mark.parametrize(
    "call",
    [
        "SGD(learning_rate=print('executed'))",
        "__import__('os').getcwd()",
        "Dense(n_inputs=2, n_neurons=3)",
        "SGD(**{})",
        "SGD",
    ],
)
def test_a_printed_run_is_read_not_executed(call, capsys):
    with pytest.raises(ValueError, match=r"is not an optimizer|malformed node"):
        printed_runs.optimizer(call)
    assert capsys.readouterr().out == ""


def test_all_six_runs_print_their_line(monkeypatch):
    """Python's side of the playground, without a browser."""
    monkeypatch.syspath_prepend(bundle.HERE)
    import playground

    assert len(PRINTED) == 6
    for name, printed in PRINTED.items():
        optimizer = printed_runs.optimizer(name.split(", 64 neurons")[0])
        settings = {
            key: getattr(optimizer, key)
            for key in ("learning_rate", "decay", "momentum", "rho")
            if hasattr(optimizer, key)
        }
        kind = type(optimizer).__name__.lower()
        playground.start(None)
        answer = playground.begin(optimizer=kind, neurons=64, seed=0, **settings)
        assert answer["name"] == name
        assert playground.train(1000)["lines"] == [(1000, printed["1000"])]


# ---- settings and links


def test_a_change_restarts_the_run_and_updates_the_link(chromium, site, paused):
    paused.walk(2)
    paused.slider("Neurons").press("ArrowRight")
    expect(paused.epoch).to_have_text("0")
    paused.slider("Learning rate").press("Home")
    paused.walk(1)
    expected = {
        "Optimizer": "sgd",
        "Learning rate": "0.0001",
        "Decay": "0.001",
        "Momentum": "0.9",
        "Neurons": "96",
        "Seed": "0",
    }
    assert paused.settings() == expected
    paused.button("Copy link").click()
    expect(paused.status).to_have_text("The link is copied. It keeps these settings.")
    link = paused.page.evaluate("navigator.clipboard.readText()")
    assert link == paused.page.url
    page = open_page(chromium, site, link[link.index("#") :])
    assert Playground(page).settings() == expected
    page.close()


def test_a_change_during_training_restarts_it(paused):
    paused.button("Start").click()
    expect(paused.epoch).not_to_have_text("0")
    paused.slider("Seed").press("ArrowRight")
    expect(paused.status).to_have_text("Training, from the start.")
    expect(paused.epoch).not_to_have_text("0")
    assert paused.button("Pause").is_visible()


def test_each_optimizer_has_its_own_sliders(paused):
    own = {"sgd": {"Momentum"}, "adagrad": set(), "rmsprop": {"Rho"}, "adam": set()}
    always = {"Optimizer", "Learning rate", "Decay", "Neurons", "Seed"}
    for optimizer, more in own.items():
        paused.slider("Optimizer").select_option(optimizer)
        assert set(paused.settings()) == always | more


@pytest.mark.parametrize(
    ("link", "refused"),
    [
        ("optimizer=newton&seed=5", "optimizer=newton"),
        ("seed=5&learning_rate=7", "learning_rate=7"),
        ("seed=5&decay=", "decay="),
        ("seed=5&neurons=many&constructor=1", "neurons=many, constructor=1"),
        ("optimizer=sgd&rho=0.9&seed=5", "rho=0.9"),
    ],
)
def test_invalid_settings_in_a_link_are_reported_and_ignored(paused, link, refused):
    paused.follow(f"#{link}")
    expect(paused.status).to_have_text(
        f"The link asks for what is not to be had here: {refused}. "
        "The book's setting is used instead."
    )
    assert paused.settings() == {
        "Optimizer": "sgd",
        "Learning rate": "1",
        "Decay": "0.001",
        "Momentum": "0.9",
        "Neurons": "64",
        "Seed": "5",
    }


def test_a_link_to_a_heading_changes_nothing(paused):
    paused.walk(1)
    paused.page.evaluate("location.hash = '#try-this'")
    paused.button("Step").click()
    expect(paused.epoch).to_have_text("2")


# ---- how it behaves


def test_nothing_is_loaded_before_start(chromium, site):
    page = open_page(chromium, site)
    playground = Playground(page)
    megabytes = round(bundle.BYTES["playground"] / 1e6)
    assert playground.status.text_content() == (
        f"Start loads Python into this page: {megabytes} MB, once."
    )
    for name in ("Step", "Restart", "Stop"):
        assert playground.button(name).get_attribute("aria-disabled") == "true"
        playground.button(name).click(force=True)
    assert not [url for url in page.asked if "_static/python/" in url]
    assert not page.workers
    page.close()


def test_the_progress_bar_was_full(running):
    assert running.element.locator("progress").evaluate("p => p.value === p.max")


def test_drawings_have_text_alternatives(paused):
    paused.walk(1)
    before = paused.words()
    assert before[0].startswith("The plane at epoch 1: the network gives ")
    right = float(paused.numbers()[1][1])
    assert before[0].endswith(f"{right:.0%} lie in the region of their class.".replace("%", " %"))  # fmt: skip
    assert before[1].startswith("Loss: from 1.099 at epoch 0 to 1.099 at epoch 1,")
    assert before[2].startswith("Accuracy: from 0.360 at epoch 0 to ")
    paused.button("Step").click()
    expect(paused.epoch).to_have_text("2")
    assert all(old != new for old, new in zip(before, paused.words()))


def test_the_picture_has_the_colours_of_the_page(paused):
    def picture():
        return paused.regions.evaluate("canvas => canvas.toDataURL()")

    page, light = paused.page, picture()
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(100)
    assert picture() != light
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.wait_for_timeout(100)
    assert picture() == light


def test_it_works_by_keyboard(paused):
    page = paused.page
    paused.slider("Optimizer").focus()
    names = []
    for _ in range(10):
        names.append(
            page.evaluate(
                "document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent"
            )
        )
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px"
        page.keyboard.press("Tab")
    assert names[:6] == list(paused.settings())
    assert names[6:] == ["Start", "Step", "Restart", "Stop"]
    paused.button("Step").press("Enter")
    expect(paused.epoch).to_have_text("1")
    paused.button("Start").press("Space")
    expect(paused.button("Pause")).to_be_focused()
    paused.button("Pause").press("Space")
    expect(paused.status).to_have_text("Paused.")
    paused.button("Restart").press("Enter")
    expect(paused.epoch).to_have_text("0")


def test_stop_ends_python(paused):
    """The last of the tests in which Python runs."""
    paused.button("Stop").click()
    assert paused.status.text_content() == (
        "Stopped. Python is gone from this page; Start loads it again."
    )
    assert paused.epoch.text_content() == "–"
    paused.page.wait_for_timeout(200)
    assert not paused.page.workers
    assert paused.button("Step").get_attribute("aria-disabled") == "true"


def test_stop_cancels_loading(chromium, site):
    page = open_page(chromium, site)
    page.route(f"{bundle.CDN}**", lambda route: None)  # it never comes
    playground = Playground(page)
    playground.button("Start").click()
    expect(playground.status).to_have_text("Loading Python …")
    playground.button("Stop").click()
    expect(playground.status).to_contain_text("Stopped.")
    assert playground.button("Start").get_attribute("aria-disabled") == "false"
    assert not playground.element.locator("progress").is_visible()
    page.close()


def test_offline_the_page_says_why_it_cannot_run(chromium, site):
    page = open_page(chromium, site)
    playground = Playground(page)
    playground.button("Start").click()
    expect(playground.status).to_have_text(
        "Python could not be loaded from cdn.jsdelivr.net. It needs a connection, and "
        "takes only the very files that the book was checked with. "
        "(pyodide.js: Failed to fetch)"
    )
    assert playground.button("Start").is_visible()
    assert page.get_by_role("img", name="Four square panels").is_visible()
    page.close()


def test_a_page_opened_as_a_file_says_why_it_cannot_run(chromium, html):
    page = new_page(chromium)
    page.goto((html / "book/playground.html").as_uri() + "#optimizer=adam")
    playground = Playground(page)
    playground.slider("Seed").press("ArrowRight")
    assert page.url.endswith("#optimizer=adam&learning_rate=0.05&decay=5e-7&neurons=64&seed=1")  # fmt: skip
    playground.button("Start").click()
    expect(playground.status).to_contain_text("opened as a file")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_it_is_readable_at_every_width_in_both_schemes(chromium, site, scheme, width):
    page = open_page(
        chromium,
        site,
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
    )
    playground = Playground(page)
    playground.button("Start").click()
    expect(playground.status).to_contain_text("could not be loaded")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    texts = (
        ".playground :is(label, button, select, legend, dt, dd, figcaption, p, span)"
    )
    for part in page.locator(texts).all():
        if part.is_visible() and part.get_attribute("aria-disabled") != "true":
            assert part.evaluate(CONTRAST) >= 4.5  # WCAG 2.2, 1.4.3
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_text_below_does_not_move(chromium, site, width):
    """Before the script has run as after."""
    heights = []
    for script in ("**/playground.js*", "**/nothing"):
        page = new_page(chromium, viewport={"width": width, "height": 844})
        without_network(page)
        page.route(script, lambda route: route.abort())
        page.goto(f"{site}/book/playground.html")
        place = page.locator(".playground").bounding_box()
        heights.append(place["height"])
        if script == "**/nothing":
            last = page.locator(".playground > :last-child").bounding_box()
            bottom = last["y"] + last["height"]
            assert bottom == pytest.approx(place["y"] + place["height"], abs=30)
        page.close()
    assert heights[0] == pytest.approx(heights[1], abs=30)  # of a thousand pixels
