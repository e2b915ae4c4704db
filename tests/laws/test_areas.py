"""Holds the laws for added lines over every real page at hand: one box more each, and nothing else moved."""

import csv
import re
from dataclasses import replace
from functools import cache

import pytest

from roadmap_sync.page.dialects import GITHUB, MKDOCS
from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.rules import Rules
from tests.laws import areas, statements
from tests.support import judges
from tests.support.shared import SHARED

pytestmark = pytest.mark.slow

ROWS = tuple(csv.DictReader((SHARED / "corpus" / "index.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"))
PAGES = {row["file"]: SHARED / "corpus" / "pages" / row["file"] for row in ROWS}
PAGES["seed"] = SHARED / "seed" / "roadmap.md"

#: How many additions were judged, over all pages of this process.
COUNTED = {"github": 0, "mkdocs": 0}


@cache
def planned(name, dialect):
    """The plan of a page whose every list under a heading is an area's, and the board it was made for."""
    data = PAGES[name].read_bytes()
    bare = statements.parsed(data, Rules(path="page.md", dialect=dialect))
    if dialect == "auto":
        return planned(name, bare.dialect.name)
    rules = replace(bare.rules, **areas.rules_of(bare))
    board = areas.board_of(rules.areas)
    return make_page_plan(statements.parsed(data, rules), board), board


def body(data):
    """The page's text as a renderer gets it: without front matter and byte order mark."""
    lines = re.split(r"\r\n|\n|\r", data.decode("utf-8-sig"))
    if lines[0].rstrip() in {"---", "+++"}:
        fence = lines[0].rstrip()
        close = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in {fence, "..."}), -1)
        lines[: close + 1] = [""] * (close + 1)
    return "\n".join(lines)


@pytest.mark.parametrize("dialect", ["github", "mkdocs"])
@pytest.mark.parametrize("name", PAGES)
def test_added_lines(name, dialect, tmp_path):
    """Laws 2, 3 and 6: the old lines stay in their order, a second plan is empty, and git applies the diff."""
    plan, board = planned(name, dialect)

    assert plan.error is None
    assert {change.kind for change in plan.changes} <= {"add"}
    old, new = (re.findall(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)", data) for data in (plan.page.data, plan.result))
    # A last line without an end gains one where a line comes after it.
    rest = (line.rstrip(b"\r\n") for line in new)
    assert all(line.rstrip(b"\r\n") in rest for line in old)
    assert len(areas.TITLE.findall(plan.result.decode())) == len(plan.changes)
    again = make_page_plan(statements.parsed(plan.result, plan.page.rules), board)
    assert again.changes == ()
    statements.diff_tells_the_truth(plan, tmp_path)


@pytest.mark.parametrize("name", PAGES)
def test_judges_see_one_box_more(name):
    """GitHub's renderer, and on a MkDocs page Python-Markdown, show each new line as a box and all else as it was."""
    data = PAGES[name].read_bytes()
    plan, _ = planned(name, "auto")
    # What stands in a block quote has no boxes in cmark-gfm (https://github.com/github/cmark-gfm/issues/23).
    added = [change for change in plan.changes if not change.after.lstrip().startswith(">")]
    before, after = judges.cmark(body(data)), judges.cmark(body(plan.result))
    if len(added) == len(plan.changes) and plan.page.dialect is GITHUB:
        assert after.count('type="checkbox"') == before.count('type="checkbox"') + len(added)
        assert areas.without_added(after) == before
        COUNTED["github"] += len(added)
    elif plan.page.dialect is MKDOCS:
        before, after = judges.python_markdown(body(data)), judges.python_markdown(body(plan.result))
        shown = judges.on_mkdocs(data).boxes
        is_all_shown = all(item.line in shown for item in plan.page.items)
        if is_all_shown:
            assert after.count('type="checkbox"') == before.count('type="checkbox"') + len(added)
            assert areas.without_added(after) == before
            COUNTED["mkdocs"] += len(added)
    print(name, dict(COUNTED))


def test_enough_was_judged():
    """Over the corpus at least 500 additions are made."""
    plans = [planned(name, "auto")[0] for name in PAGES]

    assert sum(len(plan.changes) for plan in plans) >= 500
