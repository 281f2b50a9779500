"""The playground trains the network as the library does, to the last digit; its link keeps the settings."""

import ast
import io
import json
import re
from contextlib import redirect_stdout

import numpy as np
import pytest
from browsing import CONTRAST, new_page, without_network
from playing import (
    ADAGRAD,
    COLOURS,
    MOMENTUM,
    OPENING,
    PRINTED,
    Playground,
    numbers,
    open_page,
    spirals,
    trained,
)
from playwright.sync_api import expect

from nnfs_lib import SGD, AdaGrad, Adam, Model, RMSProp
from web import bundle


@pytest.fixture(scope="module")
def running(chromium, site_with_python):
    """A playground in which Python runs, from one test to the next; the book prints another line for AdaGrad."""

    def answer(route):
        book = route.fetch().json()
        book["runs"][ADAGRAD]["0"] = "epoch: 0, something else"
        route.fulfill(json=book)

    page = open_page(chromium, site_with_python)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.route("**/book.json", answer)
    playground = Playground(page)
    playground.button("Start").click()
    expect(playground.status).to_have_text("Training.", timeout=300_000)
    expect(playground.epoch).not_to_have_text("10,000", timeout=120_000)
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
    expect(paused.verdict).to_have_text(same.format(second), timeout=300_000)
    paused.button("Pause").click()
    expect(paused.status).to_have_text("Paused.")


def test_the_numbers_are_the_librarys_at_every_epoch(paused):
    paused.button("Start").click()
    paused.page.wait_for_function(
        "parseInt(document.querySelector('.playground dd').textContent) > 200",
        timeout=300_000,
    )
    paused.button("Step").click()
    expect(paused.status).to_have_text("One epoch at a time.")
    paused.page.wait_for_timeout(500)  # for the pieces that were under way
    epoch, numbers = paused.numbers()
    assert numbers == trained(SGD(1.0, decay=1e-3, momentum=0.9), epoch)


@pytest.mark.parametrize(
    ("link", "optimizer", "settings"),
    [
        ("optimizer=sgd&learning_rate=10&decay=0&momentum=0", SGD(10.0), {}),
        ("optimizer=adagrad&learning_rate=0.5&decay=0&neurons=1&l2=0.01",
         AdaGrad(0.5), {"neurons": 1, "l2": 0.01}),
        ("optimizer=rmsprop&learning_rate=0.001&decay=0.01&rho=0.9&seed=99&batch_size=50",
         RMSProp(0.001, decay=0.01, rho=0.9), {"seed": 99, "batch_size": 50}),
        ("optimizer=adam&learning_rate=0.0001&decay=5e-7&neurons=128&seed=1&dropout=0.2",
         Adam(0.0001, decay=5e-7), {"neurons": 128, "seed": 1, "dropout": 0.2}),
        ("optimizer=adam&dropout=0.1&l2=0.0005&batch_size=20",
         Adam(0.05, decay=5e-7), {"dropout": 0.1, "l2": 0.0005, "batch_size": 20}),
    ],
)  # fmt: skip
def test_other_settings_give_the_librarys_numbers(paused, link, optimizer, settings):
    paused.follow(f"#{link}")
    expect(paused.verdict).to_have_text("The book prints no run with these settings.")
    paused.walk(3)
    assert paused.numbers() == (3, trained(optimizer, 3, **settings))


def test_the_page_shows_the_code_that_gives_its_numbers(paused):
    paused.follow("#optimizer=adam&dropout=0.1&l2=0.0005&batch_size=20&seed=3")
    paused.walk(2)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(paused.element.locator("code").text_content(), {})
    _, shown = paused.numbers()
    results = [ast.literal_eval(line) for line in printed.getvalue().splitlines()]
    assert shown[1:] == [
        text
        for each in results
        for text in (str(np.float32(each["loss"])), f"{each['accuracy']:.3f}")
    ]


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


# ---- settings and links


def test_a_change_restarts_the_run_and_updates_the_link(chromium, site, paused):
    paused.walk(2)
    paused.slider("Neurons").press("ArrowRight")
    expect(paused.epoch).to_have_text("0")
    paused.slider("Learning rate").press("Home")
    paused.walk(1)
    expected = OPENING | {"Learning rate": "0.0001", "Neurons": "96"}
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
    always = set(OPENING) - {"Momentum"}
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
        f"The link asks for settings that this page does not have: {refused}. "
        "The book's setting is used instead."
    )
    assert paused.settings() == OPENING | {"Seed": "5"}


def test_a_link_to_a_heading_changes_nothing(paused):
    paused.walk(1)
    paused.page.evaluate("location.hash = '#try-this'")
    paused.button("Step").click()
    expect(paused.epoch).to_have_text("2")


# ---- files


def test_a_saved_model_is_opened_and_goes_on_bit_for_bit(paused, tmp_path):
    paused.follow("#optimizer=adam&dropout=0.1&batch_size=50&seed=2")
    paused.walk(2)
    with paused.page.expect_download() as download:
        paused.button("Save").click()
    assert download.value.suggested_filename == "spiral.npz"
    path = tmp_path / "spiral.npz"
    download.value.save_as(path)
    here = Model.load(path)
    assert len(here.history["loss"]) == 2
    training, held_out = spirals(2)
    assert paused.numbers() == (2, numbers(here, training, held_out))

    paused.walk(3, already=2)
    assert paused.button("Close file").is_hidden()
    with paused.page.expect_file_chooser() as chooser:
        paused.button("Open …").click()
    chooser.value.set_files(path)
    expect(paused.status).to_have_text(
        "spiral.npz is open, at epoch 2: Start trains it further, on the points of this seed."
    )
    assert paused.slider("Neurons").is_disabled()
    assert paused.slider("Seed").is_enabled()
    paused.walk(3, already=2)
    here.fit(*training, batch_size=50, epochs=3)
    assert paused.numbers() == (5, numbers(here, training, held_out))
    paused.button("Restart").click()
    expect(paused.epoch).to_have_text("2")
    paused.button("Close file").click()
    expect(paused.epoch).to_have_text("0")
    assert paused.slider("Neurons").is_enabled()


def test_a_damaged_file_leaves_the_run_as_it_was(paused, tmp_path):
    paused.walk(2)
    before = paused.numbers()
    path = tmp_path / "holiday.npz"
    path.write_bytes(b"PK not a model")
    paused.element.locator("input[type=file]").set_input_files(path)
    expect(paused.status).to_contain_text(
        "holiday.npz is not a saved model, or is damaged: "
    )
    assert paused.numbers() == before
    assert paused.button("Close file").is_hidden()
    paused.walk(1, already=2)


# ---- how it behaves


def test_nothing_is_loaded_before_start(chromium, site):
    page = open_page(chromium, site)
    playground = Playground(page)
    megabytes = round(bundle.BYTES["playground"] / 1e6)
    expect(playground.status).to_contain_text(
        f"Start loads Python into this page: {megabytes} MB, once."
    )
    for name in ("Step", "Restart", "Stop", "Save"):
        assert playground.button(name).get_attribute("aria-disabled") == "true"
        playground.button(name).click(force=True)
    assert not [url for url in page.asked if "_static/python/" in url]
    assert not page.workers
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_before_start_it_shows_the_finished_run_of_the_book(chromium, site, scheme):
    page = open_page(chromium, site, color_scheme=scheme)
    playground = Playground(page)
    still = json.loads(playground.element.locator("script").text_content())
    assert still["line"] == PRINTED[MOMENTUM]["10000"]
    epoch, (rate, loss, right, _, held_out) = playground.numbers()
    assert (epoch, rate) == (10_000, "0.0909174")
    assert f"accuracy: {right}, loss: {float(loss):.3f}" in PRINTED[MOMENTUM]["10000"]
    plane, losses, _ = playground.words()
    assert plane.startswith("The plane at epoch 10000: the network gives ")
    assert f"of the held-out points, {float(held_out):.0%}".replace("%", " %") in plane
    assert f"to {float(loss):.3f} at epoch 10000" in losses
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    pixel = playground.regions.evaluate(COLOURS)
    assert len(pixel) > 50, "a picture of many colours"
    assert (scheme == "dark") == (int(re.findall(r"\d+", ground)[0]) < 128)
    page.close()


def test_the_progress_bar_was_full(running):
    assert running.element.locator("progress").evaluate("p => p.value === p.max")


def test_drawings_have_text_alternatives(paused):
    paused.walk(1)
    before = paused.words()
    assert before[0].startswith("The plane at epoch 1: the network gives ")
    _, _, right, _, held_out = paused.numbers()[1]
    assert before[0].endswith(
        f"{float(right):.0%} lie in the region of their class; "
        f"of the held-out points, {float(held_out):.0%}.".replace("%", " %")
    )
    assert before[1].startswith(
        "Loss of the training points from 1.099 at epoch 0 to 1.099 at epoch 1,"
    )
    assert "of the held-out points from 1.099 at epoch 0 to" in before[1]
    assert before[2].startswith("Accuracy of the training points from 0.360 at epoch 0")
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
    paused.slider("Seed").focus()
    names = []
    for _ in range(16):
        names.append(
            page.evaluate(
                "document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent"
            )
        )
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px"
        page.keyboard.press("Tab")
    assert names[:9] == list(paused.settings())
    assert names[9:13] == ["Start", "Step", "Restart", "Stop"]
    assert names[13:] == ["Open …", "Save", "Copy link"]
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
    assert paused.epoch.text_content() == "10,000"  # the still picture
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
    assert page.url.endswith(
        "#optimizer=adam&learning_rate=0.05&decay=5e-7&seed=1&batch_size=300&neurons=64&dropout=0&l2=0"
    )
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
