"""Put each term into the index where a chapter defines it.

That is where it stands in bold, **{term}`softmax`**. Its entry in the glossary is in the index anyway.
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
        """Let entries lead to the first id of a theorem or exercise; on the page a second one stands on nothing.

        The search shows the text of the place that it finds, and breaks down if there is none.
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
