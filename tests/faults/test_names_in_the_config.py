"""Names in the config: two spellings of one letter (B18), backslashes in paths (B17), headings that are gone (B15)."""

import unicodedata

import pytest

from tests.standin import Server, World
from tests.support.runs import CONFIG, PAGE, Place, place

__all__ = ["place"]

AREA = '[[pages.areas]]\nheading = "Hull"\n'
FORMS = [
    pytest.param("NFC", "NFD", id="decomposed-config"),
    pytest.param("NFD", "NFC", id="decomposed-board-and-page"),
    pytest.param("NFD", "NFD", id="both-decomposed"),
    pytest.param("NFC", "NFC", id="both-composed"),
]


@pytest.mark.parametrize(("board", "config"), FORMS)
def test_two_spellings_of_one_letter(place: Place, board: str, config: str) -> None:
    """B18: options and headings are the same name however their accents are typed; GitHub is asked in its own way."""
    world = World()
    rocket, ready = world.repository("acme/rocket"), unicodedata.normalize(board, "Prêt")
    done = unicodedata.normalize(board, "Café")
    made = world.project("acme", 3, statuses=("Backlog", ready, done))
    made.put(rocket.issue(14, "Hover", state="CLOSED", reason="COMPLETED"), done)
    made.put(rocket.issue(17, "Sail"), ready)
    for number in (12, 13):
        rocket.issue(number)
    rocket.pull(15)
    place.server = Server(world)
    place.write("docs/roadmap.md", PAGE.replace(b"## Hull", unicodedata.normalize(board, "## Hüll").encode()))
    text = CONFIG.replace('["Shipped"]', '["Café"]\nadd = ["Prêt"]')
    text += '[[pages.areas]]\nheading = "Hüll"\nfilter = "is:issue"\n'
    place.write("roadmap-sync.toml", unicodedata.normalize(config, text))
    ran = place.run("sync", "docs/roadmap.md")
    assert (ran.code, b"- [x] [Hover]" in place.page.read_bytes()) == (0, True), ran.err
    assert b"issues/17" in place.page.read_bytes()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param(r'"docs\roadmap.md"', "docs/roadmap.md", id="read-as-a-carriage-return"),
        pytest.param(r'"docs\new.md"', "docs/new.md", id="read-as-a-line-end"),
        pytest.param(r"'docs\roadmap.md'", "docs/roadmap.md", id="literal"),
        pytest.param(r'"docs\\plans\\2027.md"', "docs/plans/2027.md", id="doubled"),
    ],
)
def test_backslash_in_a_path(place: Place, written: str, meant: str) -> None:
    """B17: a path with a backslash, or with what TOML makes of one, is told to be written with a slash."""
    place.write("roadmap-sync.toml", CONFIG.replace('"docs/roadmap.md"', written))
    ran = place.run("check")
    assert ran.code == 2
    assert "roadmap-sync.toml:8: a path is written with /, not with a backslash" in ran.err
    assert f'Write "{meant}".' in ran.err


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        pytest.param("", 1, id="adds-and-tracks-nothing"),
        pytest.param('filter = "is:issue"\n', 2, id="adds"),
        pytest.param('tracking = "#12"\n', 2, id="tracks"),
    ],
)
def test_heading_that_is_gone(place: Place, keys: str, code: int) -> None:
    """B15: the heading of an area may be gone where nothing depends on it; `doctor` tells so."""
    config = CONFIG.replace('["Shipped"]', '["Shipped"]\nadd = ["Backlog"]')
    place.write("roadmap-sync.toml", config + AREA + keys)
    place.write("docs/roadmap.md", PAGE.replace(b"## Hull", b"## Body"))
    ran = place.run("check")
    assert (ran.code, "Hull" in ran.err) == (code, code == 2)
    told = place.run("doctor").out.decode()
    assert ('"Hull" of the config is not there, and adds nothing' in told) == (code == 1)


def test_heading_that_is_there_twice(place: Place) -> None:
    """B15: a heading that is there twice stays an error, since nobody can tell which is meant."""
    place.write("roadmap-sync.toml", CONFIG + AREA)
    place.write("docs/roadmap.md", PAGE + b"\n## Hull\n")
    assert place.run("check").code == 2


def test_missing_token(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """C18: the message about a missing token names the variable of this program first."""
    monkeypatch.delenv("GH_TOKEN")
    ran = place.run("check")
    assert (ran.code, "Set ROADMAP_SYNC_TOKEN (or GH_TOKEN)" in ran.err) == (2, True)


def test_missing_snapshot(place: Place) -> None:
    """C18: the message about a snapshot that is not there tells how to make it; for a folder it does not."""
    ran = place.run("check", "--board", "board.json")
    hint = "Record the board first: roadmap-sync snapshot board.json"
    assert (ran.code, ran.err) == (2, f"roadmap-sync: board.json: no such file\n  {hint}\n")
    ran = place.run("check", "--board", "docs")
    assert (ran.code, "Record the board first" in ran.err) == (2, False)
