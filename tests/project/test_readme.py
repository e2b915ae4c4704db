"""Tests that the README tells the truth: its help text, exit codes, verdicts and config are the program's."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from roadmap_sync.config.file import Config
from roadmap_sync.errors import Exit, worst

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language=""):
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def printed(*arguments):
    """What the program prints at a width that does not depend on where the tests run."""
    environment = os.environ | {"COLUMNS": "80", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "roadmap_sync", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_help_text_is_the_programs():
    """The README shows what `roadmap-sync --help` prints, to the character."""
    (shown,) = (block for block in blocks() if block.startswith("$ roadmap-sync --help\n"))

    assert shown.removeprefix("$ roadmap-sync --help\n") == printed("--help")


def test_every_exit_code_is_told():
    """The table has the program's exit codes, all of them and no other, and the order in which the worst wins."""
    codes = [int(code) for code in re.findall(r"^\| (\d+) \|", README.partition("## Exit codes")[2], re.MULTILINE)]
    order = [int(code) for code in re.findall(r"in the order ([\d, ]+)\.", README)[0].split(", ")]

    assert codes[: len(Exit)] == sorted(Exit)
    assert all(worst([Exit(one), Exit(two)]) == one for one, two in pairwise(order))
    assert set(order) == set(Exit)


def test_the_config_shown_is_valid():
    """The ten lines are read without an error, and say what they seem to."""
    (shown,) = blocks("toml")

    read = Config.from_text(shown, "README.md")

    assert len(shown.splitlines()) <= 10
    assert read.board
    assert read.board.number == 2
    assert [(page.path, page.done) for page in read.pages] == [("docs/roadmap.md", ("Next release", "Released"))]


def test_the_diff_shown_is_the_examples():
    """The patch at the top is the beginning of what `make demo` prints."""
    (shown,) = blocks("diff")

    assert printed("diff", "--board", "examples/board.json").startswith(shown)


@pytest.mark.parametrize("target", re.findall(r"\]\(([^):#]+)\)", README))
def test_its_links_lead_somewhere(target):
    """Each file that the README names is there."""
    if not target.startswith("http"):
        assert (ROOT / target).is_file()


def test_it_is_short_enough_to_be_read():
    """Two hundred lines at most, with the promise in the first and a patch within fifteen."""
    lines = README.splitlines()

    assert len(lines) <= 200
    assert "```diff" in lines[:15]
    assert lines[2].endswith(".")
