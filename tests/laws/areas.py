"""Makes every heading with a list of its own an area, with items that belong there, and removes what was added."""

import re

from roadmap_sync.board.facts import Facts
from roadmap_sync.board.question import AreaQuery
from roadmap_sync.plan.kinds import KINDS
from tests.support.makers import area_of, board, issue

#: Each addition is proved on its own; a few areas of a long page show as much as all of them.
MOST_AREAS = 12
TITLE = re.compile(r"Zadded\d+Z")
_ITEM = re.compile(r"<li[^>]*>(?:(?!<li|</li>).)*?Zadded\d+Z(?:(?!<li|</li>).)*</li>\n?", re.DOTALL)


def areas_of(page):
    """An area for each section that holds a list of its own and that its path names alone."""
    found = []
    for section in page.sections:
        end = min([one.line for one in page.sections if one.line > section.line], default=len(page.lines) + 1)
        has_list = any(section.line < one.line < end and one.depth == 0 for one in page.lists)
        if has_list and len(page.find_sections(section.name)) == 1:
            found.append(area_of(section.name, filter=f"label:a{len(found)}"))
    return tuple(found[:MOST_AREAS])


def rules_of(page, **more):
    """Settings under which everything that belongs to an area is added."""
    return {
        "areas": areas_of(page),
        "add": ("Backlog",),
        "guards": {kind.name: 10_000 for kind in KINDS},
    } | more


def board_of(areas, each=3):
    """A board with new items for each area."""
    candidates = {}
    for place, area in enumerate(areas):
        numbers = range(700_000 + place * each, 700_000 + (place + 1) * each)
        items = (issue(n, status="Backlog", title=f"Zadded{n}Z", facts=Facts()) for n in numbers)
        candidates[AreaQuery(area.filter, None, ("Backlog",))] = tuple(items)
    return board(candidates=candidates)


def without_added(html):
    """The HTML with the added items taken out."""
    return _ITEM.sub("", html)
