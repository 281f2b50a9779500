"""Put the notices of everything that the built book contains beside it, in _static/licences.txt."""

from __future__ import annotations

import importlib.metadata
from importlib import resources
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

TEXTS = Path(__file__).resolve().parent / "texts"  # of licences that packages only name

# Of these, the pages contain style sheets, scripts, fonts or pictures, or load modules.
PACKAGES = (
    "accessible-pygments",
    "ipython",
    "jupyter-book",
    "myst-nb",
    "nnfs",
    "numpydoc",
    "pydata-sphinx-theme",
    "Pygments",
    "snowballstemmer",
    "Sphinx",
    "sphinx-book-theme",
    "sphinx-codeautolink",
    "sphinx-copybutton",
    "sphinx-design",
    "sphinx-exercise",
    "sphinx-mathjax-offline",
    "sphinx-proof",
    "sphinx-togglebutton",
)
# What these packages contain of others, by module and path of the notice.
INSIDE = {
    "Bootstrap": (
        "pydata_sphinx_theme",
        "theme/pydata_sphinx_theme/static/scripts/bootstrap.js.LICENSE.txt",
    ),
    "Font Awesome": (
        "pydata_sphinx_theme",
        "theme/pydata_sphinx_theme/static/scripts/fontawesome.js.LICENSE.txt",
    ),
    "Material icons": ("sphinx_design", "compiled/material-icons_LICENSE"),
    "Octicons": ("sphinx_design", "compiled/octicon_LICENSE"),
}
FONT_AWESOME = """Of Font Awesome Free, the pages contain a few icons as a font: Copyright Fonticons, Inc.,
https://fontawesome.com/license/free. Icons: CC BY 4.0. Fonts: SIL Open Font License 1.1. Code: MIT License."""
MATHJAX = """Formulas are set with MathJax, and the pages contain letters of its TeX fonts:
Copyright the MathJax Consortium, Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0."""

OTHERS = {
    "Font Awesome Free": FONT_AWESOME,
    "MathJax": MATHJAX,
    "clipboard.js": "Copyright Zeno Rocha, https://clipboardjs.com. MIT License.",
    "Popper": "Copyright (c) 2019 Federico Zivolo, https://popper.js.org. MIT License.",
}


def licences_of(package: str) -> list[str]:
    """The licence texts that a package brings."""
    distribution = importlib.metadata.distribution(package)
    found = [
        file
        for file in distribution.files or []
        if file.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE"))
        and ".dist-info" in str(file)
    ]
    return [file.read_text("utf-8").strip() for file in found]


def notices() -> str:
    """All notices, one after the other."""
    parts = [
        ("This book: text and pictures", (ROOT / "LICENSE-TEXT").read_text("utf-8"))
    ]
    parts.append(("This book: code", (ROOT / "LICENSE").read_text("utf-8")))
    for package in PACKAGES:
        version = importlib.metadata.version(package)
        licence = importlib.metadata.metadata(package).get("License-Expression")
        texts = licences_of(package) or [
            f"Licence: {licence or importlib.metadata.metadata(package)['License']}"
        ]
        parts.append((f"{package} {version}", "\n\n".join(texts)))
    for name, (module, path) in INSIDE.items():
        parts.append((name, resources.files(module).joinpath(path).read_text("utf-8")))
    parts += OTHERS.items()
    parts += [
        (f"The text of {path.stem}", path.read_text("utf-8"))
        for path in sorted(TEXTS.glob("*.txt"))
    ]
    return (
        "\n\n".join(
            f"{'=' * 80}\n{title}\n{'=' * 80}\n\n{text.strip()}"
            for title, text in parts
        )
        + "\n"
    )


def add_licences(built: Path) -> None:
    (built / "_static" / "licences.txt").write_text(notices(), "utf-8", newline="\n")
