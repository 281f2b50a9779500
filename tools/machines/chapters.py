"""Execute recorded chapters where Jupyter cannot run, and compare what their cells give with what was recorded.

chapters.py dense       one chapter, with its pictures
chapters.py dense --without-pictures

It needs IPython, and what the chapter imports. Each chapter wants a process of its own, as each has a kernel of its own
in Jupyter. It prints JSON: the number of outputs compared, and a sentence for each cell that differs. Outputs have to
be equal character by character (but for names inside pictures). What is not compared is what the chapter marks so,
which is a time, and pictures, if asked.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).resolve().parents[2] / "book" / "recorded"
REFERENCE = re.compile(r"url\(#(\w{11,})\)")
Outputs = dict[str, Any]


def joined(text: str | list[str]) -> str:
    """A notebook's file keeps long texts as lists of lines."""
    return text if isinstance(text, str) else "".join(text)


def with_numbered_names(data: dict[str, str]) -> dict[str, str]:
    """The names of clip paths and hatches in a picture, by their order.

    matplotlib makes them of numbers as NumPy writes them, which NumPy 2 does in another way than NumPy 1.
    """
    picture = data.get("image/svg+xml", "")
    names = dict.fromkeys(REFERENCE.findall(picture))
    for number, name in enumerate(names):
        picture = picture.replace(name, f"name-{number}")
    renamed = {**data, "image/svg+xml": picture} if picture else data
    return dict(sorted(renamed.items()))


def recorded_outputs(cell: dict[str, Any]) -> Outputs:
    found: Outputs = {"stdout": "", "stderr": "", "shown": []}
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            found[output["name"]] += joined(output["text"])
        else:
            data = {kind: joined(text) for kind, text in output["data"].items()}
            found["shown"].append(with_numbered_names(data))
    return found


def start_shell(pictures: bool) -> Any:
    """IPython as a kernel would have it: pictures inline, nobody's settings, no history."""
    inline = "module://matplotlib_inline.backend_inline"
    os.environ["MPLBACKEND"] = inline if pictures else "agg"
    os.environ["IPYTHONDIR"] = tempfile.mkdtemp()
    # now, since what it may say of its font cache is no cell's
    import matplotlib.pyplot as plt
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    if not pictures:  # nothing is drawn, as other releases may not be able to
        plt.show = lambda: plt.close("all")
    settings = Config()
    settings.HistoryManager.enabled = False
    return InteractiveShell.instance(config=settings)


def executed_outputs(shell: Any, source: str) -> Outputs:
    from IPython.utils.capture import capture_output

    with shell.display_trap, capture_output() as captured:
        result = shell.run_cell(source)
    if error := result.error_before_exec or result.error_in_exec:
        return {"error": repr(error)}
    return {
        "stdout": captured.stdout,
        "stderr": captured.stderr,
        "shown": [with_numbered_names(output.data) for output in captured.outputs],
    }


def without_pictures(outputs: Outputs) -> Outputs:
    shown = [
        data
        for data in outputs["shown"]
        if not any(kind.startswith("image/") for kind in data)
    ]
    return {**outputs, "shown": shown}


def difference(recorded: Outputs, executed: Outputs) -> str:
    """What is not the same, from the first character that is not; empty if all is."""
    for part, came in executed.items():
        if recorded.get(part) != came:
            before, after = repr(recorded.get(part)), repr(came)
            pairs = enumerate(zip(before, after))
            first = next((i for i, (b, a) in pairs if b != a), 0)
            window = slice(max(first - 40, 0), first + 160)
            return f"{part}: {before[window]} was recorded, {after[window]} came"
    return ""


def run(chapter: str, pictures: bool) -> tuple[int, list[str]]:
    """The number of outputs compared, and what is wrong, a sentence for each cell."""
    notebook = json.loads((RECORDED / f"{chapter}.ipynb").read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    shell = start_shell(pictures)
    compared, differences = 0, []
    for number, cell in enumerate(cells):
        recorded = recorded_outputs(cell)
        executed = executed_outputs(shell, joined(cell["source"]))
        if not pictures and "shown" in executed:
            recorded, executed = without_pictures(recorded), without_pictures(executed)
        ignored = "nbval-ignore-output" in cell["metadata"].get("tags", [])
        if "error" in executed or not ignored:
            compared += len(recorded["shown"]) + bool(recorded["stdout"])
            if found := difference(recorded, executed):
                differences.append(f"{chapter}, cell {number}: {found}")
    return compared, differences


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chapter", help="its name, without .ipynb")
    parser.add_argument("--without-pictures", action="store_true")
    arguments = parser.parse_args()
    compared, differences = run(arguments.chapter, not arguments.without_pictures)
    print(json.dumps({"compared": compared, "differences": differences}))


if __name__ == "__main__":
    main()
