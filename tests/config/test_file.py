"""The config: what it means, and what a person reads where it is wrong."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from roadmap_sync.board import filters
from roadmap_sync.board.question import BoardAddress
from roadmap_sync.config.file import (
    Config,
    PullRequestOptions,
    board_address,
    check_headings,
    check_statuses,
    find_config,
)
from roadmap_sync.config.tables import schema_text
from roadmap_sync.errors import InputError
from roadmap_sync.page.model import Page
from roadmap_sync.page.parse import parse
from roadmap_sync.rules import NOTE_LEVELS, Area, Lifecycle, Rules
from roadmap_sync.worktree import read_text

ROOT = Path(__file__).parents[2]

FULL = """\
[board]
url = "https://github.com/orgs/acme/projects/3/views/14?filterQuery=is%3Aopen+label%3Abug"
status_field = "State"

[statuses]
done = ["Shipped"]
add = ["Backlog"]
launched = ["Shipped"]

[policy]
untick = true
dropped = "strike"
add_done = true
move = true
allow_private = true

[guards]
max_tick = 7
max_move = 0

[notes]
hide = ["ticked-over-open"]

[[pages]]
path = "docs/roadmap.md"
repository = "acme/rocket"
dialect = "mkdocs"
short_references = true
sections = ["Key areas > Engines"]
line = "[{title}]({url}) {Size}"

[pages.lifecycle]
launched_heading = "Launched"
dropped_heading = "Dropped"
docs_field = "Docs"
reason_field = "Reason"

[pages.legend]
heading = "Legend"

[[pages.areas]]
heading = "Engines"
label = "Major updates"
filter = "label:engine"
tracking = "#7"
except = ["acme/pad#3"]

[[pages]]
path = "./README.md"

[pull_request]
branch = "sync"
labels = ["docs"]
reviewers = ["octocat"]
draft = true
"""

MINIMAL = '[board]\nurl = "https://github.com/users/acme/projects/3"\n[[pages]]\npath = "roadmap.md"\n'

PAGE = """\
# Roadmap

## Key areas

### Observability providers

- [ ] one

### Engines

## Old

### Engines

## Launched

### Windows
"""


def read(text: str, repository: str = "") -> Config:
    """Return the config that a text is."""
    return Config.from_text(text, "config.toml", repository)


def page_of(rules: Rules, text: str = PAGE) -> Page:
    """Return the page that goes with the rules."""
    return parse(text.encode(), rules, "github.com")


def test_every_settled_key_is_understood() -> None:
    """All keys of the config arrive in the rules of the page that they are about."""
    found = read(FULL, "acme/guessed")

    assert found.board == BoardAddress(
        "https://github.com/orgs/acme/projects/3", "github.com", "acme", 3, 14, "is:open label:bug"
    )
    assert found.status_field == "State"
    first, second = found.pages
    assert first == Rules(
        path="docs/roadmap.md",
        repository="acme/rocket",
        repository_written=True,
        dialect="mkdocs",
        short_references=True,
        sections=("Key areas > Engines",),
        done=("Shipped",),
        add=("Backlog",),
        launched=("Shipped",),
        untick=True,
        dropped="strike",
        add_done=True,
        move=True,
        allow_private=True,
        guards={"tick": 7, "move": 0},
        hidden_notes=frozenset({"ticked-over-open"}),
        line="[{title}]({url}) {Size}",
        lifecycle=Lifecycle("Launched", "Dropped", "Docs", "Reason"),
        legend_heading="Legend",
        areas=(
            Area(
                "Engines",
                "Major updates",
                filters.parse("label:engine", where="", status_field="State"),
                None,
                "#7",
                ("acme/pad#3",),
            ),
        ),
    )
    assert (second.path, second.repository, second.repository_written) == ("README.md", "acme/guessed", False)


def test_defaults_are_those_of_a_run_without_a_config() -> None:
    """What a config leaves out is as if there were none."""
    assert read(MINIMAL).pages == Config.from_paths(["roadmap.md"]).pages == (Rules(path="roadmap.md"),)
    assert read(MINIMAL).pages[0].guards == {}
    assert read(MINIMAL).status_field == "Status"


def test_the_pull_request() -> None:
    """What the config says of it, and what holds where it says nothing."""
    text = (
        MINIMAL
        + '[pull_request]\nbranch = "bots/roadmap"\nlabels = ["docs"]\nreviewers = ["ann", "acme/crew"]\ndraft = true\n'
    )

    assert read(MINIMAL).pull_request == PullRequestOptions("roadmap-sync", (), (), is_draft=False)
    assert read(text).pull_request == PullRequestOptions("bots/roadmap", ("docs",), ("ann", "acme/crew"), is_draft=True)


@pytest.mark.parametrize("name", ["a b", "a..b", "/a", "a/", "-a", "a.lock", "a~1", "@", "a@{1", "a//b", "a/.b"])
def test_a_branch_that_git_does_not_know(name: str) -> None:
    """A name that git allows for no branch is said with its line."""
    with pytest.raises(InputError, match="is not a valid branch name"):
        read(f'{MINIMAL}[pull_request]\nbranch = "{name}"\n')


URLS = {
    "organisation": ("https://github.com/orgs/acme/projects/3", ("github.com", "acme", 3, None, "")),
    "user": ("https://github.com/users/octo-cat/projects/12/", ("github.com", "octo-cat", 12, None, "")),
    "view": ("https://github.com/orgs/acme/projects/3/views/14", ("github.com", "acme", 3, 14, "")),
    "query": ("https://github.com/orgs/acme/projects/3?query=is%3Aopen", ("github.com", "acme", 3, None, "is:open")),
    "filterQuery wins": (
        "https://github.com/orgs/acme/projects/3/views/1?query=a&filterQuery=b+c&pane=issue",
        ("github.com", "acme", 3, 1, "b c"),
    ),
    "www": ("https://www.GitHub.com/orgs/acme/projects/3", ("github.com", "acme", 3, None, "")),
    "other host": ("https://ghe.example.com:8443/orgs/a/projects/1", ("ghe.example.com:8443", "a", 1, None, "")),
    "loopback": ("http://127.0.0.1:80/orgs/a/projects/1", ("127.0.0.1:80", "a", 1, None, "")),
}


@pytest.mark.parametrize(("url", "expected"), URLS.values(), ids=URLS)
def test_board_address(url: str, expected: tuple[object, ...]) -> None:
    """A board's URL from the browser says where it lives and what limits additions."""
    found = board_address(url, "")

    assert (found.host, found.owner, found.number, found.view, found.query) == expected
    assert found.url.endswith(f"/{found.owner}/projects/{found.number}")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme/3",
        "https://github.com/orgs/acme/projects",
        "https://github.com/orgs/acme/projects/0",
        "https://github.com/orgs/acme/projects/3/settings",
        "https://github.com/acme/rocket/projects/3",
        "https://user@github.com/orgs/acme/projects/3",
        "https://github.com@evil.example/orgs/acme/projects/3",
        "http://github.com/orgs/acme/projects/3",
        "ftp://github.com/orgs/acme/projects/3",
        "https://github.com:port/orgs/acme/projects/3",
        "https://[/orgs/acme/projects/3",
    ],
)
def test_what_is_no_board(url: str) -> None:
    """Any other URL is an error with the line, and with what one looks like."""
    with pytest.raises(InputError) as raised:
        board_address(url, "config.toml:2")

    assert str(raised.value) == (
        f'config.toml:2: "{url}" is not the address of a GitHub project\n'
        "  Copy it from the browser: https://github.com/orgs/NAME/projects/N or …/users/NAME/projects/N."
    )


KINDS = ", ".join(f'"{kind}"' for kind in NOTE_LEVELS)
SCHEMA = "\n  roadmap-sync.schema.json lists every key with its kind of value."

WRONG = {
    "not TOML": (
        "[board]\nurl = https\n",
        (
            "config.toml:2: not TOML: invalid value\n"
            "  https://toml.io shows how values are written. Text stands in quotes."
        ),
    ),
    "not TOML to the end": (
        "[board]\nurl = 'x\n",
        "config.toml:2: not TOML: ",
    ),
    "unknown key": (
        MINIMAL + 'sektions = ["x"]\n',
        'config.toml:5: unknown key "sektions" in [[pages]]\n  Did you mean "sections"?',
    ),
    "unknown key without a neighbour": (
        MINIMAL + "[guards]\nxyz = 1\n",
        (
            'config.toml:6: unknown key "xyz" in [guards]\n'
            "  Known here: max_tick, max_untick, max_strike, max_add, max_move."
        ),
    ),
    "unknown table": (
        MINIMAL + "[polcy]\nmove = true\n",
        'config.toml:5: unknown key "polcy" in the config\n  Did you mean "policy"?',
    ),
    "unknown key in an area": (
        MINIMAL + "[[pages.areas]]\nheading = 'x'\nexcluded = []\n",
        (
            'config.toml:7: unknown key "excluded" in [[pages.areas]]\n  '
            "Known here: heading, label, filter, view, tracking, except."
        ),
    ),
    "the first of two": (MINIMAL + "[policy]\nmoev = 1\n[guards]\nxyz = 1\n", 'config.toml:6: unknown key "moev"'),
    "missing key": ("[[pages]]\nsections = []\n", 'config.toml:1: [[pages]] has no "path"\n  Add a line `path = …`.'),
    "board without url": ("\n[board]\n", 'config.toml:2: [board] has no "url"\n  Add a line `url = …`.'),
    "text for a number": (
        MINIMAL + "[guards]\nmax_add = '1'\n",
        "config.toml:6: max_add must be a whole number" + SCHEMA,
    ),
    "truth for a number": (
        MINIMAL + "[guards]\nmax_add = true\n",
        "config.toml:6: max_add must be a whole number" + SCHEMA,
    ),
    "negative": (MINIMAL + "[guards]\nmax_add = -1\n", "config.toml:6: max_add must be at least 0" + SCHEMA),
    "text for truth": (MINIMAL + "[policy]\nmove = 'yes'\n", "config.toml:6: move must be true or false" + SCHEMA),
    "number for a text": (MINIMAL + "repository = 7\n", "config.toml:5: repository must be text in quotes" + SCHEMA),
    "text for a list": (
        MINIMAL + "sections = 'x'\n",
        "config.toml:5: sections must be a list in square brackets" + SCHEMA,
    ),
    "number in a list": (
        MINIMAL + "sections = [\n'x',\n3]\n",
        "config.toml:7: an element of sections must be text in quotes" + SCHEMA,
    ),
    "empty text": ("[board]\nurl = ''\n", "config.toml:2: url must not be empty" + SCHEMA),
    "value for a table": ("board = 'x'\n", "config.toml:1: board must be a table" + SCHEMA),
    "table for tables": (
        "[pages]\npath = 'x'\n",
        "config.toml:1: pages is written in double brackets: [[pages]], [[pages.areas]]" + SCHEMA,
    ),
    "none of the words": (
        MINIMAL + "dialect = 'gitlab'\n",
        "config.toml:5: dialect must be 'github', 'mkdocs' or 'auto'" + SCHEMA,
    ),
    "no repository": (
        MINIMAL + "repository = 'rocket'\n",
        'config.toml:5: "rocket" is not owner/name\n  For example "octocat/hello".',
    ),
    "short references without one": (
        MINIMAL + "short_references = true\n",
        (
            "config.toml:5: short_references needs the page's repository to be written\n"
            '  Add `repository = "owner/name"` to [[pages]]: the git remote is not enough for this.'
        ),
    ),
    "short tracking without one": (
        MINIMAL + "[[pages.areas]]\nheading = 'x'\ntracking = '#7'\n",
        (
            'config.toml:7: "#7" needs the page\'s repository to be written\n'
            '  Add `repository = "owner/name"` to [[pages]]: the git remote is not enough for this.'
        ),
    ),
    "short except without one": (
        MINIMAL + "[[pages.areas]]\nheading = 'x'\nexcept = ['acme/a#1',\n'#7']\n",
        'config.toml:8: "#7" needs the page',
    ),
    "tracking that is none": (
        MINIMAL + "[[pages.areas]]\nheading = 'x'\ntracking = 'seven'\n",
        (
            'config.toml:7: "seven" is not an issue or pull request\n'
            "  Write #N, owner/repo#N, or a link to an issue or pull request on github.com."
        ),
    ),
    "filter and view": (
        MINIMAL + "[[pages.areas]]\nheading = 'x'\nfilter = 'a'\nview = 3\n",
        "config.toml:8: an area has a filter and a view\n  Remove one of them.",
    ),
    "a filter that is none, where nothing is added": (
        MINIMAL + "[[pages.areas]]\nheading = 'x'\nfilter = 'lable:\"x'\n",
        "config.toml:7: filter, column 7: a quote that is not closed\n  Close it with the same kind of quote.",
    ),
    "the filter of a second area": (
        MINIMAL
        + "[[pages.areas]]\nheading = 'x'\nfilter = 'is:open'\n[[pages.areas]]\nheading = 'y'\nfilter = 'is:opne'\n",
        'config.toml:10: filter, column 1: is: does not take "opne"\n  Did you mean "open"?',
    ),
    "unknown note": (
        MINIMAL + "[notes]\nhide = ['legend',\n  'ticked-over-opne']\n",
        (
            'config.toml:7: there is no kind of note "ticked-over-opne"\n'
            f'  Did you mean "ticked-over-open"? The kinds are {KINDS}.'
        ),
    ),
    "page twice": (
        MINIMAL + "[[pages]]\npath = './roadmap.md'\n",
        'config.toml:6: the page "roadmap.md" is named twice\n  Name each page once.',
    ),
    "template with one brace": (
        MINIMAL + "line = '{title'\n",
        "config.toml:5: expected '}' before end of string\n  Write {{ for { and }} for }.",
    ),
    "template without a name": (
        MINIMAL + "line = '{}'\n",
        'config.toml:5: `line` must be one line, with a name in each {…}\n  For example "[{title}]({url})".',
    ),
    "template of two lines": (MINIMAL + 'line = "a\\nb"\n', "config.toml:5: `line` must be one line"),
    "wrong board": ('[board]\nurl = "x"\n', 'config.toml:2: "x" is not the address of a GitHub project'),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_config_is_said_with_its_line(text: str, message: str) -> None:
    """A person reads the file, the line, what is wrong, and the way out."""
    with pytest.raises(InputError) as raised:
        read(text)

    assert str(raised.value).startswith(message)
    assert raised.value.exit == 2


def test_other_spellings_of_references_are_taken() -> None:
    """`tracking` and `except` take links and, with a written repository, short ones."""
    area = "[[pages.areas]]\nheading = 'x'\ntracking = 'https://github.com/acme/a/issues/1'\nexcept = ['#7']\n"

    assert read(MINIMAL + "repository = 'acme/rocket'\n" + area).pages[0].areas[0].excluded == ("#7",)


HEADINGS = {
    "section": ('sections = ["Launched", "Observability provider"]', 5),
    "area": ('[[pages.areas]]\nheading = "Observability provider"\nview = 3', 6),
    "area by path": ('[[pages.areas]]\nheading = "Key areas > Observability provider"\nview = 3', 6),
    "legend": ('[pages.legend]\nheading = "observability providers"', 6),
    "launched": ('[pages.lifecycle]\nlaunched_heading = "Observability provider"', 6),
    "dropped": ('[pages.lifecycle]\ndropped_heading = "Observability provider"', 6),
}


@pytest.mark.parametrize(("text", "line"), HEADINGS.values(), ids=HEADINGS)
def test_a_heading_that_is_not_there(text: str, line: int) -> None:
    """The line of the config, the page, and the heading that was probably meant."""
    found = read(MINIMAL + text + "\n")

    with pytest.raises(InputError) as raised:
        check_headings(found, found.pages[0], page_of(found.pages[0]))
    asked = text.rpartition('"')[0].rpartition('"')[2]

    assert str(raised.value) == (
        f'config.toml:{line}: no heading "{asked}" in roadmap.md\n'
        '  Did you mean "Roadmap > Key areas > Observability providers" (line 5)?'
    )


def test_a_heading_that_is_like_none() -> None:
    """Without a neighbour, the page's own headings are named."""
    found = read(MINIMAL + "sections = ['Zzz']\n")

    with pytest.raises(InputError, match=r'Its headings begin with "Roadmap", "Roadmap > Key areas", '):
        check_headings(found, found.pages[0], page_of(found.pages[0]))
    with pytest.raises(InputError, match=r"The page has no headings\."):
        check_headings(found, found.pages[0], page_of(found.pages[0], "no heading"))


def test_a_heading_that_is_there_twice() -> None:
    """All candidates are named with their lines; a longer path settles it."""
    found = read(MINIMAL + "sections = ['Engines']\n")

    with pytest.raises(InputError) as raised:
        check_headings(found, found.pages[0], page_of(found.pages[0]))

    assert str(raised.value) == (
        'config.toml:5: "Engines" names 2 headings in roadmap.md\n'
        '  Write more of the path: "Roadmap > Key areas > Engines" (line 9), "Roadmap > Old > Engines" (line 13).'
    )
    settled = read(MINIMAL + "sections = ['Old > Engines']\n")
    check_headings(settled, settled.pages[0], page_of(settled.pages[0]))


def test_a_lifecycle_heading_is_above_the_areas() -> None:
    """A finished area needs a place that it fits under."""
    text = "[pages.lifecycle]\nlaunched_heading = 'Windows'\n[[pages.areas]]\nheading = 'Observability providers'\n"
    found = read(MINIMAL + text)

    with pytest.raises(
        InputError, match=r"^config.toml:6: the heading \"Roadmap > Launched > Windows\" is not above the level"
    ):
        check_headings(found, found.pages[0], page_of(found.pages[0]))
    good = read(MINIMAL + text.replace("'Windows'", "'Launched'"))
    check_headings(good, good.pages[0], page_of(good.pages[0]))


@pytest.mark.parametrize("key", ["done", "add", "launched"])
def test_a_status_that_the_board_has_not(key: str) -> None:
    """The line of the status, and the option that was probably meant."""
    found = read(MINIMAL + f'[statuses]\n{key} = [\n"Shipped",\n"Comming soon"]\n')

    with pytest.raises(InputError) as raised:
        check_statuses(found, ("Backlog", "Coming soon", "Shipped"))

    assert str(raised.value) == (
        'config.toml:8: no option "Comming soon" in the board\'s field "Status"\n'
        '  Did you mean "Coming soon"? The options are "Backlog", "Coming soon", "Shipped".'
    )
    check_statuses(found, ("Comming soon", "Shipped"))
    with pytest.raises(InputError, match="It has no options"):
        check_statuses(found, ())


def test_where_it_is_looked_for(tmp_path: Path) -> None:
    """The first of three names wins; a config.toml without a board is another program's."""
    assert find_config(tmp_path) is None
    last = tmp_path / "config.toml"
    last.write_text("[server]\nport = 1\n")
    assert find_config(tmp_path) is None
    last.write_text("not toml at all")
    assert find_config(tmp_path) is None
    last.write_text("[board]\nurl = broken\n")
    assert find_config(tmp_path) == last
    last.write_text("board.url = 'x'\n")
    assert find_config(tmp_path) == last
    (tmp_path / "roadmap-sync.toml").write_text("")
    assert find_config(tmp_path) == tmp_path / "roadmap-sync.toml"
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/roadmap-sync.toml").write_text("")
    assert find_config(tmp_path) == tmp_path / ".github/roadmap-sync.toml"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, a directory, or not UTF-8: each in a sentence."""
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")

    with pytest.raises(InputError, match=r"^x\.toml: no such file\n"):
        Config.from_text(read_text(tmp_path / "x.toml", "x.toml"), "x.toml")
    with pytest.raises(InputError, match=r"^dir: is a directory, not a file"):
        Config.from_text(read_text(tmp_path, "dir"), "dir")
    with pytest.raises(InputError, match=r"^latin\.toml: not UTF-8: byte 5\n"):
        Config.from_text(read_text(tmp_path / "latin.toml", "latin.toml"), "latin.toml")


def test_the_published_schema_is_the_code_s() -> None:
    """Write it anew: python -c "from roadmap_sync.config.tables import schema_text; print(schema_text(), end='')"."""
    published = (ROOT / "roadmap-sync.schema.json").read_text(encoding="utf-8")

    assert published == schema_text()


def test_the_schema_judges_as_the_program_does() -> None:
    """An editor that knows the schema accepts what we accept and marks an unknown key."""
    schema = json.loads(schema_text())

    jsonschema.validate(tomllib.loads(FULL), schema, jsonschema.Draft202012Validator)
    jsonschema.validate(tomllib.loads(MINIMAL), schema, jsonschema.Draft202012Validator)
    for text in ("sektions = 1\n", "[guards]\nmax_add = -1\n", "[notes]\nhide = ['x']\n", "[pages.legend]\n"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(tomllib.loads(MINIMAL + text), schema)
