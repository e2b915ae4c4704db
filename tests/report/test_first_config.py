"""How a proposed config is written: TOML that loads, whatever strangers wrote."""

from dataclasses import replace

import pytest

from roadmap_sync.board.facts import Facts
from roadmap_sync.board.model import Board, Item
from roadmap_sync.config.file import Config, check_headings
from roadmap_sync.report.first_config import render
from roadmap_sync.suggest.candidates import with_mentions
from roadmap_sync.suggest.first_config import propose
from tests.support import makers
from tests.support.makers import issue, link

URL = makers.ADDRESS.url


def rendered(text: str, *items: Item, rules: dict[str, object] | None = None, **more: object) -> str:
    """The config that a page and a board of these items suggest."""
    board: Board = replace(makers.board(*items), items=items, **more)
    return render([propose(with_mentions(makers.page(text, **(rules or {}))), board)], board, URL)


PAGE = f"""\
# Work

## Deck

See [this]({link(9)}).

One:

- [ ] [x]({link(1)})
- [ ] [x]({link(2)})
- [ ] Varnish the windlass
- [ ] Varnish the windlass of oak
- [ ] Zebra

Two:

- [ ] [x]({link(7)})

## Hull

- [ ] y

## Hull

- [ ] z

## Keel

- [ ] z

# Map

- **Ideas**: a
- **Backlog**: b
- **Working on it**: c

# Shipped

# Dropped
"""

ITEMS = (
    *(issue(number, "OPEN", "Backlog", title="x", facts=Facts(labels=("the deck",))) for number in (1, 2, 3)),
    issue(4, "OPEN", "Backlog", title="Windlass: varnish"),
    issue(5, "OPEN", "Backlog", title="Keel"),
    issue(9, "OPEN", "Backlog", title="Deck\x1b[2J\nwork"),
)

WHOLE = """\
# Proposed by `roadmap-sync init` from the board and the pages. Change what you like; a line that begins with
# a # has no effect. As it stands it ticks boxes and adds nothing. Look first: roadmap-sync diff

[board]
# "Rocket": 6 items
url = "https://github.com/orgs/acme/projects/3"

[statuses]
# The options of the board are "Ideas", "Backlog", "Working on it", "Coming soon", "Shipped".
# These tick a box:
done = ["Shipped"]
# Items with one of these may be added, to areas that have a filter:
add = ["Backlog", "Working on it", "Coming soon"]
# These finish an area:
launched = ["Shipped"]

[[pages]]
path = "roadmap.md"
repository = "acme/rocket"
# Pins proposed; look at each: roadmap-sync link "roadmap.md" --write 11
#   11: "Varnish the windlass" is acme/rocket#4 "Windlass: varnish"
# Unclear; the nearest are told by: roadmap-sync explain PAGE:LINE
#   12: "Varnish the windlass of oak" (its score is below 92)
# Cannot be tracked, since they name nothing and nothing on the board is like them:
#   13: "Zebra"
#   21: "y"
#   25: "z"
#   29: "z"
# Cannot be tracked, since GitHub does not tell this token of what they name:
#   17: acme/rocket#7

[pages.lifecycle]
# Where finished and given-up areas go; moved only with `move = true` under [policy].
launched_heading = "Shipped"
dropped_heading = "Dropped"

[pages.legend]
# Here the page defines the board's statuses; differences are noted.
heading = "Map"

# One table a section with a checklist. A filter, in the syntax of GitHub's projects, says what belongs
# there; without one nothing is added. Take the # off those that are right.
[[pages.areas]]
# Line 3, 6 boxes.
heading = "Deck"
label = "One"
# Named above the list: "Deck\\x1b[2J work"
tracking = "acme/rocket#9"
# Matches 2 of the area's 2 items, and 3 of the board, of which it would add 1.
# filter = "label:\\"the deck\\""

[[pages.areas]]
# Line 27, 1 box.
heading = "Keel"
# Its title is like the heading: "Keel"
# tracking = "acme/rocket#5"
# filter = "label:…"

# No area: several headings are called "Work > Hull", one of them in line 19.

# No area: several headings are called "Work > Hull", one of them in line 23.
"""


def test_the_whole() -> None:
    """Everything that can be said, in the order of the config."""
    board = replace(makers.board(*ITEMS, extra={"acme/rocket#7": makers.unread()}), items=ITEMS)
    text = render([propose(with_mentions(makers.page(PAGE)), board)], board, URL)

    assert text == WHOLE


def test_uncommented() -> None:
    """Each proposal in a comment is right as soon as its # is taken off."""
    text = WHOLE.replace('# filter = "label:…"\n', "").replace("# filter", "filter").replace("# tracking", "tracking")
    (rules,) = Config.from_text(text, "x.toml").pages

    assert [area.tracking for area in rules.areas] == ["acme/rocket#9", "acme/rocket#5"]
    assert rules.areas[0].filter.text == 'label:"the deck"'


def test_little_is_known() -> None:
    """What is not known is left for a person: statuses, repository, areas, the name of a board that is not public."""
    more = {"options": (), "public": None}
    text = rendered("- [ ] x\n", rules={"repository": "", "repository_written": False}, **more)

    assert text.partition("[board]\n")[2] == (
        f'url = "{URL}"\n'
        "\n[statuses]\n# The options of the board are not known.\n"
        "# None of them says that an item is done. Name those that do:\n# done = []\n"
        "# Items with one of these may be added, to areas that have a filter:\nadd = []\n"
        '\n[[pages]]\npath = "roadmap.md"\n'
        "# Whose page it is; needed for #12, and for a page that may name what is private.\n"
        '# repository = "owner/name"\n'
        "# Cannot be tracked, since they name nothing and nothing on the board is like them:\n"
        '#   1: "x"\n'
    )


def test_another_field_and_no_status_to_add() -> None:
    """The field's name is written where it is not GitHub's own, and nothing is said of additions that cannot be."""
    items = tuple(issue(n, "CLOSED", "Done", title="x", facts=Facts(labels=("deck",))) for n in (1, 2))
    text = rendered(PAGE, *items, status_field="Stage", options=("Done",))

    assert '\nstatus_field = "Stage"\n' in text
    assert "\n# Matches 2 of the area's 2 items, and 2 of the board.\n" in text


LIFECYCLE = {
    "launched": ("# Shipped\n", "\n[pages.lifecycle]\n# Where", 'launched_heading = "Shipped"\n'),
    "dropped": ("# Dropped\n", "\n[pages.lifecycle]\n# Where", 'dropped_heading = "Dropped"\n'),
}


@pytest.mark.parametrize(("text", "head", "key"), LIFECYCLE.values(), ids=LIFECYCLE)
def test_one_lifecycle_heading(text: str, head: str, key: str) -> None:
    """One of the two headings is enough."""
    found = rendered(text)

    assert head in found
    assert key in found
    assert found.count("_heading =") == 1


def test_long_lists_are_counted() -> None:
    """No more lines are told than a person reads."""
    text = rendered("".join(f"- [ ] Word{number}\n" for number in range(42)))

    assert '#   30: "Word29"\n#   and 12 more\n' in text


HOSTILE = {
    "quotes": 'The "deck" \\ it\'s',
    "escapes": "Deck \x1b[2J and \x7f and \u202e",
    "astral": "Deck \U000e0001 and \U0001f3d7",
    "toml": "]] # x = 1",
    "triple": "\"\"\" '''",
}


@pytest.mark.parametrize("heading", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words(heading: str) -> None:
    """Whatever a heading, a title, an option or a name holds, the config loads and means just that."""
    items = (issue(9, "OPEN", "Backlog", title=f"{heading}\n[x]"),)
    page = f"# {heading}\n\nSee [this]({link(9)}).\n\n- [ ] x {heading}\n"
    text = rendered(page, *items, options=(heading, "Done"), title=heading)
    made = Config.from_text(text, "x.toml")

    assert all(character.isprintable() or character == "\n" for character in text)
    assert made.pages[0].add == (heading,)
    check_headings(made, made.pages[0], makers.page(page))
