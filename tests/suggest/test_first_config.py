"""What a first config could say about a page and its board."""

from dataclasses import replace

import pytest

from roadmap_sync.board.facts import Facts
from roadmap_sync.board.model import Board, Item
from roadmap_sync.suggest.candidates import with_mentions
from roadmap_sync.suggest.first_config import AreaFilter, ProposedPage, propose, statuses_of
from tests.support import makers
from tests.support.makers import draft, issue, link, pull

OPTIONS = {
    "a roadmap": (makers.OPTIONS, ("Shipped",), ("Backlog", "Working on it", "Coming soon"), ("Shipped",)),
    "GitHub's own": (("Todo", "In Progress", "Done"), ("Done",), ("Todo", "In Progress"), ("Done",)),
    "with emoji": (("💡 Ideas", "🏗 Building", "✅ Done"), ("✅ Done",), ("🏗 Building",), ("✅ Done",)),
    "given up": (("Next", "Won't do", "Merged"), ("Merged",), ("Next",), ("Merged",)),
    "none says done": (("Now", "Later"), (), ("Now",), ()),
    "no options": ((), (), (), ()),
}


@pytest.mark.parametrize(("options", "done", "add", "launched"), OPTIONS.values(), ids=OPTIONS)
def test_statuses(
    options: tuple[str, ...], done: tuple[str, ...], add: tuple[str, ...], launched: tuple[str, ...]
) -> None:
    """Options are taken by their words, in board order."""
    found = statuses_of(options)

    assert (found.done, found.add, found.launched) == (done, add, launched)


def proposed(text: str, *items: Item, answers: tuple[Item, ...] = (), **more: object) -> ProposedPage:
    """What is proposed for a page and a board of these items; the board answers for them, and for `answers`."""
    board = replace(makers.board(*items, *answers), items=items, **more)
    return propose(with_mentions(makers.page(text)), board)


PAGE = f"""\
# Roadmap

## Deck

About [all of it]({link(9)}).

Now:

- [ ] [One]({link(1)})
- [x] [Two]({link(2)})
- [ ] Three

Then:

- [ ] [Four]({link(4)})

## Hull

- [ ] Paint

## Words

No list.

# Launched

## Mast

- [x] Mast

# Dropped

## Keel

- [ ] Keel
"""


def test_areas() -> None:
    """Each section with a checklist that is not settled is an area; a label where there are several lists."""
    found = proposed(PAGE, issue(9, title="Deck work"))

    assert [(one.heading, one.line, one.label, one.boxes) for one in found.areas] == [
        ("Deck", 3, "Now", 4),
        ("Hull", 17, "", 1),
    ]
    assert (found.launched_heading, found.dropped_heading) == ("Launched", "Dropped")
    assert found.nameless == ()


PATHS = {
    "one": ("# A\n\n- [ ] x\n", ["A"], []),
    "the shortest that is unique": ("# A\n## C\n- [ ] x\n\n# B\n## C\n- [ ] x\n", ["A > C", "B > C"], []),
    "none is": ("# A\n## C\n- [ ] x\n\n# A\n## C\n- [ ] x\n", [], [2, 6]),
    "before any heading": ("- [ ] x\n", [], []),
    "a list in an item": ("# A\n\n- plain\n    - [ ] x\n", [], []),
}


@pytest.mark.parametrize(("text", "paths", "nameless"), PATHS.values(), ids=PATHS)
def test_headings(text: str, paths: list[str], nameless: list[int]) -> None:
    """A heading is written with as much of its path as it needs; one that none names is said."""
    found = proposed(text)

    assert [one.heading for one in found.areas] == paths
    assert [one.line for one in found.nameless] == nameless


def test_lifecycle_headings_of_a_lower_level() -> None:
    """An area goes under a heading of a higher level, so that no other is proposed."""
    found = proposed("# Hull\n\n- [ ] x\n\n## Shipped\n\n- [x] y\n")

    assert (found.launched_heading, [one.heading for one in found.areas]) == ("", ["Hull"])


TRACKING = {
    "named above the list": (f"See [this]({link(9)}).", 9),
    "named in the heading": (f"[x]({link(9)})", 9),
    "one of its comments": (f"See [this]({link(9, tail='#issuecomment-1')}).", None),
    "two": (f"See [this]({link(9)}) and [that]({link(8)}).", None),
    "a pull request": (f"See [this]({link(7, 'pull')}).", None),
    "not found": (f"See [this]({link(6)}).", None),
    "private": (f"See [this]({link(5)}).", None),
    "none": ("See nothing.", None),
}


@pytest.mark.parametrize(("prose", "number"), TRACKING.values(), ids=TRACKING)
def test_tracking(prose: str, number: int | None) -> None:
    """The one issue that the text above a list names is the area's."""
    answers = (issue(9, title="Q"), issue(8, title="R"), pull(7, title="S"), issue(5, title="T", is_private=True))
    (area,) = proposed(f"# Deck\n\n{prose}\n\n- [ ] x\n", answers=answers).areas

    assert (area.tracking and area.tracking.number) == number
    assert area.alike is None


def test_an_issue_like_the_heading() -> None:
    """Where the text names none, an issue of the board with the heading's words is only hinted at."""
    items = (pull(1, title="Varnish windlass"), issue(2, title="Varnish the windlass"), issue(3, title="Windlass oil"))
    (area,) = proposed("# Varnish windlass\n\n- [ ] x\n", *items).areas
    (other,) = proposed("# Oil\n\n- [ ] x\n", *items).areas

    assert area.tracking is None
    assert area.alike
    assert area.alike.item.number == 2
    assert other.alike is None


def marked(number: int, *labels: str, status: str = "Backlog", **more: object) -> Item:
    """An issue of the board with labels."""
    facts = {key: more.pop(key) for key in ("parent", "milestone") if key in more}
    return issue(number, "OPEN", status, title=f"T {number}", facts=Facts(labels=labels, **facts), **more)


AREA = (
    "# Deck\n\n"
    + "".join(f"- [ ] [x]({link(number)})\n" for number in (1, 2, 3))
    + f"\n# Hull\n\n- [ ] [y]({link(4)})\n"
)

FILTERS = {
    "a label": (
        (marked(1, "deck"), marked(2, "deck"), marked(3), marked(5, "deck")),
        AreaFilter("label:deck", 2, 3, 3, 1),
    ),
    "nothing to add": (
        (marked(1, "deck"), marked(2, "deck"), marked(5, "deck", status="Ideas")),
        AreaFilter("label:deck", 2, 2, 3, 0),
    ),
    "the rarer one": (
        (marked(1, "all", "deck"), marked(2, "all", "deck"), marked(5, "all"), marked(6, "all")),
        AreaFilter("label:deck", 2, 2, 2, 0),
    ),
    "with blanks": ((marked(1, "the deck"), marked(2, "the deck")), AreaFilter('label:"the deck"', 2, 2, 2, 0)),
    "with a quote": (
        (marked(1, 'the "deck"'), marked(2, 'the "deck"')),
        AreaFilter("label:'the \"deck\"'", 2, 2, 2, 0),
    ),
    "a milestone": (
        (marked(1, milestone="May"), marked(2, milestone="May")),
        AreaFilter("milestone:May", 2, 2, 2, 0),
    ),
    "with all quotes": ((marked(1, "'\""), marked(2, "'\"")), None),
    "with a star": ((marked(1, "*"), marked(2, "*")), None),
    "one only": ((marked(1, "deck"), marked(2)), None),
    "less than half": ((marked(1, "deck"),), None),
    "as many elsewhere": (
        (marked(1, "deck"), marked(2, "deck"), marked(3), marked(4, "deck"), marked(5)),
        AreaFilter("label:deck", 2, 3, 3, 0),
    ),
    "private": ((marked(1, "deck", is_private=True), marked(2, "deck", is_private=True)), None),
    "archived": ((marked(1, "deck", archived=True), marked(2, "deck", archived=True)), None),
    "off the board": ((marked(1, "deck", status=""), marked(2, "deck", status="")), None),
    "no facts": ((issue(1, "OPEN", "Backlog"), issue(2, "OPEN", "Backlog")), None),
    "drafts beside": (
        (marked(1, "deck"), marked(2, "deck"), draft(facts=Facts())),
        AreaFilter("label:deck", 2, 2, 2, 0),
    ),
}


@pytest.mark.parametrize(("items", "expected"), FILTERS.values(), ids=FILTERS)
def test_filters(items: tuple[Item, ...], expected: AreaFilter | None) -> None:
    """What most of an area's items share, and few others, is offered as its filter, with what it would match."""
    assert proposed(AREA, *items).areas[0].filter == expected


def test_what_other_areas_share_as_well() -> None:
    """A filter that lets through as many lines of others as of the area's own is none."""
    text = AREA + f"- [ ] [z]({link(5)})\n"
    items = tuple(marked(number, "deck") for number in (1, 2, 4, 5))

    assert proposed(text, *items).areas[0].filter is None


def test_a_parent() -> None:
    """Sub-issues of the tracking issue are told by it."""
    text = AREA.replace("# Deck\n", f"# Deck\n\nSee [it]({link(9)}).\n")
    items = (marked(1, parent="acme/rocket#9"), marked(2, parent="acme/rocket#9"), marked(9))

    assert proposed(text, *items).areas[0].filter == AreaFilter("parent-issue:acme/rocket#9", 2, 2, 2, 0)


LEGEND = "# Map\n\n* **Ideas**. Thoughts.\n* **Backlog**: wanted\n* Coming soon - merged\n* **Sails**. No status.\n\n"


def test_legend() -> None:
    """The section that defines most of the options is the legend."""
    assert proposed(LEGEND).legend_heading == "Map"
    assert proposed(LEGEND.replace("Backlog", "Frontlog")).legend_heading == ""
    assert proposed(LEGEND, options=()).legend_heading == ""
    assert proposed(LEGEND.removeprefix("# Map")).legend_heading == ""


def test_lines() -> None:
    """Pins are proposed as by `link`, and references that GitHub did not answer for are told."""
    board = makers.board(extra={"acme/rocket#1": makers.unread(), "acme/rocket#2": issue(2)})
    found = propose(with_mentions(makers.page(PAGE)), replace(board, items=(issue(8, title="Paint"),)))

    assert found.unread == ((9, "acme/rocket#1"),)
    assert [(one.item.line, one.proposed and one.proposed.item.number) for one in found.links] == [
        (11, None),
        (19, 8),
        (29, None),
        (35, None),
    ]


def test_private_pages() -> None:
    """A page that may show private items is proposed what binds those."""
    items = (marked(1, "deck", is_private=True), marked(2, "deck", is_private=True))
    board: Board = replace(makers.board(*items), items=items, visibility={"acme/rocket": "PRIVATE"})

    assert propose(with_mentions(makers.page(AREA)), board).areas[0].filter == AreaFilter("label:deck", 2, 2, 2, 0)
