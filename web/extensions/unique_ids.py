"""Make each id of a page occur once.

The extensions for theorems and exercises put what a box contains into a section without a heading, and give each of
these sections, and each proof, the same id. Here such a section becomes a plain box of that name, which needs none.
"""

from docutils import nodes
from sphinx.application import Sphinx


def repair(app: Sphinx, doctree: nodes.document) -> None:
    for section in list(doctree.findall(nodes.section)):
        if not isinstance(section.next_node(), nodes.title):
            # sphinx_design writes a container that says is_div without Bootstrap's class "container".
            box = nodes.container(classes=section["ids"], is_div=True)
            box += section.children
            section["ids"] = []
            section.replace_self(box)
    for proof in doctree.findall(nodes.admonition):
        if proof["ids"] == ["proof"]:
            proof["ids"] = []


def setup(app: Sphinx) -> dict[str, bool]:
    # Before sphinx_codeautolink's own reader, which stumbles over a section without a heading.
    app.connect("doctree-read", repair, priority=400)
    return {"parallel_read_safe": True}
