"""Link the library's names in the chapters to the API reference.

sphinx_codeautolink does so in code cells. In the text, `Dense` in backticks is enough, so that a chapter also reads
well in JupyterLab. Reference pages are skipped: their backticks also hold names of other libraries.
"""

from inspect import isclass

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.domains.python import ObjectEntry
from sphinx.util.nodes import make_refnode
from sphinx_codeautolink.extension.directive import SkipMarker

import nnfs_lib


def link_names(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    objects = app.env.domains["py"].objects.items()
    places = {name: place for full, place in objects for name in names(full, place)}
    for literal in list(doctree.findall(nodes.literal)):
        # Not docname: in a PDF, the doctree joins many pages.
        page = app.env.path2doc(literal.document["source"])
        if page.startswith("book/reference/"):
            continue
        place = places.get(literal.astext().partition("(")[0])
        if place and isinstance(literal.parent, nodes.paragraph):
            code = literal.deepcopy()
            target = place.docname, place.node_id
            literal.replace_self(make_refnode(app.builder, docname, *target, code))


def names(full: str, place: ObjectEntry) -> list[str]:
    """The names a chapter may use: Dense, Dense.forward, numerics.exp; not forward alone, which many classes have."""
    parts = full.split(".")
    shortest = 2 if place.objtype == "method" else 1
    return [".".join(parts[-length:]) for length in range(shortest, len(parts))]


def skip_listings(app: Sphinx, doctree: nodes.document) -> None:
    """Keep sphinx_codeautolink from treating a class listed by source() as a new definition."""
    for box in doctree.findall(nodes.container):
        if "cell_output" in box["classes"]:
            for block in list(box.findall(nodes.literal_block)):
                block.parent.insert(block.parent.index(block), SkipMarker("next"))


def configure_codeautolink(app: Sphinx, config: Config) -> None:
    """Tell sphinx_codeautolink what hidden cells import and under which names methods are documented."""
    imports = ", ".join(["plots", *nnfs_lib.__all__])
    config.codeautolink_global_preface = f"from nnfs_lib import {imports}"
    documented = config.codeautolink_inventory_map
    for name in nnfs_lib.__all__:
        thing = getattr(nnfs_lib, name)
        for method in vars(thing) if isclass(thing) else ():
            full_name = f"{thing.__module__}.{name}.{method}"
            documented[full_name] = f"nnfs_lib.{name}.{method}"


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", configure_codeautolink)
    app.connect("doctree-read", skip_listings, priority=400)
    app.connect("doctree-resolved", link_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
