"""What a page shows of an output that comes in several formats: as JupyterLab, which sets Markdown and LaTeX, too."""

from __future__ import annotations

from collections.abc import Mapping

PICTURES = ("image/png", "image/jpeg")


def piece(data: Mapping[str, str]) -> tuple[str, str]:
    """The kind of the piece, and its text: of a picture, SVG or a data address."""
    if "image/svg+xml" in data:
        return "figure", data["image/svg+xml"]
    for each in PICTURES:
        if each in data:
            return "figure", f"data:{each};base64,{data[each]}"
    if "text/html" in data:
        return "html", data["text/html"]
    text = data.get("text/plain", "")
    if text.startswith("<IPython."):  # says nothing but the class
        text = data.get("text/markdown") or data.get("text/latex") or text
    return "result", text
