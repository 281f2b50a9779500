"""What each label of the book is called on its pages, such as "Fig. 4.1": JupyterLab sees only one chapter at a time.

tests/web/test_lab.py compares these names with the built book.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jupytext
import yaml
from pybtex.database import Entry, Person, parse_file

LABELLED = re.compile(
    r"^:{3,}\{(?:prf:)?(?P<kind>theorem|exercise)\}.*\n:label: (?P<label>\S+)"
    r"|^\$\$ \((?P<equation>[\w-]+)\)",
    re.MULTILINE,
)
FORMATS = {
    "figure": "Fig.\N{NO-BREAK SPACE}%s",
    "theorem": "Theorem %s",
    "exercise": "Exercise %s",
    "equation": "(%s)",
}


def references(root: Path) -> dict[str, dict[str, str]]:
    """For each label its text; the chapter of a number; the web address of a publication."""
    names: dict[str, dict[str, str]] = {}
    unnumbered: Counter[str] = Counter()
    for source, chapter in _chapters(root):
        counts = Counter() if chapter else unnumbered
        for kind, label in _labels(source):
            counts[kind] += 1
            number = f"{chapter}.{counts[kind]}" if chapter else f"{counts[kind]}"
            names[label] = {"text": FORMATS[kind] % number, "chapter": source.stem}
    return names | _publications(root / "book" / "references.bib")


def _chapters(root: Path) -> Iterator[tuple[Path, int | None]]:
    """The chapters in their order, with their numbers."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    yield root / f"{toc['root']}.md", None
    number = 0
    for part in toc.get("parts", []):
        for chapter in part["chapters"]:
            source = root / f"{chapter['file']}.md"
            # The reference has nothing with a number.
            if source.parent != root / "book":
                continue
            number += bool(part.get("numbered"))
            yield source, number if part.get("numbered") else None


def _labels(source: Path) -> Iterator[tuple[str, str]]:
    """The kind and the label of what has a number in a chapter, in its order."""
    for cell in jupytext.read(source, fmt="md:myst").cells:
        if cell.cell_type == "code":
            figure = cell.metadata.get("mystnb", {}).get("figure")
            if figure:
                yield "figure", figure["name"]
            continue
        for found in LABELLED.finditer(cell.source):
            if found["equation"]:
                yield "equation", found["equation"]
            else:
                yield found["kind"], found["label"]


def _publications(bibliography: Path) -> dict[str, dict[str, str]]:
    return {
        key: _cited(entry) for key, entry in parse_file(bibliography).entries.items()
    }


def _cited(entry: Entry) -> dict[str, str]:
    """As in: Duchi et al. (2011); (Duchi et al., 2011)."""
    authors = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [_family_name(person) for person in authors]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    who, year = " and ".join(names) or entry.fields["title"], entry.fields["year"]
    doi = entry.fields.get("doi")
    url = f"https://doi.org/{doi}" if doi else entry.fields.get("url", "")
    return {"text": f"{who}, {year}", "narrative": f"{who} ({year})", "url": url}


def _family_name(person: Person) -> str:
    return re.sub(r"[{}]", "", " ".join([*person.prelast_names, *person.last_names]))
