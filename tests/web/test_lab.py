"""The chapters in JupyterLab, as `make lab` opens them, in a browser."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from browsing import new_page
from bs4 import BeautifulSoup

from tools.chapters import recorded_path, sources
from tools.lab.references import LABELLED, references

ROOT = Path(__file__).resolve().parents[2]
NAMES = references(ROOT)
QUICK = "dense"  # the one that `make test` opens; `make pages` opens them all
CHAPTERS = [
    pytest.param(source, id=source.stem, marks=[] if source.stem == QUICK else pytest.mark.slow)
    for source in sources(ROOT)
]  # fmt: skip
REFERENCE = re.compile(r"\{(?:numref|eq|prf:ref|ref|cite:?([pt]?))\}`([^`<>]+)`")


@pytest.fixture(scope="session")
def printed(html):
    """The number of each labelled figure, equation, theorem and exercise in the built book, by chapter and id."""
    numbers = {}
    for source in sources(ROOT):
        text = (html / "book" / f"{source.stem}.html").read_text("utf-8")
        for number in BeautifulSoup(text, "html.parser").find_all(
            class_=["caption-number", "eqno"]
        ):
            target = number.find_parent(id=True)
            label = target["id"].removeprefix("equation-")
            numbers[label] = (source.stem, number.get_text().replace("#", "").strip())
    return numbers


def test_labels_have_the_numbers_of_the_pages(printed):
    numbered = {
        label: (name["chapter"], name["text"])
        for label, name in NAMES.items()
        if "chapter" in name
    }
    assert len(numbered) > 100
    assert numbered == printed


def test_make_lab_passes_options_on():
    command = [
        "make",
        "--no-print-directory",  # `make test` may be what runs this
        "-n",
        "-o",
        ".venv/ready",
        "lab",
        "ARGS=--port 9999 --allow-root",
    ]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip().endswith("-m tools.lab --port 9999 --allow-root")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of JupyterLab, started as `make lab` does, without the settings of whoever runs this."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("lab")
    options = [
        *("--no-browser", "--allow-root", "--expose-app-in-browser", "--IdentityProvider.token="),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
    ]  # fmt: skip
    other = folder / "elsewhere" / "nnfs_lib"  # which must not be the one that runs
    other.mkdir(parents=True)
    (other / "__init__.py").touch()
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": str(other.parent),
        "TQDM_DISABLE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "tools.lab", *options],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"{address}/api", server, folder / "log")
            yield address
        finally:
            server.terminate()  # it ends its kernels
            server.wait()


def wait_for(address, server, log, seconds=120):
    for _ in range(10 * seconds):
        assert server.poll() is None, log.read_text()
        try:
            return urlopen(address).close()
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text())


RUN_ALL = """
async () => {
  const panel = jupyterapp.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await jupyterapp.commands.execute("notebook:run-all-cells");
  for (const cell of panel.content.widgets) await cell.ready;
  return panel.content.model.toJSON();
}
"""
RENDERED = """
() => jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === "markdown")
  .every(cell => cell.fragmentMDAST && cell.node.querySelector(".myst > *"))
"""
SHOWN = """
() => {
const words = element => {
  const copy = element?.cloneNode(true);
  copy?.querySelectorAll(".katex").forEach(formula => formula.remove());
  return copy?.textContent ?? "";
};
return jupyterapp.shell.currentWidget.content.widgets.map(cell => ({
  text: cell.node.querySelector(".myst")?.textContent.replaceAll("\xa0", " ") ?? "",
  unresolved: [...cell.node.querySelectorAll("[title$='Not Found']")].map(mark => mark.textContent),
  caption: words(cell.node.querySelector(".book-caption")),
  belowPicture: cell.node.querySelector(".book-caption")?.getBoundingClientRect().top
    >= cell.node.querySelector(".jp-OutputArea-output")?.getBoundingClientRect().bottom,
  folded: cell.node.querySelector(".jp-InputPlaceholder") !== null,
}));
}
"""


@pytest.fixture
def opened(chromium, lab):
    page = new_page(chromium, viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(120_000)
    yield lambda source: open_chapter(page, lab, source)
    assert not page.faults
    page.close()


def open_chapter(page, lab, source):
    """Open a chapter and run all its cells; gives the notebook, and what is seen of each cell."""
    page.goto(f"{lab}/lab/tree/book/{source.name}?reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    notebook = nbformat.from_dict(page.evaluate(RUN_ALL))
    page.wait_for_function(RENDERED)
    return notebook, page.evaluate(SHOWN)


def outputs(cell):
    """What a cell shows: a text in pieces is one text, and a picture is its SVG."""
    shown = []
    for output in cell.outputs:
        kind = output.get("name", output.output_type)
        value = output.get("text") or output.get("data") or output.get("ename")
        if isinstance(value, dict):
            value = dict(value)
        if shown and shown[-1][0] == kind in ("stdout", "stderr"):
            value = shown.pop()[1] + value
        shown.append((kind, value))
    return shown


def expected_words(text):
    """The names of what a Markdown cell defines, and the words that stand for each reference in it."""
    defined = [
        ("", found["label"] or found["equation"]) for found in LABELLED.finditer(text)
    ]
    for how, labels in [*defined, *REFERENCE.findall(text)]:
        for label in labels.split(","):
            words = NAMES[label]["narrative" if how == "t" else "text"]
            yield words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("source", CHAPTERS)
def test_a_chapter_runs_and_reads_in_jupyterlab_as_on_its_page(source, opened):
    notebook, shown = opened(source)
    recorded = nbformat.read(recorded_path(source), as_version=4)
    assert [cell.source for cell in notebook.cells] == [
        cell.source for cell in recorded.cells
    ]
    for cell, old, seen in zip(notebook.cells, recorded.cells, shown, strict=True):
        assert not seen["unresolved"]
        if cell.cell_type == "markdown":
            for words in expected_words(cell.source):
                assert words in seen["text"], cell.source
            continue
        if "nbval-ignore-output" not in old.metadata.get("tags", []):
            assert outputs(cell) == outputs(old), cell.source
        assert seen["folded"] == old.metadata.get("jupyter", {}).get(
            "source_hidden", False
        )
        figure = old.metadata.get("mystnb", {}).get("figure")
        if figure:
            # A typeset formula is not words; one that is not typeset would be.
            caption = re.sub(r"\$[^$]+\$", "", figure["caption"])
            caption = f"{NAMES[figure['name']]['text']} {caption}"
            assert re.findall(r"\w+", seen["caption"]) == re.findall(r"\w+", caption)
            assert seen["belowPicture"]
