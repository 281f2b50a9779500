"""The pages run their own code in a browser, and say whether it shows what is printed."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from browsing import (
    ALL_AT_ONCE,
    CONTRAST,
    Cell,
    new_page,
    offer_pyodide,
    unfold,
    without_network,
)
from playwright.sync_api import expect

from tools import record

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [source.stem for source in record.sources(ROOT)]
SAME = "The same as printed, to the last character."
FORGOTTEN = "Stopped. Python and all that it had computed are gone"


@pytest.fixture
def page(chromium):
    page = new_page(chromium)
    offer_pyodide(page)
    yield page
    page.close()
    assert not [fault for fault in page.faults if "run.js" in fault]


@pytest.fixture(scope="module")
def running(chromium, site_with_python):
    """The chapter on dense layers, in which Python runs from one test to the next, without the network."""
    page = new_page(chromium)
    without_network(page)
    page.goto(f"{site_with_python}/book/dense.html")
    yield page
    page.close()
    assert not [fault for fault in page.faults if "run.js" in fault]


@pytest.fixture
def dense(running):
    """Its cells, as in the book."""
    cells = [Cell(running, number) for number in range(1, 14)]
    yield cells
    for cell in cells:
        if cell.button("Reset").is_visible():
            cell.button("Reset").click()


# ---- what the pages have to compare with


# All cells in one call: one for each part of each cell takes minutes for the book.
SHOWN = """
cells => cells.map(cell => {
  const all = selector => Array.from(cell.querySelectorAll(selector));
  return {
    inputs: all(".cell_input pre").map(input => input.textContent),
    printed: all(".cell_output pre").map(output => output.textContent),
    images: all(".cell_output img").map(image => image.getAttribute("src")),
  };
})
"""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_page_shows_what_its_cells_are_compared_with(page, site, html, chapter):
    page.goto(f"{site}/book/{chapter}.html")
    book = json.loads((html / "_static/python/book.json").read_text("utf-8"))
    cells = [cell for cell in book["chapters"][f"book/{chapter}"] if not cell["hidden"]]
    recorded = nbformat.read(record.recorded_path(ROOT / f"book/{chapter}.md"), 4)
    pictures = [
        output.data["image/svg+xml"]
        for cell in recorded.cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    every = page.locator("div.cell").evaluate_all(SHOWN)
    assert len(every) == len(cells)
    for shown, cell in zip(every, cells):
        (source,) = shown["inputs"]
        assert source.removesuffix("\n") == cell["source"]
        assert [text.rstrip("\n") for text in shown["printed"]] == [
            text.rstrip("\n") for kind, text in cell["outputs"] if kind != "figure"
        ]
        for address in shown["images"]:
            picture = (html / "_images" / Path(address).name).read_text("utf-8")
            assert picture.strip() == pictures.pop(0).strip()
    assert not pictures


# ---- running, with Pyodide as a part of the book


def test_a_cell_reports_that_its_output_is_as_printed(dense):
    cell = dense[3]
    cell.run()
    assert cell.verdict.text_content() == SAME
    assert cell.shown.text_content() == cell.printed.text_content()
    assert cell.status.text_content() == "Same as printed."
    assert dense[1].verdict.text_content() == SAME  # it ran on the way
    assert dense[4].verdict.count() == 0


def test_a_figure_names_the_matplotlib_that_drew_it(dense):
    cell = dense[0]
    unfold(cell.page)
    cell.run()
    assert cell.figures.count() == 1
    assert (
        cell.figures.evaluate("image => image.decode().then(() => image.naturalWidth)")
        > 300
    )
    assert cell.figures.get_attribute("alt").startswith("Three spiral arms")
    assert re.fullmatch(
        r"The figure is not compared: it is drawn by matplotlib 3\.8\.4 here, "
        r"and by [\d.]+ in the book\.",
        cell.verdict.text_content(),
    )


def test_a_changed_output_is_reported_until_reset(dense):
    cell = dense[4]
    cell.write("print(my_dense.weights)\nprint(2 * my_dense.biases + 1)")
    cell.run()
    assert cell.verdict.text_content() == (
        "Not as printed: line 3 is the first that differs. The cell is edited."
    )
    assert cell.element.locator("mark").text_content() == "[[1. 1. 1.]]"
    cell.button("Reset").click()
    assert not cell.element.locator(".run-result").is_visible()
    assert cell.input.is_visible()
    cell.run()
    assert cell.shown.text_content() == "".join(cell.printed.all_text_contents())


def test_an_edit_above_is_named_as_the_reason(dense):
    dense[3].write("nnfs.init()\nmy_dense = MyDense(2, 3)")
    dense[4].run()
    assert "Not as printed" in dense[4].verdict.text_content()
    assert "A cell above is edited." in dense[4].verdict.text_content()


def test_after_an_edit_everything_can_run_again(dense):
    dense[4].write("my_dense.weights += 1")
    dense[4].run()
    dense[4].button("Reset").click()
    dense[4].run()
    assert (
        "cells have run edited, twice or in another order"
        in dense[4].verdict.text_content()
    )
    dense[4].element.get_by_role("button", name="Run all from the top").click()
    dense[4].wait()
    assert dense[4].verdict.text_content() == SAME


def test_a_traceback_starts_in_the_cell(dense):
    dense[6].write("from nnfs_lib import Dense\n\nDense(0, 3)")
    dense[6].run()
    text = dense[6].shown.text_content()
    assert text.startswith(
        'Traceback (most recent call last):\n  File "<cell 7>", line 3'
    )
    assert "ValueError: n_inputs" in text
    assert "it raised an error" in dense[6].verdict.text_content()
    dense[7].run()
    assert dense[7].status.text_content() == "Not run: cell 7 above raised an error."
    assert dense[7].verdict.count() == 0


def test_an_endless_loop_can_be_stopped(dense):
    cell = dense[1]
    cell.write("while True: pass")
    cell.button("Run").click()
    expect(cell.status).to_have_text("Running …", timeout=60_000)
    cell.button("Stop").click()
    assert cell.status.text_content().startswith(FORGOTTEN)
    assert not cell.button("Stop").is_visible()
    cell.button("Reset").click()
    cell.run()
    assert cell.verdict.text_content() == SAME


def test_endless_output_ends(dense):
    dense[12].write("while True: print('again')")
    dense[12].run()
    assert "wrote more than 200,000 characters" in dense[12].shown.last.text_content()


def test_a_cell_may_hold_what_only_notebooks_know(dense):
    cell = dense[12]
    cell.write(
        "%matplotlib inline\n"
        "import asyncio\n"
        "from IPython.display import HTML\n"
        "display(HTML('<b>bold</b>'), {3, 1})\n"
        "asyncio?\n"
        "await asyncio.sleep(0.01, list(range(30)))"
    )
    cell.run()
    assert cell.element.locator(".run-html b").text_content() == "bold"
    shown = cell.shown.all_text_contents()
    assert shown[0] == "{1, 3}"
    assert shown[1].startswith("Type:        module\nString form: <module 'asyncio'")
    assert shown[2].startswith("[0,\n 1,\n 2,")
    cell.editor.fill(
        "import matplotlib.pyplot as plt\n"
        "figure, _axes = plt.subplots()\n"
        "plt.close(figure)\n"
        "display(figure)\n"
        "7; # quiet"
    )
    cell.run()
    assert cell.figures.count() == 1
    assert cell.shown.count() == 0
    cell.editor.fill("%timeit 1 + 1")
    cell.run()
    assert cell.shown.text_content().endswith(
        "UsageError: a notebook has %timeit 1 + 1, a page does not"
    )


def test_cells_run_by_keyboard(dense):
    page, cell = dense[12].page, dense[12]
    cell.button("Run").focus()
    page.keyboard.press("Enter")
    cell.wait()
    assert cell.verdict.text_content() == SAME
    assert page.get_by_role("status").last.text_content() == SAME
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Edit
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("1 + 1")
    page.keyboard.press("Shift+Enter")
    cell.wait()
    assert cell.shown.text_content() == "2"
    page.keyboard.press("Escape")
    assert cell.button("Run").evaluate("button => button === document.activeElement")
    width = cell.button("Run").evaluate(
        "button => getComputedStyle(button).outlineWidth"
    )
    assert width == "3px"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Reset
    assert cell.input.is_visible()


def test_the_page_reports_a_crash_of_python(dense):
    dense[11].write("import os\n\nos._exit(1)")
    dense[11].run()
    assert dense[11].status.text_content().startswith("Python broke down")


# ---- when something is not as it should be, with Pyodide from the network


def change_book(page, change):
    """Let the page get another book.json."""

    def answer(route):
        book = route.fetch().json()
        change(book, book["chapters"]["book/dense"])
        route.fulfill(json=book)

    page.route("**/book.json", answer)


def test_an_unexpected_difference_is_reported_as_a_mistake_in_the_book(
    page, site_with_python
):
    def change(book, cells):
        book["matplotlib"] = "3.8.4"  # as in Pyodide
        cells[2]["compared"] = False
        digits = cells[5]["outputs"][0]
        digits[1] = digits[1].replace("1", "2", 1)

    mistake = "Nothing is edited, so this is a mistake in the book: please report it."
    change_book(page, change)
    page.goto(f"{site_with_python}/book/dense.html")
    figure, time, digits = Cell(page, 1), Cell(page, 2), Cell(page, 5)
    digits.run()
    assert digits.verdict.text_content() == (
        f"Not as printed: line 1 is the first that differs. {mistake}"
    )
    assert time.verdict.text_content() == (
        "Not compared: it prints times, which differ from run to run."
    )
    assert figure.verdict.text_content() == (
        f"Not as printed: the figure is another one. {mistake}"
    )
    # Let the page print the figure that is drawn here, by another matplotlib than the book's.
    svg = figure.figures.evaluate(
        "image => fetch(image.src).then(response => response.text())"
    )
    page.route("**/_images/*", lambda route: route.fulfill(body=svg.strip()))
    unfold(page)
    figure.run()
    assert figure.verdict.text_content() == SAME


@pytest.mark.parametrize("damaged", ["pyodide.js", "pyodide.asm.wasm", "numpy"])
def test_a_damaged_file_is_rejected(page, site, damaged):
    offer_pyodide(page, damage=damaged)
    page.goto(f"{site}/book/dense.html")
    cell = Cell(page, 2)
    cell.run()
    text = cell.status.text_content()
    assert text.startswith("Python could not be loaded from cdn.jsdelivr.net.")
    assert f"({damaged}" in text
    assert cell.shown.count() == 0


def test_offline_the_page_stays_readable_and_says_why_it_cannot_run(page, site):
    without_network(page)
    page.goto(f"{site}/book/dense.html")
    cell = Cell(page, 2)
    cell.run()
    assert cell.status.text_content() == (
        "Python could not be loaded from cdn.jsdelivr.net. It needs a connection, and "
        "takes only the very files that the book was checked with. "
        "(pyodide.js: Failed to fetch)"
    )
    assert cell.printed.is_visible()
    assert cell.input.is_visible()


def test_a_page_opened_as_a_file_says_why_it_cannot_run(page, html):
    page.goto((html / "book/dense.html").as_uri())
    cell = Cell(page, 2)
    cell.run()
    assert "opened as a file" in cell.status.text_content()
    assert "python3 -m http.server" in cell.status.text_content()


def test_an_outdated_page_asks_to_be_reloaded(page, site):
    change_book(page, lambda book, cells: cells[2].update(source="print(1)"))
    page.goto(f"{site}/book/dense.html")
    cell = Cell(page, 2)
    cell.run()
    assert cell.status.text_content().endswith("Load the page again.")


# ---- how it looks


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_readable_at_every_width_in_both_schemes(
    chromium, site, scheme, width
):
    page = new_page(
        chromium, viewport={"width": width, "height": 844}, color_scheme=scheme
    )
    without_network(page)
    page.goto(f"{site}/book/dense.html")
    cell = Cell(page, 2)
    cell.write("print(1)" + " " * 200)
    cell.run()
    for part in (cell.button("Run"), cell.button("Reset"), cell.status, cell.editor):
        assert part.evaluate(CONTRAST) >= 4.5  # WCAG 2.2, 1.4.3
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print", color_scheme="light")
    assert cell.input.is_visible()
    for part in (cell.editor, cell.button("Run"), cell.status):
        assert not part.is_visible()
    page.close()


def test_a_picture_on_a_dark_page_has_one_frame(chromium, site):
    page = new_page(chromium, color_scheme="dark")
    page.goto(f"{site}/book/activations.html")
    pictures = page.locator(".cell_output img").all()
    assert pictures
    for picture in pictures:
        # as the picture itself is
        expect(picture).to_have_css("background-color", "rgb(255, 255, 255)")
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_layout_does_not_shift_when_buttons_appear(chromium, site, width):
    tops = []
    for script in ("**/pages-*.js", "**/nothing"):
        page = new_page(chromium, viewport={"width": width, "height": 844})
        without_network(page)
        page.route(script, lambda route: route.abort())
        page.goto(f"{site}/book/dense.html")
        page.wait_for_load_state("networkidle")
        # A script folds the solutions.
        page.add_style_tag(content=ALL_AT_ONCE + ".solution { display: none }")
        buttons = page.locator("div.run-bar").count()
        assert bool(buttons) == (script == "**/nothing")
        tops.append(
            page.locator("div.cell").evaluate_all(
                "cells => cells.map(cell => cell.getBoundingClientRect().top)"
            )
        )
        page.close()
    assert tops[0] == tops[1]


# ---- what a page cannot run


def test_a_cell_that_starts_processes_says_so_in_place_of_buttons(page, site):
    page.goto(f"{site}/book/parallel.html")
    cells = page.locator("div.cell.tag_needs-processes")
    assert cells.count() == 3
    for cell in cells.all():
        bar = cell.locator(".run-bar")
        assert bar.text_content() == "Starts processes: runs in a notebook only."
        assert bar.locator("button").count() == 0


def test_a_long_cell_says_so_before_it_is_run(page, site):
    page.goto(f"{site}/book/minibatches.html")
    cells = page.locator("div.cell.tag_long")
    assert cells.count() >= 1
    for cell in cells.all():
        assert cell.locator(".run-status").text_content() == "Takes a minute or more."
    short = page.locator("div.cell:not(.tag_long)").first
    assert short.locator(".run-status").text_content() == ""


# ---- all of it


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_cell_shows_what_is_printed(page, site, chapter):
    page.goto(f"{site}/book/{chapter}.html")
    cells = [Cell(page, n + 1) for n in range(page.locator("div.cell").count())]
    unfold(page)
    cells[-1].button("Run").click()
    cells[-1].wait(seconds=1200)
    for cell in cells:
        if (
            "on_ranks(" in cell.input.text_content()
            or "run_many(" in cell.input.text_content()
        ):
            assert cell.verdict.count() == 0
            continue
        verdict = cell.verdict.text_content()
        assert "raised an error" not in verdict, cell.shown.all_text_contents()
        if cell.element.locator(".cell_output img").count():
            assert verdict.startswith(
                ("The figure is not compared:", "The same as printed")
            ), cell.input.text_content()
        elif "tag_nbval-ignore-output" in cell.element.get_attribute("class"):
            assert verdict.startswith("Not compared: it prints times")
        else:
            assert verdict in (SAME, "It shows nothing, as in the book."), verdict
