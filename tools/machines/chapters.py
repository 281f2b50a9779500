"""Execute recorded chapters where Jupyter cannot run, and compare the outputs with the recorded ones.

chapters.py dense                     one chapter
chapters.py dense --without-pictures  without its pictures

It needs IPython and whatever the chapter imports. Each chapter needs a process of its own, as it has its own kernel in
Jupyter. It prints JSON: the number of outputs compared, and a sentence for each cell that differs. Outputs must be
equal character by character (except for ids inside pictures). Times, which the chapter marks, are not compared.
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
    """Join the lines in which a notebook file stores long texts."""
    return text if isinstance(text, str) else "".join(text)


def with_numbered_names(data: dict[str, str]) -> dict[str, str]:
    """Number the ids of clip paths and hatches in a picture.

    matplotlib derives them from the repr of numbers, which differs between NumPy 1 and 2.
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
    """IPython configured as in a kernel: inline pictures, no user settings, no history."""
    inline = "module://matplotlib_inline.backend_inline"
    os.environ["MPLBACKEND"] = inline if pictures else "agg"
    os.environ["IPYTHONDIR"] = tempfile.mkdtemp()
    # now, so that a message about its font cache is not attributed to a cell
    import matplotlib.pyplot as plt
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    if not pictures:  # draw nothing: other releases of matplotlib may not be able to
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
    """Describe the first difference; empty if there is none."""
    for part, came in executed.items():
        if recorded.get(part) != came:
            before, after = repr(recorded.get(part)), repr(came)
            pairs = enumerate(zip(before, after))
            first = next((i for i, (b, a) in pairs if b != a), 0)
            window = slice(max(first - 40, 0), first + 160)
            return f"{part}: {before[window]} was recorded, {after[window]} came"
    return ""


def run(chapter: str, pictures: bool) -> tuple[int, list[str]]:
    """The number of outputs compared, and a sentence for each cell that differs."""
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
