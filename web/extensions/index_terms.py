"""Add each glossary term to the index at the place where a chapter defines it.

That is where it is in bold, **{term}`softmax`**. Its entry in the glossary is in the index already.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform


class IndexTerms(SphinxTransform):
    default_priority = 800  # before Sphinx gathers the index, at 850

    def apply(self) -> None:
        for bold in list(self.document.findall(nodes.strong)):
            for term in bold.findall(addnodes.pending_xref):
                if term["reftype"] == "term":
                    self.add_entry(term["reftarget"], bold.parent)
        self.name_whole_boxes()

    def add_entry(self, term: str, paragraph: nodes.Element) -> None:
        if not paragraph["ids"]:
            paragraph["ids"] = [f"index-{self.env.new_serialno('index')}"]
        entry = "single", term, paragraph["ids"][0], "main", None
        paragraph.insert(0, addnodes.index(entries=[entry]))

    def name_whole_boxes(self) -> None:
        """Point entries at the first id of a theorem or exercise: on the page, a second id belongs to an empty element.

        The search shows the text at the id that it finds, and fails if there is none.
        """
        boxes = self.document.findall(nodes.Element)
        first = {place: box["ids"][0] for box in boxes for place in box["ids"]}
        for index in self.document.findall(addnodes.index):
            index["entries"] = [
                (kind, text, first.get(place, place), *rest)
                for kind, text, place, *rest in index["entries"]
            ]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_transform(IndexTerms)
    return {"parallel_read_safe": True}
