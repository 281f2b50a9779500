"""Build the PDF of the book from the recorded chapters with XeLaTeX; link it from the site's front page, if built.

Whatever a reader would stumble over is an error: a character that is missing from the fonts, an undefined reference, a
line or a page that does not fit on the paper.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.build import jupyter_book
from tools.edition import BEGIN, without_solutions
from tools.record import ROOT

NAME = "neural-networks-from-scratch"
PROGRAMS = ["latexmk", "xelatex", "makeindex", "rsvg-convert"]
PLACE = "<!-- pdf -->"  # on the front page
LINK = (
    f'<p>On paper, or as one file: <a href="../{NAME}.pdf">the book as a PDF</a>.</p>'
)
TROUBLE = re.compile(
    r"^(?:! .*|Missing character.*|.*[Rr]eference .* undefined.*|.*Citation .* undefined.*|.* multiply defined.*)$",
    re.MULTILINE,
)
OVERFULL = re.compile(
    r"^Overfull \\(?:hbox \(([\d.]+)pt too wide\).*|vbox \(([\d.]+)pt too high\) has occurred while .*)$",
    re.MULTILINE,
)
TOLERATED = 3.0  # points, about a millimetre: invisible at a ragged margin


def trouble(log: str) -> list[str]:
    """The lines of LaTeX's log that report something wrong on a page."""
    wide = [m[0] for m in OVERFULL.finditer(log) if float(m[1] or m[2]) > TOLERATED]
    return TROUBLE.findall(log) + wide


def build(root: Path) -> Path:
    if missing := [program for program in PROGRAMS if not shutil.which(program)]:
        sys.exit(
            f"The PDF needs {', '.join(missing)}; on Debian or Ubuntu, '.ci/tex' installs everything."
        )
    folder = jupyter_book(root, "latex")
    log, pdf = folder / f"{NAME}.log", folder / f"{NAME}.pdf"
    process = subprocess.run(
        ["latexmk", "-pdfxe", "-interaction=nonstopmode", "-halt-on-error", NAME],
        cwd=folder,
        # Otherwise the log wraps its lines.
        env={**os.environ, "max_print_line": "10000"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        errors="replace",
    )
    found = log.read_text("utf-8", errors="replace") if log.exists() else ""
    if (problems := trouble(found)) or process.returncode:
        sys.exit("\n".join([process.stdout[-3000:], f"See {log}:", *problems]))
    return pdf


def require_edition(html: Path, with_solutions: bool) -> None:
    """Exit if the site was built otherwise: its front page will link the PDF."""
    chapters = [path.read_text("utf-8") for path in html.glob("_sources/book/*.md")]
    if chapters and any(BEGIN in text for text in chapters) != with_solutions:
        kind = "without" if with_solutions else "with"
        sys.exit(
            f"{html} was built {kind} solutions: run 'make book' with the SOLUTIONS of 'make pdf', or delete it"
        )


def add_to_site(pdf: Path, html: Path) -> None:
    page = html / "book" / "index.html"
    text = page.read_text("utf-8")
    if PLACE not in text:
        sys.exit(
            f"{page} has no {PLACE}, which marks the place of the link: run 'make book' first"
        )
    shutil.copy(pdf, html)
    if LINK not in text:
        page.write_text(text.replace(PLACE, PLACE + LINK), "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-solutions", action="store_true")
    whole, html = not parser.parse_args().without_solutions, ROOT / "_build" / "html"
    require_edition(html, whole)
    pdf = build(ROOT if whole else without_solutions(ROOT))
    if html.is_dir():
        add_to_site(pdf, html)
    print(f"The PDF is built: {pdf}")
