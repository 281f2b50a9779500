"""Where the book lives is said in one place, and nowhere otherwise."""

import re
import subprocess
import tomllib

import pytest
import yaml

from tools import address

ROOT = address.ROOT
KEPT = ("pyproject.toml", "CITATION.cff", "README.md")
REPOSITORY = re.compile(
    r"https://github\.com/(?!owner/|example/)[\w.-]+/(?!name$)[\w.-]+"
)


def disagreements(pyproject, citation, readme):
    """What the three files say of the book's address that does not fit."""
    urls = tomllib.loads(pyproject)["project"].get("urls", {})
    cited = yaml.safe_load(citation)
    if not urls:
        if {"url", "repository-code"} & cited.keys():
            yield "CITATION.cff names an address: pyproject.toml does not"
        if "git clone http" in readme:
            yield "the README names an address: pyproject.toml does not"
        return
    home = urls.get("Repository", "")
    if not REPOSITORY.fullmatch(home):
        yield f"pyproject.toml: {home!r} is not https://github.com/<owner>/<name>"
        return
    book = address.site_of(urls)
    if cited.get("repository-code") != home or cited.get("url") != book:
        yield f"CITATION.cff needs: repository-code: {home}, url: {book}"
    for text in (f"git clone {home}", book):
        if text not in readme:
            yield f"the README needs: {text}"


def test_the_files_agree_on_the_address():
    assert [*disagreements(*((ROOT / name).read_text("utf-8") for name in KEPT))] == []


HOME, SITE = "https://github.com/Ann/nn", "https://ann.github.io/nn/"
SET = f'[project]\n[project.urls]\nRepository = "{HOME}"\n'
CITED = f"url: {SITE}\nrepository-code: {HOME}\n"
README = f"git clone {HOME} and read {SITE}"


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ((SET, CITED, README), []),
        (("[project]", "title: x", "git clone the address"), []),
        (("[project]", CITED, ""), ["CITATION"]),
        (("[project]", "title: x", README), ["README"]),
        ((SET, "title: x", README), ["CITATION"]),
        ((SET, CITED.replace("ann.", "bob."), README), ["CITATION"]),
        ((SET, CITED, f"read {SITE}"), ["README"]),
        ((SET, CITED, f"git clone {HOME}"), ["README"]),
        ((SET.replace("Ann/nn", "owner/name"), CITED, README), ["pyproject"]),
        ((SET.replace(HOME, "TODO"), CITED, README), ["pyproject"]),
    ],
)
def test_disagreements_and_placeholders_are_found(files, wrong):
    found = [*disagreements(*files)]
    assert len(found) == len(wrong)
    assert all(name in text for name, text in zip(wrong, found, strict=True))


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone with a pyproject.toml, and no workflow around it."""
    for name in ("GITHUB_REPOSITORY", "GITHUB_SHA"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    subprocess.run(["git", "-C", str(tmp_path), "init", "--quiet"], check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("origin", "home"),
    [
        ("https://github.com/owner/name.git", "https://github.com/owner/name"),
        ("git@github.com:owner/name.git", "https://github.com/owner/name"),
        ("https://github.com/owner/na.me", "https://github.com/owner/na.me"),
        ("https://example.org/owner/name.git", None),
        (None, None),
    ],
)
def test_without_a_setting_the_remote_of_the_clone_counts(clone, origin, home):
    if origin:
        git = ["git", "-C", str(clone), "remote", "add", "origin", origin]
        subprocess.run(git, check=True)
    assert address.repository(clone) == home
    assert address.library(clone) == (home and f"{home}/archive/HEAD.zip")


def test_the_setting_counts_before_everything_else(clone, monkeypatch):
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "fork/nn")
    monkeypatch.setenv("GITHUB_SHA", "0123abc")
    assert address.site(clone) == "https://fork.github.io/nn/"
    (clone / "pyproject.toml").write_text(SET)
    assert address.site(clone) == SITE
    assert address.library(clone) == f"{HOME}/archive/0123abc.zip"
    (clone / "pyproject.toml").write_text(SET + 'Documentation = "https://nn.org"')
    assert address.site(clone) == "https://nn.org/"
    assert address.site_of({"Repository": "https://github.com/Ann/ann.github.io"}) == (
        "https://ann.github.io/"
    )
