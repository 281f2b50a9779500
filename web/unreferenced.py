"""Delete from _static what no page asks for: source maps, fonts in other formats, scripts that were joined to one."""

from __future__ import annotations

import re
from pathlib import Path

# Loaded by addresses that scripts put together; linked from one page.
KEPT = ("python", "licences.txt")
NEVER = {".map", ".ttf"}  # for developers of the theme; for browsers without woff2
TEXT = {".html", ".css", ".js", ".mjs", ".svg"}
# A name in an address; a script says with "see" where its licence is.
NAME = re.compile(r"""(?:["'(/}]|see )([\w.-]+)""")


def remove_unreferenced(built: Path) -> list[Path]:
    """Delete the files that no page asks for, and nothing that a page leads to; return them."""
    static = built / "_static"
    unseen = {
        path
        for path in static.rglob("*")
        if path.is_file() and path.relative_to(static).parts[0] not in KEPT
    }
    waiting = [path for path in built.rglob("*.html") if static not in path.parents]
    waiting += (static / "python").rglob("*.js")
    while waiting:
        names = set(NAME.findall(waiting.pop().read_text("utf-8", errors="ignore")))
        found = {
            path for path in unseen if path.name in names and path.suffix not in NEVER
        }
        unseen -= found
        waiting += [path for path in found if path.suffix in TEXT]
    for path in unseen:
        path.unlink()
    for folder in sorted(static.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return sorted(unseen)
