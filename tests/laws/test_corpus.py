"""Holds the laws, and our eyes against those of independent renderers, over every real page at hand."""

import csv

import pytest

from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.rules import Rules
from tests.laws import statements
from tests.support import boards, judges
from tests.support.shared import SHARED

pytestmark = pytest.mark.slow

DIALECTS = ("github", "mkdocs")
INDEX = (SHARED / "corpus" / "index.tsv").read_text(encoding="utf-8")
ROWS = tuple(csv.DictReader(INDEX.splitlines(), delimiter="\t"))
NAMES = tuple(row["file"] for row in ROWS)

#: Boxes that GitHub shows and its library does not: cmark-gfm makes no boxes in a block quote, GitHub makes them
#: afterwards (https://github.com/github/cmark-gfm/issues/23).
QUOTED = {
    "obsidian-tasks-group__obsidian-tasks__resources__sample_vaults__Tasks-Demo__Manual Testing"
    "__Smoke Testing the Tasks Plugin.md": {88, 90, 94, 149}
}
#: Lists that Python-Markdown glues to something else than text above them, which no note tells: a comment under an
#: item, and the end of a code fence.
GLUED = {
    "kubernetes__enhancements__keps__sig-node__3857-rro-mounts__README.md": {156, 157, 158, *range(160, 165)},
    "den-shell__den__ROADMAP.md": {235, 236, 237, 238},
}


def read(name):
    """The bytes of a page of the corpus."""
    return (SHARED / "corpus" / "pages" / name).read_bytes()


def rules_of(dialect, **more):
    """Rules under which every kind of change may be due."""
    more = {"untick": True, "dropped": "strike", "done": ("Coming soon", "Shipped")} | more
    return Rules(path="docs/page of old.md", dialect=dialect, **more)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", NAMES)
def test_laws(name, dialect, tmp_path):
    """Laws 1 to 4 and 6 hold for a random board, under rules that let every kind of change be due."""
    page = statements.parsed(read(name), rules_of(dialect))
    board = boards.from_seed(statements.references_of(page), seed=len(name))
    statements.hold(page, board, tmp_path)
    statements.hold(statements.parsed(statements.cleared(page), page.rules), board, tmp_path)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", NAMES)
def test_laws_with_all_done(name, dialect, tmp_path):
    """The laws hold where every open box with a reference, `#7` included, is ticked at once."""
    more = {"repository": "acme/rocket", "repository_written": True, "short_references": True}
    rules = rules_of(dialect, **more)
    page = statements.parsed(statements.cleared(statements.parsed(read(name), rules)), rules)
    plan = statements.hold(page, boards.all_done(statements.references_of(page)), tmp_path)
    due = [item.line for item in page.items if item.references and not item.is_struck and item.left is None]
    assert [change.line for change in plan.changes] == due


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_task_items(row):
    """As many task items are found as the index counts, on GitHub and on a MkDocs site together."""
    page = statements.parsed(read(row["file"]), rules_of("mkdocs"))
    assert len(page.items) == int(row["task_items"])


@pytest.mark.parametrize("name", NAMES)
def test_boxes_are_those_of_the_judges(name):
    """In each dialect the lines with a box, and their states, are those that the renderers show."""
    data = read(name)
    github, mkdocs = judges.on_github(data).boxes, judges.on_mkdocs(data).boxes
    ours = {d: {i.line: i.is_ticked for i in statements.parsed(data, rules_of(d)).items} for d in DIALECTS}
    quoted = QUOTED.get(name, set())
    assert {line: state for line, state in ours["github"].items() if line not in quoted} == github
    assert set(ours["github"]) - set(github) == quoted
    assert ours["mkdocs"] == ours["github"] | mkdocs


@pytest.mark.parametrize("name", NAMES)
def test_lists_that_mkdocs_shows_as_text(name):
    """The lists that are said not to be rendered on a MkDocs site are those whose boxes Python-Markdown drops."""
    data = read(name)
    page = statements.parsed(data, rules_of("mkdocs"))
    said = {
        item.line
        for one in page.lists
        if not one.is_rendered
        for item in page.items
        if one.line <= item.line <= one.end_line
    }
    shown = judges.on_mkdocs(data).boxes
    assert {item.line for item in page.items} - set(shown) - GLUED.get(name, set()) == said


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", NAMES)
def test_judges_see_the_ticks_and_nothing_else(name, dialect):
    """After the plan's ticks the renderers show exactly those boxes ticked, and all other HTML as it was."""
    rules = rules_of(dialect, dropped="note")
    data = statements.cleared(statements.parsed(read(name), rules))
    page = statements.parsed(data, rules)
    plan = make_page_plan(page, boards.from_seed(statements.references_of(page), seed=len(name) + 1))
    meant = {change.line: change.kind == "tick" for change in plan.changes}
    for judge in (judges.on_github, judges.on_mkdocs):
        before, after = judge(data), judge(plan.result)
        assert after.rest == before.rest
        expected = {line: meant.get(line, state) for line, state in before.boxes.items()}
        assert after.boxes == expected
