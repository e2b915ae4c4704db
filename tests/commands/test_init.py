"""The command that proposes a first config."""

from pathlib import Path

import pytest

from roadmap_sync.config.file import Config
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.plan import make_page_plan, question_of
from roadmap_sync.reading.snapshot import loads
from roadmap_sync.worktree import read_text
from tests.standin import Server
from tests.support.runs import PAGE, Place, place, small_world

__all__ = ["place"]

ROOT = Path(__file__).parents[2]
URL = "https://github.com/orgs/acme/projects/3"

TOLD = """\
# Proposed by `roadmap-sync init` from the board and the pages. Change what you like; a line that begins with
# a # has no effect. As it stands it ticks boxes and adds nothing. Look first: roadmap-sync diff

[board]
# "Board 3": 3 items
url = "https://github.com/orgs/acme/projects/3"

[statuses]
# The options of the board are "Backlog", "Shipped".
# These tick a box:
done = ["Shipped"]
# Items with one of these may be added, to areas that have a filter:
add = ["Backlog"]
# These finish an area:
launched = ["Shipped"]

[[pages]]
path = "docs/roadmap.md"
# Whose page it is; needed for #12, and for a page that may name what is private.
# repository = "acme/rocket"
# Unclear; the nearest are told by: roadmap-sync explain PAGE:LINE
#   15: "Paint the whole hull" (its score is below 92)

# One table a section with a checklist. A filter, in the syntax of GitHub's projects, says what belongs
# there; without one nothing is added. Take the # off those that are right.
[[pages.areas]]
# Line 5, 4 boxes.
heading = "Engines"
# filter = "label:…"

[[pages.areas]]
# Line 13, 4 boxes.
heading = "Hull"
# filter = "label:…"
"""


@pytest.fixture(autouse=True)
def _no_config(place: Place) -> None:
    """Take the config away that all other commands have."""
    (place.directory / "roadmap-sync.toml").unlink()


def test_proposal(place: Place) -> None:
    """A commented config on stdout, and nothing written."""
    before = sorted(path for path in place.directory.rglob("*") if path.is_file())
    ran = place.run("init", "--board", URL, "docs/roadmap.md")

    assert (ran.code, ran.out.decode()) == (0, TOLD)
    assert ran.err == "nothing written; with --write this becomes roadmap-sync.toml\n"
    assert sorted(path for path in place.directory.rglob("*") if path.is_file()) == before
    assert place.page.read_bytes() == PAGE


def test_write(place: Place) -> None:
    """It is saved where it is looked for, and the commands work with it as they did without."""
    without = place.run("diff", "--board", URL, "docs/roadmap.md").out
    ran = place.run("init", "--board", URL, "docs/roadmap.md", "--write")

    assert (ran.code, ran.err) == (0, "roadmap-sync.toml: written\n")
    assert (place.directory / "roadmap-sync.toml").read_text(encoding="utf-8") == TOLD
    assert place.run("diff").out == without
    assert place.page.read_bytes() == PAGE


def test_an_existing_config(place: Place) -> None:
    """What is there is never replaced, nor asked of GitHub for; another name is taken."""
    place.write("roadmap-sync.toml", "mine")
    ran = place.run("init", "--board", URL, "docs/roadmap.md", "--write")

    assert ran.code == 2
    assert ran.err.startswith("roadmap-sync: roadmap-sync.toml: there is a config already; nothing was written\n")
    assert (place.directory / "roadmap-sync.toml").read_text() == "mine"
    assert place.server.log == []
    assert place.run("init", "--board", URL, "docs/roadmap.md", "--write", "--config", "other.toml").code == 0
    assert (place.directory / "other.toml").read_text(encoding="utf-8") == TOLD


def test_beside_the_workflows(place: Place) -> None:
    """Where there is a folder of GitHub's, the config goes there."""
    (place.directory / ".github").mkdir()

    assert place.run("init", "--board", URL, "docs/roadmap.md", "--write").code == 0
    assert (place.directory / ".github/roadmap-sync.toml").read_text(encoding="utf-8") == TOLD


def test_the_repository(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository that is known is written; pages are named once."""
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/rocket")
    text = place.run("init", "--board", URL, "docs/roadmap.md", "./docs/roadmap.md").out.decode()

    assert '\nrepository = "acme/rocket"\n' in text
    assert text.count("[[pages]]") == 1


def test_filters(place: Place) -> None:
    """What the board tells of its items makes filters; what the board's URL adds limits neither them nor the pins."""
    world = small_world()
    rocket, board = world.repository("acme/rocket"), world.project("acme", 3)
    for number in (12, 13):
        rocket.numbers[number].labels = ("engine",)
    board.put(rocket.issue(17, "Glide", labels=("engine",)), "Backlog")
    place.server = Server(world)
    text = place.run("init", "--board", f"{URL}/views/2?query=is%3Apr", "docs/roadmap.md").out.decode()

    assert f'url = "{URL}/views/2?query=is%3Apr"' in text
    assert (
        '# Line 5, 4 boxes.\nheading = "Engines"\n'
        "# Matches 2 of the area's 2 items, and 3 of the board, of which it would add 1.\n"
        '# filter = "label:engine"\n'
    ) in text


MISSING = {
    "no board": (["docs/roadmap.md"], "no board named"),
    "no page": (["--board", URL], "no page named"),
    "a page that is not there": (["--board", URL, "gone.md"], "gone.md: no such file"),
}


@pytest.mark.parametrize(("arguments", "said"), MISSING.values(), ids=MISSING)
def test_what_is_missing(place: Place, arguments: list[str], said: str) -> None:
    """Board and pages are needed."""
    ran = place.run("init", *arguments)

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith(f"roadmap-sync: {said}\n")


def test_from_a_snapshot(place: Place) -> None:
    """A snapshot gives the same config as the board itself."""
    assert place.run("snapshot", "board.json", "docs/roadmap.md", "--board", URL).code == 0

    assert place.run("init", "--board", "board.json", "docs/roadmap.md").out.decode() == TOLD


def test_filters_from_a_snapshot(place: Place) -> None:
    """Labels that a snapshot holds make filters as well."""
    items = "".join(
        f'{{"reference": "acme/rocket#{n}", "status": "Backlog", "facts": {{"labels": ["engine"]}}}},'
        for n in (12, 13, 17)
    )
    place.write("board.json", f'{{"version": 1, "board": {{"options": ["Backlog"]}}, "items": [{items[:-1]}]}}')
    ran = place.run("init", "--board", "board.json", "docs/roadmap.md")

    assert '# filter = "label:engine"' in ran.out.decode()
    assert "\n# [board]\n# url = " in ran.out.decode()
    assert Config.from_text(ran.out.decode(), "x.toml").board is None


def test_the_example(place: Place) -> None:
    """For the example: it loads, fits page and board, adds nothing, and ticks what a run without it ticks."""
    data, text = ((ROOT / "examples" / name).read_bytes() for name in ("roadmap.md", "board.json"))
    place.write("roadmap.md", data)
    place.write("board.json", text)
    assert place.run("init", "--board", "board.json", "roadmap.md", "--write").code == 0

    made = Config.from_text(read_text(place.directory / "roadmap-sync.toml", "roadmap-sync.toml"), "roadmap-sync.toml")
    (rules,) = made.pages
    assert made.board
    assert [area.heading for area in rules.areas] == ["Offline forecasts", "Storm surge", "Inland harbours"]
    assert rules.areas[0].tracking == "tidemark-example/tidemark#41"
    plans = []
    for one in (rules, Config.from_paths(["roadmap.md"]).pages[0]):
        page = parse(data, one, "github.com")
        snapshot = loads(text.decode(), "board.json")
        plans.append(make_page_plan(page, snapshot.answer(question_of([page], made.board, made.status_field))))
    assert {change.kind for change in plans[0].changes} == {"tick"}
    assert [change.edits for change in plans[0].changes] == [change.edits for change in plans[1].changes]
    assert place.page.read_bytes() == PAGE
    assert (place.directory / "roadmap.md").read_bytes() == data
