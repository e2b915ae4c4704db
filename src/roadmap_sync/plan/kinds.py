"""Owns the table of the kinds of change: all that the rest of the program knows of each.

The config's guards, `--allow`, reports, the action's outputs, `explain` and the pull request read this table, in its
order. A new kind is one module beside this one and one row here; a row that lacks a field does not type-check.
Must not know how a change is found.
"""

from collections.abc import Callable
from dataclasses import dataclass

from roadmap_sync.board.verdict import Ruling
from roadmap_sync.plan import additions, legend, moves, ticks
from roadmap_sync.plan.change import Change, Finder


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeKind:
    """One kind of change. No field has a default: whoever adds a kind answers every question.

    `name` stands in plans, in `--allow NAME=N` and as `max_NAME` under `[guards]`; `limit` is that guard's default,
    in changes a page and run. `noun` and `plural` count it in reports, `output` in the action's outputs; `past` is
    what a report calls it once it is made.
    Over its guard, a kind that `opens_draft` makes the pull request a draft; any other refuses the page.
    A kind that `is_suggested` may be offered on a pull request's own lines: it changes only those lines.
    `verdict` is the one that calls for it on a line of the checklist, None where no verdict does by itself.
    `keeps_line` tells whether the item is on a line that may be touched once the change is made.
    `result` is what `explain` says of the line; empty where the change leaves the line that it names as it is.
    `boxes` gives what stands there before and after, `words` the words that the change is about (may be empty).
    `find` finds it; several kinds may share one, which is asked once.
    """

    name: str
    noun: str
    plural: str
    past: str
    output: str
    limit: int
    opens_draft: bool
    is_suggested: bool
    verdict: Ruling | None
    keeps_line: bool
    result: str
    boxes: Callable[[Change], tuple[str, str]]
    words: Callable[[Change], str]
    find: Finder


KINDS = (
    ChangeKind(
        name="tick",
        noun="tick",
        plural="ticks",
        past="ticked",
        output="ticked",
        limit=50,
        opens_draft=True,
        is_suggested=True,
        verdict="done",
        keeps_line=True,
        result="the box is ticked",
        boxes=ticks.boxes,
        words=ticks.words,
        find=ticks.find,
    ),
    ChangeKind(
        name="untick",
        noun="untick",
        plural="unticks",
        past="unticked",
        output="unticked",
        limit=5,
        opens_draft=False,
        is_suggested=True,
        verdict="open",
        keeps_line=True,
        result="the box is unticked",
        boxes=ticks.boxes,
        words=ticks.words,
        find=ticks.find,
    ),
    ChangeKind(
        name="strike",
        noun="strike",
        plural="strikes",
        past="struck",
        output="struck",
        limit=5,
        opens_draft=False,
        is_suggested=True,
        verdict="dropped",
        keeps_line=False,
        result="the line is struck",
        boxes=ticks.struck_boxes,
        words=ticks.words,
        find=ticks.find,
    ),
    ChangeKind(
        name="add",
        noun="addition",
        plural="additions",
        past="added",
        output="added",
        limit=10,
        opens_draft=True,
        is_suggested=False,
        verdict=None,
        keeps_line=True,
        result="",
        boxes=additions.boxes,
        words=additions.words,
        find=additions.find,
    ),
    ChangeKind(
        name="move",
        noun="move",
        plural="moves",
        past="moved",
        output="moved",
        limit=2,
        opens_draft=False,
        is_suggested=False,
        verdict=None,
        keeps_line=False,
        result="",
        boxes=moves.boxes,
        words=moves.words,
        find=moves.find,
    ),
)

#: What is asked of a page, each once, in the table's order; the legend yields notes and no change.
FINDERS = (*dict.fromkeys(kind.find for kind in KINDS), legend.find)

_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_of(name: str) -> ChangeKind:
    """Return the kind of that name. Raises KeyError for any other."""
    return _BY_NAME[name]
