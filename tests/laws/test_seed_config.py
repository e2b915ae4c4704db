"""Holds on the untouched seed page what `init` promises: a config that loads, and ticks no more than without one."""

from dataclasses import replace

import pytest

from roadmap_sync.config.file import Config, check_headings, check_statuses
from roadmap_sync.page.dialects import MKDOCS
from roadmap_sync.page.model import Page
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.report.first_config import render
from roadmap_sync.rules import Rules
from roadmap_sync.suggest.candidates import with_mentions
from roadmap_sync.suggest.first_config import propose
from tests.laws.test_seed import DATA, PAGE, REFERENCES, plausible
from tests.support import boards
from tests.support.makers import OPTIONS

pytestmark = pytest.mark.slow

URL = "https://github.com/orgs/aws-powertools/projects/3/views/1?query=is%3Aopen+sort%3Aupdated-desc"
REPOSITORY = PAGE.rules.repository
GUESSED = Rules(path="docs/roadmap.md", repository=REPOSITORY)

BOARDS = {f"plausible {seed}": plausible(seed) for seed in range(5)}
BOARDS |= {f"at random {seed}": boards.from_seed(REFERENCES, seed) for seed in range(5)}


def parsed(rules: Rules) -> Page:
    """The seed page by these rules, as a page of a site."""
    return parse(DATA, rules, "github.com", MKDOCS)


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_the_first_diff(board):
    """The config loads and fits; with it nothing is added, and what is ticked is what is ticked without it."""
    page = with_mentions(parsed(GUESSED))
    whole = replace(board, options=OPTIONS, items=tuple(one for one in board.answers.values() if hasattr(one, "title")))
    made = Config.from_text(render([propose(page, whole)], whole, URL), "roadmap-sync.toml")
    (rules,) = made.pages
    mine = parsed(rules)
    check_headings(made, rules, mine)
    check_statuses(made, whole.options)

    plan, plain = make_page_plan(mine, whole), make_page_plan(parsed(replace(GUESSED, repository_written=True)), whole)

    assert {change.kind for change in plan.changes} <= {"tick"}
    assert [(c.line, c.rule, c.edits) for c in plan.changes] == [(c.line, c.rule, c.edits) for c in plain.changes]
    assert plan.error is None
    assert page.data == DATA


def test_the_areas():
    """Every section with a checklist that is neither launched nor dropped is an area, and the legend is found."""
    board = replace(plausible(1), options=OPTIONS)
    found = propose(with_mentions(parsed(GUESSED)), board)

    assert len(found.areas) == 7
    assert (found.launched_heading, found.dropped_heading) == ("Launched", "Dropped")
    assert (found.legend_heading, found.nameless) == ("Roadmap status definition", ())
    assert len(found.links) == sum(not item.references for item in PAGE.items)
