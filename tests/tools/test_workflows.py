"""The workflows are what GitHub takes for workflows, and run no code that can change behind our back."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

WORKFLOWS = sorted((Path(__file__).resolve().parents[2] / ".github").rglob("*.yml"))


def check(*paths):
    """What check-jsonschema says of them, which carries GitHub's schema and downloads nothing."""
    schema = ["--builtin-schema", "vendor.github-workflows"]
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
