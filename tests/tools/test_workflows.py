"""The workflows are what GitHub takes for workflows, and run no code that can change behind our back."""

import json
import os
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DEPENDABOT = ROOT / ".github" / "dependabot.yml"
HEAD, BEFORE = "a" * 40, "b" * 40


def check(*paths, schema="vendor.github-workflows"):
    """What check-jsonschema says of them, which carries GitHub's schemas and downloads nothing."""
    schema = ["--builtin-schema", schema]
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, *map(str, paths)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def uses(node):
    """The values of all `uses`, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from [value] if key == "uses" else uses(value)
    elif isinstance(node, list):
        for item in node:
            yield from uses(item)


def test_there_are_workflows():
    assert WORKFLOWS


def test_workflows_follow_the_schema():
    result = check(*WORKFLOWS)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_their_full_commit(path):
    actions = list(uses(yaml.safe_load(path.read_text("utf-8"))))
    assert actions
    for action in actions:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", action)


def test_a_misspelt_key_is_found(tmp_path):
    """The check above can fail."""
    text = WORKFLOWS[0].read_text("utf-8")
    assert "runs-on:" in text
    broken = tmp_path / "broken.yml"
    broken.write_text(text.replace("runs-on:", "run-on:"), "utf-8")
    result = check(broken)
    assert result.returncode == 1
    assert "run-on" in result.stdout


def test_actions_and_npm_packages_are_renewed():
    result = check(DEPENDABOT, schema="vendor.dependabot")
    assert result.returncode == 0, result.stdout
    updates = yaml.safe_load(DEPENDABOT.read_text("utf-8"))["updates"]
    found = {(each["package-ecosystem"], each["directory"]) for each in updates}
    assert found == {("github-actions", "/"), ("npm", "/tests/web")}
    assert (ROOT / "tests/web/package-lock.json").exists()


def unhashed(text):
    """The commands that build the library with tools that have no hash."""
    builds = re.findall(
        r"^.*(?:pip install [^\n]*(?:-e|--editable) \.|uv build).*$", text, re.M
    )
    return [line for line in builds if "--no-build-isolation" not in line]


def test_the_library_is_built_with_tools_that_have_a_hash():
    texts = {path: path.read_text("utf-8") for path in WORKFLOWS}
    for name in ("Makefile", "README.md", "binder/postBuild"):
        texts[ROOT / name] = (ROOT / name).read_text("utf-8")
    found = {
        path.name: lines for path, text in texts.items() if (lines := unhashed(text))
    }
    # With the newest of everything, there is nothing to compare a hash with.
    assert set(found) == {"weekly.yml"}
    assert len(found["weekly.yml"]) == 1


def test_no_package_can_come_from_two_indexes():
    git = ["git", "grep", "--name-only", "extra-index" + "-url"]
    found = subprocess.run(git, cwd=ROOT, stdout=subprocess.PIPE)
    assert found.stdout == b""
    assert found.returncode == 1  # it looked


# ---- previews of pull requests


def previews():
    loader = SourceFileLoader("previews", str(ROOT / ".ci" / "previews"))
    module = module_from_spec(spec_from_loader("previews", loader))
    loader.exec_module(module)
    return module


def pull(cross=True, who="MEMBER", oid=HEAD, body="Preview", state="COMMENTED"):
    review = {
        "authorAssociation": who,
        "commit": {"oid": oid},
        "body": body,
        "state": state,
    }
    return {"isCrossRepository": cross, "headRefOid": HEAD, "reviews": [review]}


def test_a_fork_is_shown_after_a_maintainers_review_of_its_newest_commit():
    is_trusted = previews().is_trusted
    assert is_trusted(pull())
    assert is_trusted(pull(cross=False, who="NONE"))
    assert not is_trusted(pull(oid=BEFORE))
    assert not is_trusted(pull(who="CONTRIBUTOR"))
    assert not is_trusted(pull(body="No preview yet"))
    assert not is_trusted(pull(state="DISMISSED"))
    assert not is_trusted({**pull(), "reviews": []})


@pytest.mark.skipif(os.name == "nt", reason="GitHub runs it on Linux")
def test_previews_are_downloaded_without_links(tmp_path):
    """With a stand-in for GitHub's command."""
    pulls = [{**pull(), "number": 7}, {**pull(oid=BEFORE), "number": 8}]
    gh = tmp_path / "gh"
    gh.write_text(
        f"""#!{sys.executable}
import os, pathlib, sys
match sys.argv[1:]:
    case ["pr", "list", *_]:
        print({json.dumps(json.dumps(pulls))})
    case ["run", "list", *rest]:
        print('[{{"databaseId": 5}}]' if "{HEAD}" in rest else "[]")
    case ["run", "download", *_, "--dir", folder, "5"]:
        pathlib.Path(folder).mkdir(parents=True)
        pathlib.Path(folder, "index.html").write_text("")
        os.symlink("/etc/passwd", pathlib.Path(folder, "link"))
"""
    )
    gh.chmod(0o755)
    result = subprocess.run(
        [sys.executable, ROOT / ".ci" / "previews", tmp_path / "out"],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "7\n"
    found = sorted(path.relative_to(tmp_path) for path in (tmp_path / "out").rglob("*"))
    assert [str(path) for path in found] == ["out/7", "out/7/index.html"]
