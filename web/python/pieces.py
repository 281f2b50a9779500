"""What a page shows of an output that comes in several formats, as JupyterLab chooses; it sets no Markdown or LaTeX."""

from __future__ import annotations

from collections.abc import Mapping

KINDS = {
    "image/svg+xml": "figure",
    "image/png": "figure",
    "image/jpeg": "figure",
    "text/html": "html",
    "text/markdown": "result",
    "text/latex": "result",
    "text/plain": "result",
}


def piece(data: Mapping[str, str]) -> tuple[str, str]:
    """The kind of the piece, and its text: of a picture, SVG or a data address."""
    found = next(each for each in KINDS if each in data)
    text = data[found]
    if found in ("image/png", "image/jpeg"):
        text = f"data:{found};base64,{text}"
    return KINDS[found], text
