"""Make every id on a page unique.

The extensions for theorems and exercises wrap the content of a box in a section without a heading, and give all these
sections, and all proofs, the same id. Here such a section becomes a container with that name as its class, without id.
"""

from docutils import nodes
from sphinx.application import Sphinx


def repair(app: Sphinx, doctree: nodes.document) -> None:
    for section in list(doctree.findall(nodes.section)):
        if not isinstance(section.next_node(), nodes.title):
            # With is_div, sphinx_design writes the container without Bootstrap's class "container".
            box = nodes.container(classes=section["ids"], is_div=True)
            box += section.children
            section["ids"] = []
            section.replace_self(box)
    for proof in doctree.findall(nodes.admonition):
        if proof["ids"] == ["proof"]:
            proof["ids"] = []


def setup(app: Sphinx) -> dict[str, bool]:
    # Before sphinx_codeautolink's own handler, which fails on a section without a heading.
    app.connect("doctree-read", repair, priority=400)
    return {"parallel_read_safe": True}
