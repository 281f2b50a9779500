"""Cells show on a page what they show in a notebook: the same code is given to both."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import output_from_msg

from tools import record
from web import bundle

ROOT = Path(__file__).resolve().parents[2]

# One session: later cells use the names of earlier ones.
CELLS = [
    "import numpy as np\n\n\ndef double(x, times=2):\n    'Multiply.'\n    return times * x",
    "type(1)",
    "{3, 1, 2}, frozenset({2, 1}), set()",
    "list(range(40))",
    "list(range(2000))",
    "{'weights': np.ones((2, 3)), 'biases': np.zeros((1, 3)), 'a name': list(range(30))}",
    "[np.arange(3), (np.float32(0.1), 1.5)]",
    "{'b': 1, 'a': [{2: {3}}]}",
    "[double, len, np.sqrt, lambda x: x, type]",
    "from collections import Counter, OrderedDict, defaultdict, deque\n"
    "Counter('abba'), OrderedDict(a=1), defaultdict(list, a=[1]), deque([1, 2])",
    "class Plain:\n    pass\n\n\nPlain(), Plain",
    "class Pretty:\n    def _repr_pretty_(self, p, cycle):\n        p.text('pretty')\n\n\n[Pretty()]",
    "class Failing:\n    def __repr__(self):\n        return 1 / 0\n\n\n'before'",
    "knot = [1]\nknot.append(knot)\nknot",
    "'a \"text\"\\n'",
    "3.0",
    "print('first'); 'second'",
    "None",
    "1 + 1;",
    "1 + 1; # quiet",
    "'not # quiet;'",
    "for i in range(3): i",
    "40 + 2",
    "_ + 1",
    "_, __",
    "7;",
    "_",
    "_ = 'mine'",
    "5",
    "_",
    "%matplotlib inline",
    "%matplotlib inline\nimport matplotlib\nmatplotlib.rcParams['figure.dpi'] > 0",
    "import asyncio\nawait asyncio.sleep(0, 'slept')",
    "async def count():\n    for i in range(2):\n        yield i\n\n\n"
    "async for i in count():\n    print(i)",
    "display({1, 2}, 'text')\nprint('after')",
    "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<b>bold</b>'))",
    "HTML('<i>last</i>')",
    "Markdown('**bold**')",
    "display(double); double",
    "double?",
    "?double",
    "double??",
    "counted = [1, 2]\ncounted?",
    "Plain?",
    "array = np.arange(6).reshape(2, 3)\narray?",
    "len?",
    "import math\nmath?",
    "np.sqrt?",
    "np.pi?",
    "Ellipsis?",
    "class Silent:\n    def __len__(self):\n        return 1 / 0\n\n    __str__ = __len__",
    "silent = Silent()\nsilent?",
    "from nnfs_lib import Dense, Model\nDense?",
    "Dense??",
    "Model.fit?",
    "layer = Dense(2, 3)\nlayer.forward?",
    "layer?",
    "nothing?",
    "    indented = 3\n    indented",
    ">>> 1 + 1",
    "from __future__ import annotations",
    "def annotated(x: Unknown): pass\nannotated.__annotations__",
]  # fmt: skip

ADDRESS = re.compile(r"0x[0-9a-f]+")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
PLACE = re.compile(r"^File: .*\n", re.MULTILINE)  # another one for each session

PAGE = """
import asyncio, json, sys
sys.modules["matplotlib_inline"] = None  # a browser has none
sys.path.insert(0, sys.argv[1])
import cells

assert "library.zip" in sys.modules["IPython"].__file__
shown = []
cells.start(lambda kind, text: shown[-1].append((kind, text)))


async def run(sources):
    for number, source in enumerate(sources):
        shown.append([])
        running = cells.run(source, f"<cell {number}>")
        if asyncio.isfuture(running):
            await running


asyncio.run(run(json.load(sys.stdin)))
json.dump(shown, sys.__stdout__)
"""


def in_a_notebook(sources):
    """What the cells show in the kernel that records the chapters; what is asked for with ? as a result."""
    manager, client = start_new_kernel(kernel_name="python3")
    shown = []

    def collect(message):
        if message["msg_type"] in ("stream", "execute_result", "display_data"):
            shown[-1].append(bundle.piece(output_from_msg(message)))

    for source in sources:
        shown.append([])
        reply = client.execute_interactive(source, output_hook=collect, timeout=60)
        for page in reply["content"].get("payload", []):
            if page["source"] == "page":
                shown[-1].append(("result", page["data"]["text/plain"]))
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return shown


def on_a_page(sources, library):
    run = subprocess.run(
        [sys.executable, "-c", PAGE, str(library)],
        input=json.dumps(sources),
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def joined(pieces):
    """What is printed comes in pieces."""
    whole = []
    for kind, text in pieces:
        if whole and whole[-1][0] == kind == "stdout":
            text = whole.pop()[1] + text
        whole.append((kind, text))
    return whole


def comparable(pieces):
    return [
        (kind, PLACE.sub("", ADDRESS.sub("0x", COLOUR.sub("", text))))
        for kind, text in joined(pieces)
    ]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "library.zip"
    bundle.add_library(path)
    return path


@pytest.fixture(scope="module")
def shown(library):
    return list(zip(in_a_notebook(CELLS), on_a_page(CELLS, library), strict=True))


@pytest.mark.parametrize("number", range(len(CELLS)), ids=CELLS)
def test_a_cell_shows_the_same_on_a_page_as_in_a_notebook(shown, number):
    notebook, page = shown[number]
    assert comparable(page) == comparable(notebook)


@pytest.mark.parametrize("chapter", ["dense", "activations"])
def test_a_chapter_shows_the_recorded_outputs_with_the_same_matplotlib(
    library, chapter
):
    """Figures too, which the browser's older matplotlib draws in another way."""
    recorded = nbformat.read(record.recorded_path(ROOT / f"book/{chapter}.md"), 4)
    code = [cell for cell in recorded.cells if cell.cell_type == "code"]
    page = on_a_page([cell.source for cell in code], library)
    for cell, shown in zip(code, page, strict=True):
        expected = [
            (kind, text or output.data["image/svg+xml"])
            for output in cell.outputs
            for kind, text in [bundle.piece(output)]
        ]
        assert joined(shown) == expected, cell.source


def test_what_the_pages_take_of_ipython_is_small(library):
    with zipfile.ZipFile(library) as files:
        own = [each for each in files.infolist() if each.filename.startswith("IPython")]
        size = sum(each.compress_size for each in own)
        assert size < 90_000  # bytes; all of it: 3 MB
        assert b"BSD 3-Clause" in files.read("IPython/LICENSE")
