"""The Python face: what docs/python.md shows is what a prompt shows, and wrong input is told in our own words."""

import doctest
import inspect
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import roadmap_sync
from roadmap_sync import load_board, plan_page
from roadmap_sync.errors import InputError, RefusedError

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/python.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples/roadmap.md"

PAGE = (
    b"# Roadmap\n\n- [ ] Fly, acme/rocket#12\n- [x] Land, acme/rocket#13\n\n## Later\n\n- [ ] Hover, acme/rocket#14\n"
)
TEXT = """\
{"version": 1,
 "board": {"url": "https://github.com/orgs/acme/projects/3", "status_field": "Stage"},
 "items": [
  {"reference": "acme/rocket#12", "state": "CLOSED", "reason": "COMPLETED", "status": "Shipped"},
  {"reference": "acme/rocket#13", "state": "OPEN", "status": "Backlog"},
  {"reference": "acme/rocket#14", "state": "CLOSED", "reason": "NOT_PLANNED"}]}
"""


def made(plan):
    """A plan's changes, in short."""
    return [(change.kind, change.line) for change in plan.changes]


def test_the_guide_is_true(monkeypatch):
    """Each line of docs/python.md, typed at a prompt in a clone, prints what stands below it."""
    monkeypatch.chdir(ROOT)
    session = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE))
    examples = doctest.DocTestParser().get_doctest(session, {}, "docs/python.md", None, 0)
    told = []

    ran = doctest.DocTestRunner(verbose=False).run(examples, out=told.append)

    assert (ran.failed, "".join(told)) == (0, "")
    assert ran.attempted >= 15


def test_the_guide_names_every_argument():
    """The table has the arguments of `plan_page`, in order, with their defaults."""
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| *(?:`([^`]*)`[^|]*)?\|$", GUIDE.partition("## What it returns")[0], re.MULTILINE
    )
    taken = inspect.signature(plan_page).parameters.values()

    shown = ["" if one.default is one.empty else json.dumps(one.default) for one in taken]
    spelled = [{"null": "None", "true": "True", "false": "False", "[]": "()"}.get(one, one) for one in shown]
    assert rows == list(zip((one.name for one in taken), spelled, strict=True))


def test_the_face_is_two_functions():
    """What may be imported is named, and importing it loads none of what it needs."""
    assert roadmap_sync.__all__ == ["load_board", "plan_page"]
    code = "import sys, roadmap_sync; print([one for one in sys.modules if one.startswith('roadmap_sync.')])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_plan_is_the_commands(monkeypatch):
    """On the example page it holds the same ticks and notes as `roadmap-sync diff` with the example's config."""
    monkeypatch.chdir(ROOT)
    command = [sys.executable, "-m", "roadmap_sync", "diff", "--board", "examples/board.json", "--format", "json"]
    done = subprocess.run(command, capture_output=True, check=True)
    (page,) = json.loads(done.stdout)["pages"]

    plan = plan_page(
        EXAMPLE.read_bytes(),
        load_board(ROOT / "examples/board.json"),
        path="examples/roadmap.md",
        repository="tidemark-example/tidemark",
        done=("Next release", "Released"),
    )

    ticks = [one for one in page["changes"] if one["kind"] == "tick"]
    assert [(one.line, one.because, one.after) for one in plan.changes] == [
        (one["line"], one["because"], one["after"]) for one in ticks
    ]
    assert ticks


@pytest.mark.parametrize("make", [str, Path, lambda path: path.read_text()], ids=["str", "Path", "text"])
def test_a_board_comes_from_a_path_or_a_text(tmp_path, make):
    """Either gives the same board."""
    file = tmp_path / "board.json"
    file.write_text(TEXT)

    board = load_board(make(file))

    assert (board.url, board.status_field) == ("https://github.com/orgs/acme/projects/3", "Stage")
    assert board.options == ("Shipped", "Backlog")
    assert made(plan_page(PAGE, board)) == [("tick", 3)]


SETTINGS = {
    "untick": ({"untick": True}, [("tick", 3), ("untick", 4)]),
    "strike": ({"dropped": "strike"}, [("tick", 3), ("strike", 8)]),
    "done": ({"done": ["Backlog"]}, []),
    "done as a tuple": ({"done": ("Shipped",)}, [("tick", 3)]),
    "no Status counts": ({"done": []}, [("tick", 3)]),
    "sections": ({"sections": ["Later"], "dropped": "strike"}, [("strike", 8)]),
}


@pytest.mark.parametrize(("settings", "expected"), SETTINGS.values(), ids=SETTINGS)
def test_each_setting_counts(settings, expected):
    """Each does what it does in the config."""
    assert made(plan_page(PAGE, load_board(TEXT), **settings)) == expected


@pytest.mark.parametrize(("dialect", "expected"), [("github", []), ("mkdocs", [("tick", 3)]), ("auto", [("tick", 3)])])
def test_the_dialect_counts(dialect, expected):
    """In an admonition stands a list for MkDocs, and code for GitHub."""
    page = b"!!! note\n\n    - [ ] acme/rocket#12\n"

    assert made(plan_page(page, load_board(TEXT), dialect=dialect)) == expected


def test_short_references_are_of_the_repository():
    """With both, `#12` is read; without the setting it is not."""
    page = b"- [ ] Fly, #12\n"

    assert made(plan_page(page, load_board(TEXT), repository="acme/rocket", short_references=True)) == [("tick", 1)]
    assert made(plan_page(page, load_board(TEXT), repository="acme/rocket")) == []


def test_what_the_snapshot_lacks_is_unknown():
    """A reference that it does not hold changes nothing, and is noted."""
    plan = plan_page(b"- [ ] acme/rocket#99\n", load_board(TEXT))

    assert (plan.changes, plan.result) == ((), b"- [ ] acme/rocket#99\n")
    assert [note.kind for note in plan.notes] == ["unknown"]


def test_a_guard_is_told():
    """A wave of changes is planned, and refused as on the command line."""
    page = b"- [ ] acme/rocket#12\n" * 51

    plan = plan_page(page, load_board(TEXT))

    assert (plan.refusal.guard, plan.refusal.limit, plan.refusal.would_be) == ("tick", 50, 51)


BOARDS = {
    "no such file": ("nowhere.json", "nowhere.json: no such file\n"),
    "a directory": (".", ".: is a directory, not a file\n"),
    "not JSON": ("{", "snapshot:1:2: "),
    "another JSON": ('{"a": 1}', "snapshot: "),
    "bytes": (b"{}", "load_board takes a path or a text, not bytes\n"),
    "nothing": (None, "load_board takes a path or a text, not NoneType\n"),
}


@pytest.mark.parametrize(("source", "message"), BOARDS.values(), ids=BOARDS)
def test_what_is_no_board(source, message):
    """It is said what is wrong, and where."""
    with pytest.raises(InputError) as caught:
        load_board(source)

    assert str(caught.value).startswith(message)


CALLS = {
    "text for a page": (("- [ ] x", ...), {}, "plan_page takes the page as bytes, not str\n"),
    "not UTF-8": ((b"\xff", ...), {}, "ROADMAP.md:1: not UTF-8: byte 0xff at offset 0\n"),
    "a path for a board": ((PAGE, "board.json"), {}, "plan_page takes a board, not str\n"),
    "no such dialect": ((PAGE, ...), {"dialect": "gitlab"}, "dialect must be 'github', 'mkdocs' or 'auto'"),
    "no such policy": ((PAGE, ...), {"dropped": "delete"}, "dropped must be 'note' or 'strike'"),
    "no such Status": ((PAGE, ...), {"done": ["Shiped"]}, 'no option "Shiped" in the board\'s field "Stage"\n'),
    "a Status that is no list": ((PAGE, ...), {"done": "Shipped"}, "done must be a list"),
    "no such heading": ((PAGE, ...), {"sections": ["Now"]}, 'no heading "Now" in ROADMAP.md\n'),
    "no repository": ((PAGE, ...), {"repository": "rocket"}, '"rocket" is not owner/name\n'),
    "short without one": ((PAGE, ...), {"short_references": True}, "short_references needs the page's repository"),
    "a wrong directive": (
        (b"- [ ] x <!-- roadmap-sync: twelve -->\n", ...),
        {"path": "docs/plan.md"},
        "docs/plan.md:1: ",
    ),
}


@pytest.mark.parametrize(("given", "settings", "message"), CALLS.values(), ids=CALLS)
def test_what_is_no_plan(given, settings, message):
    """Wrong arguments are errors of ours, not of what is inside."""
    data, board = given
    with pytest.raises(InputError) as caught:
        plan_page(data, load_board(TEXT) if board is ... else board, **settings)

    assert str(caught.value).startswith(message)
    assert ".toml" not in str(caught.value)
    assert "schema" not in str(caught.value)


def test_a_proof_that_fails_is_raised(monkeypatch):
    """A result that may be wrong is not returned."""
    whole = roadmap_sync._plan
    monkeypatch.setattr(
        roadmap_sync, "_plan", lambda *given: replace(whole(*given), error=RefusedError("not written: no"))
    )

    with pytest.raises(RefusedError, match="not written: no"):
        plan_page(PAGE, load_board(TEXT))
