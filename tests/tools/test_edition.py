"""The book without solutions has none, and all the rest."""

import ast
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest

from tools import build, edition, notebooks, pdf, record
from tools.lab.references import references
from web.bundle import add_library

ROOT = record.ROOT
TEXTS = (".md", ".ipynb", ".html", ".js", ".json")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The book without solutions, made from a copy of this one."""
    root = edition.copy_of_book(ROOT, tmp_path_factory.mktemp("book"))
    return edition.without_solutions(root)


def split(chapter):
    """The cells of a recorded chapter, each with whether it is part of a solution."""
    inside = 0
    for cell in nbformat.read(record.recorded_path(chapter), 4).cells:
        if cell.cell_type == "markdown":
            inside += cell.source.count(edition.BEGIN)
            yield cell, inside > 0 and edition.BEGIN in cell.source
            inside -= cell.source.count(edition.END)
        else:
            yield cell, inside > 0


@pytest.fixture(scope="module")
def solutions():
    """What stands in solutions alone: paragraphs and pieces of code."""
    found = []
    for chapter in record.sources(ROOT):
        for cell, inside in split(chapter):
            if inside and cell.cell_type == "code":
                found.append(cell.source)
            elif inside:
                text = cell.source.split(edition.BEGIN)[1].split(edition.END)[0]
                found += [part for part in text.split("\n\n")[1:] if len(part) > 40]
    assert len(found) > 120
    return found


def left(folder, solutions):
    """The files below a folder that contain a part of a solution."""
    for path in folder.rglob("*"):
        if path.suffix == ".zip":
            yield from left_in_archive(path, solutions)
        elif path.is_file() and path.suffix in TEXTS:
            text = path.read_text("utf-8")
            if path.suffix == ".ipynb":
                cells = nbformat.reads(text, as_version=4).cells
                text = "\n\n".join(cell.source for cell in cells)
            yield from ((path.name, part) for part in solutions if part in text)


def left_in_archive(path, solutions):
    """The same, by the line. Not in modules: those that check an answer compute it."""
    lines = {line.strip() for part in solutions for line in part.split("\n")}
    lines = [line for line in lines if len(line) > 40]
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(TEXTS):
                text = archive.read(name).decode()
                yield from ((name, line) for line in lines if line in text)


def test_no_solution_is_left_in_the_library_of_the_pages(solutions, tmp_path):
    add_library(tmp_path / "library.zip")
    assert [*left(tmp_path, solutions)] == []


def test_no_solution_is_left_in_what_is_built(copy, solutions):
    assert [*left(ROOT / "book", solutions)]
    assert [*left(copy, solutions)] == []
    for path in (copy / "book").rglob("*.[mi]*"):
        assert "solution-" not in path.read_text("utf-8"), path


def test_what_jupyterlab_leaves_in_a_folder_is_not_copied(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    for name in edition.FOLDERS:
        (source / name / ".ipynb_checkpoints").mkdir(parents=True)
        (source / name / "kept").touch()
    for name in edition.FILES:
        (source / name).touch()
    target.mkdir()
    edition.copy_of_book(source, target)
    assert [*target.rglob("kept")]
    assert not [*target.rglob(".ipynb_checkpoints")]


def test_no_solution_is_left_in_the_notebooks(copy, solutions, tmp_path):
    notebooks.write(copy, tmp_path)
    assert [*left(tmp_path, solutions)] == []
    assert not any(
        "<summary>Solution of" in p.read_text("utf-8") for p in tmp_path.iterdir()
    )


def test_everything_else_is_left(copy):
    assert record.check(copy) == []
    assert references(copy) == references(ROOT)
    for chapter in record.sources(ROOT):
        code = [
            c for c, inside in split(chapter) if not inside and c.cell_type == "code"
        ]
        here = nbformat.read(
            record.recorded_path(copy / "book" / chapter.name), 4
        ).cells
        here = [cell for cell in here if cell.cell_type == "code"]
        assert [c.source for c in here] == [c.source for c in code]
        assert [c.outputs for c in here] == [c.outputs for c in code]


def bound_and_read(source):
    """The names that a cell binds, and those that it reads."""
    tree = ast.parse(source)
    bound, read = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                read.add(name)
            case ast.Name(id=name) | ast.arg(arg=name):
                bound.add(name)
            case (
                ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.ExceptHandler(name=name)
            ):
                bound.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                bound |= {(each.asname or each.name).split(".")[0] for each in names}
    return bound, read


def test_no_cell_needs_a_name_that_a_solution_defines():
    for chapter in record.sources(ROOT):
        known, lost = set(), set()
        for cell, inside in split(chapter):
            if cell.cell_type == "code":
                bound, read = bound_and_read(cell.source)
                needed = (read & lost) - known - bound
                assert inside or not needed, f"{chapter.stem}: {needed}"
                (lost if inside else known).update(bound)


@pytest.mark.parametrize("with_solutions", [True, False])
def test_no_pdf_is_built_beside_the_site_of_the_other_edition(tmp_path, with_solutions):
    chapters = tmp_path / "_sources" / "book"
    chapters.mkdir(parents=True)
    (chapters / "one.md").write_text("" if with_solutions else edition.BEGIN)
    pdf.require_edition(tmp_path, not with_solutions)
    with pytest.raises(SystemExit, match="with the SOLUTIONS of 'make pdf'"):
        pdf.require_edition(tmp_path, with_solutions)


def test_extensions_find_the_tools_from_a_copy_of_the_book(copy, monkeypatch):
    imports = "import sys; sys.path.append('web/extensions'); import buttons, publishing; print('found')"
    run = subprocess.run

    def instead(command, **options):
        return run([sys.executable, "-c", imports], **options)

    monkeypatch.delenv("PYTHONPATH", raising=False)  # pytest names this folder there
    monkeypatch.setattr(build.subprocess, "run", instead)
    with pytest.raises(SystemExit, match=r"^found\n"):
        build.jupyter_book(copy, "html")


@pytest.mark.slow
def test_no_solution_is_left_in_the_built_book(tmp_path, solutions, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    root = edition.copy_of_book(ROOT, tmp_path)
    old = root / "_build" / "html" / "old.html"
    old.parent.mkdir(parents=True)
    old.write_text(edition.BEGIN)
    page = build.build_without_solutions(root)
    assert page == root / "_build" / "html" / "index.html"
    assert not old.exists()
    assert [*left(page.parent, solutions)] == []
    text = (page.parent / "book" / "dense.html").read_text("utf-8")
    assert "Exercise 2.1" in text
    assert 'class="solution' not in text


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("rsvg-convert"), reason="the PDF needs what .ci/tex installs"
)
def test_no_solution_is_left_in_the_pdf(copy):
    printed = build.jupyter_book(copy, "latex")
    tex = (printed / f"{pdf.NAME}.tex").read_text("utf-8")
    assert "Exercise 2.1" in tex
    assert "solutionpage" not in tex
    assert "{Solutions}" not in tex
