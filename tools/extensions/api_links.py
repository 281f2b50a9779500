"""Link each name of the library that the chapters mention to its place in the API.

sphinx_codeautolink does so in code cells. In the text, `Dense` in backticks is enough, so that a chapter reads well in
JupyterLab too. The pages of the reference have names of other libraries in backticks, and are left alone.
"""

from inspect import isclass

import nnfs_lib
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.domains.python import ObjectEntry
from sphinx.util.nodes import make_refnode


def link_names(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if docname.startswith("book/reference/"):
        return
    objects = app.env.domains["py"].objects.items()
    places = {name: place for full, place in objects for name in names(full, place)}
    for literal in list(doctree.findall(nodes.literal)):
        place = places.get(literal.astext().partition("(")[0])
        if place and isinstance(literal.parent, nodes.paragraph):
            code = literal.deepcopy()
            target = place.docname, place.node_id
            literal.replace_self(make_refnode(app.builder, docname, *target, code))


def names(full: str, place: ObjectEntry) -> list[str]:
    """How a chapter may call an object: Dense, Dense.forward, numerics.exp; forward alone may be that of any class."""
    parts = full.split(".")
    shortest = 2 if place.objtype == "method" else 1
    return [".".join(parts[-length:]) for length in range(shortest, len(parts))]


def map_methods(app: Sphinx, config: Config) -> None:
    """Tell sphinx_codeautolink that nnfs_lib.layers.Dense.forward is documented as nnfs_lib.Dense.forward."""
    for name in nnfs_lib.__all__:
        thing = getattr(nnfs_lib, name)
        for method in vars(thing) if isclass(thing) else ():
            config.codeautolink_inventory_map[f"{thing.__module__}.{name}.{method}"] = (
                f"nnfs_lib.{name}.{method}"
            )


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", map_methods)
    app.connect("doctree-resolved", link_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
