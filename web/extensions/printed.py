"""Arrange the book for print, where Sphinx and Jupyter Book assume a screen."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import is_exercise_node, solution_node
from sphinx_jupyterbook_latex.nodes import RootHeader
from sphinx_proof.nodes import proof_node

# pages that make no sense in print
SCREEN_ONLY = ["book/playground", "genindex"]


def latex(text: str) -> nodes.raw:
    return nodes.raw("", f"{text}\n", format="latex")


def visit_root_header(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    translator.body.append("\n\\section*{")


def depart_root_header(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    translator.body.append("}\n")


class Arrange(SphinxPostTransform):
    default_priority = 800  # sphinx-jupyterbook-latex, at 700, puts chapters together
    formats = ("latex",)

    def run(self, **_: object) -> None:
        self.leave_out_pages()
        chapters = list(self.document.findall(addnodes.start_of_file))
        self.begin_appendix(chapters)
        self.link_exercises()
        self.gather_solutions(chapters)
        self.set_proofs()
        self.set_tables()

    def leave_out_pages(self) -> None:
        for page in list(self.document.findall(addnodes.start_of_file)):
            if page["docname"] in SCREEN_ONLY:
                page.parent.remove(page)
        for link in list(self.document.findall(nodes.reference)):
            if link.get("refuri", "").partition("#")[0].strip("%") in SCREEN_ONLY:
                link.replace_self(link.children)

    def begin_appendix(self, chapters: list[nodes.Element]) -> None:
        """Turn _toc.yml's unnumbered chapters into the appendix; drop empty ones, as the bibliography is at the end."""
        unnumbered = [
            chapter
            for chapter in chapters
            if not any(self.env.toc_secnumbers.get(chapter["docname"], {}).values())
        ]
        insert_before(unnumbered[0], latex("\\bookappendix"))
        for chapter in unnumbered:
            if not any(chapter.findall(nodes.paragraph)):
                chapter.parent.remove(chapter)

    def link_exercises(self) -> None:
        """Link exercises from other chapters; sphinx_exercise only handles links within a chapter."""
        exercises = {e["label"]: e for e in self.document.findall(is_exercise_node)}
        for link in list(self.document.findall(nodes.reference)):
            label = link.get("refuri", "").partition("#")[2]
            if label not in exercises:
                continue
            text = link.children
            if isinstance(link, addnodes.number_reference):
                text = [nodes.Text(exercises[label][0][0].astext())]
            begin = nodes.raw("", f"\\hyperref[exercise:{label}]{{", format="latex")
            end = nodes.raw("", "}", format="latex")
            link.replace_self([begin, *text, end])

    def gather_solutions(self, chapters: list[nodes.Element]) -> None:
        """Move the solutions to the end of the book; each exercise gives the page of its solution."""
        if not any(self.document.findall(solution_node)):
            return
        appendix = nodes.section("", nodes.title("", "Solutions"), ids=["solutions"])
        for chapter in chapters:
            solutions = list(chapter.findall(solution_node))
            if not solutions:
                continue
            exercises = {e["label"]: e for e in chapter.findall(is_exercise_node)}
            (title, *_) = chapter.findall(nodes.title)
            section = nodes.section("", title.deepcopy())
            for solution in solutions:
                label = solution["target_label"]
                exercises[label] += latex(f"\\solutionpage{{{label}}}")
                heading = nodes.rubric("", "", *exercises[label][0].deepcopy().children)
                section += [heading, latex(f"\\solutionlabel{{{label}}}")]
                section += solution.children[1:]
                solution.parent.remove(solution)
            # keeps the labels in the solutions in the namespace of their chapter
            appendix += addnodes.start_of_file("", section, docname=chapter["docname"])
        last = list(self.document.findall(addnodes.start_of_file))[-1]
        last.parent += addnodes.start_of_file("", appendix, docname="solutions")

    def set_proofs(self) -> None:
        """Set proofs as running text instead of untitled boxes."""
        for proof in list(self.document.findall(proof_node)):
            (content,) = proof.children
            start = next(content.findall(nodes.Text))
            heading = nodes.emphasis("", "Proof."), nodes.Text(" ")
            rest = nodes.Text(start.removeprefix("Proof. "))
            start.parent.replace(start, [*heading, rest])
            last = content[-1] if isinstance(content[-1], nodes.paragraph) else content
            last += latex("\\proofend")
            proof.replace_self(content.children)

    def set_tables(self) -> None:
        """Let empty cells add no height, and long tables continue on the next page."""
        for table in self.document.findall(nodes.table):
            for paragraph in list(table.findall(nodes.paragraph)):
                if not paragraph.children:
                    paragraph.parent.remove(paragraph)
            rows = [row.children for row in table.findall(nodes.row)]
            if len(rows) > 20:
                table["classes"] = ["longtable", "colwidths-given"]
                for column, spec in enumerate(table.findall(nodes.colspec)):
                    longest = max(len(row[column].astext()) for row in rows)
                    spec["colwidth"] = min(longest, 22)


def insert_before(node: nodes.Element, new: nodes.Node) -> None:
    node.parent.insert(node.parent.index(node), new)


def setup(app: Sphinx) -> dict[str, bool]:
    visitors = visit_root_header, depart_root_header
    app.setup_extension("sphinx_jupyterbook_latex")
    app.add_node(RootHeader, override=True, latex=visitors)
    app.add_post_transform(Arrange)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
