"""The command that proposes pins and writes those that a person names."""

import json

import pytest

from tests.standin import Server
from tests.support import runs
from tests.support.runs import Place, place

__all__ = ["place"]

PAGE = runs.PAGE.replace(b"Paint the whole hull", b"Our hull: paint!")
PIN = b"<!-- roadmap-sync: acme/rocket#16 -->"
PINNED = PAGE.replace(b"paint!", b"paint! " + PIN)

TOLD = """\
docs/roadmap.md: 1 pin proposed for 1 line without a reference

docs/roadmap.md:15: Our hull: paint!
  100  issue acme/rocket#16 Paint the hull
       open: Status "Backlog"
       in common: paint, hull

Look at each, and pin those that are right:
  roadmap-sync link docs/roadmap.md --write 15
"""


@pytest.fixture(autouse=True)
def _line(place: Place) -> None:
    """One item of the board is all but the same as a line."""
    place.write("docs/roadmap.md", PAGE)


def test_proposals(place: Place) -> None:
    """Each line with its item, score, verdict and reasons, and the way to write it; nothing is written."""
    ran = place.run("link")

    assert (ran.code, ran.out.decode(), ran.err) == (0, TOLD, "")
    assert place.page.read_bytes() == PAGE


def test_json(place: Place) -> None:
    """The same as data; what is private is not in it."""
    ran = place.run("link", "--format", "json")
    told = json.loads(ran.out)

    (page,) = told.pop("pages")
    (line,) = page.pop("lines")
    (candidate,) = line.pop("candidates")
    assert (told["version"], told["exit"], told["board"]["source"]) == (1, 0, "live")
    assert told["summary"] == TOLD.splitlines()[0]
    assert (page["path"], page["error"], page["written"]) == ("docs/roadmap.md", None, [])
    assert line == {
        "line": 15,
        "text": "Our hull: paint!",
        "section": "Roadmap > Hull",
        "ticked": False,
        "proposed": "acme/rocket#16",
        "against": "",
    }
    assert candidate == {
        "reference": "acme/rocket#16",
        "kind": "issue",
        "title": "Paint the hull",
        "url": "https://github.com/acme/rocket/issues/16",
        "status": "Backlog",
        "verdict": "open",
        "because": 'Status "Backlog"',
        "score": 100,
        "reasons": ["in common: paint, hull"],
    }
    assert b"secret" not in ran.out


def test_write(place: Place) -> None:
    """The pin of the line that is named is written, and nothing else; then nothing is left to propose."""
    ran = place.run("link", "--write", "15")

    assert (ran.code, ran.out) == (0, b"docs/roadmap.md: 1 pin written, in line 15\n")
    assert place.page.read_bytes() == PINNED
    assert place.run("link").out == b"docs/roadmap.md: no line without a reference\n"


def test_quiet(place: Place) -> None:
    """With --quiet the deed is its own word; data is asked for."""
    assert place.run("link", "--write", "15", "-q").out == b""
    assert place.page.read_bytes() == PINNED
    assert json.loads(place.run("link", "-q", "--format", "json").out)["pages"][0]["lines"] == []


def test_what_binds_items(place: Place) -> None:
    """Labels that an item shares with those that its area names are a reason."""
    world = runs.small_world()
    for number in (12, 13, 16):
        world.repository("acme/rocket").numbers[number].labels = ("hull",)
    place.server = Server(world)

    assert place.run("link").out.decode() == TOLD.replace(
        "paint, hull\n", 'paint, hull\n       the label "hull", as others of its area\n'
    )


BAD_LINES = {
    "no number": ("x", '--write: "x" names no lines\n  Write numbers with commas: --write 12,31\n'),
    "a line with a reference": ("15,7", "docs/roadmap.md:7: this line cannot get a pin; nothing was written\n"),
    "no line at all": ("15, 99", "docs/roadmap.md:99: this line cannot get a pin; nothing was written\n"),
}


@pytest.mark.parametrize(("lines", "said"), BAD_LINES.values(), ids=BAD_LINES)
def test_lines_that_cannot_be_pinned(place: Place, lines: str, said: str) -> None:
    """One wrong line, and none is written."""
    ran = place.run("link", "--write", lines)

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith(f"roadmap-sync: {said}")
    assert place.page.read_bytes() == PAGE


UNCLEAR = {
    "near": (
        b"Paint the hull with tar, and oil all oars",
        "no pin is proposed for this line: its score is below 92; nothing",
    ),
    "nothing near": (b"Zebra", "no pin is proposed for this line; nothing was written"),
}


@pytest.mark.parametrize(("line", "said"), UNCLEAR.values(), ids=UNCLEAR)
def test_a_line_without_a_proposal(place: Place, line: bytes, said: str) -> None:
    """Only what stands out is written: for the rest a person has to know."""
    text = PAGE.replace(b"Our hull: paint!", line)
    place.write("docs/roadmap.md", text)
    ran = place.run("link", "--write", "15")

    assert ran.code == 2
    assert ran.err.startswith(f"roadmap-sync: docs/roadmap.md:15: {said}")
    assert place.page.read_bytes() == text


def test_unclear_lines(place: Place) -> None:
    """What is near but does not stand out is named, with the command that tells more."""
    place.write("docs/roadmap.md", PAGE.replace(b"Our hull: paint!", b"Paint the hull with tar, and oil all oars"))

    assert place.run("link").out.decode() == (
        "docs/roadmap.md: 0 pins proposed for 1 line without a reference; 1 unclear\n\n"
        "Unclear; the nearest are told by: roadmap-sync explain docs/roadmap.md:LINE\n"
        "  15: Paint the hull with tar, and oil all oars (its score is below 92)\n"
    )


def test_several_pages(place: Place) -> None:
    """Numbers of lines need one page; a page that cannot be read does not keep the others from being looked at."""
    config = (place.directory / "roadmap-sync.toml").read_text()
    place.write("roadmap-sync.toml", config + '[[pages]]\npath = "gone.md"\n')

    ran = place.run("link", "--write", "15")
    assert ran.code == 2
    assert ran.err == (
        "roadmap-sync: roadmap-sync.toml: --write needs one page, and there are 2\n"
        "  Name it: roadmap-sync link docs/roadmap.md --write 15\n"
    )
    ran = place.run("link")
    assert ran.code == 2
    assert ran.out.decode() == TOLD.replace("\n", "\ngone.md: no such file\n", 1)
    assert ran.err.startswith("roadmap-sync: gone.md: no such file\n")
    ran = place.run("link", "gone.md", "--write", "15")
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith("roadmap-sync: gone.md: no such file\n")
    assert json.loads(place.run("link", "--format", "json").out)["pages"][1] == {
        "path": "gone.md",
        "digest": None,
        "error": "gone.md: no such file\n  Paths are relative to the working directory.",
        "written": [],
        "lines": [],
    }


def test_no_checklist(place: Place) -> None:
    """Where there is nothing to link, nothing is asked."""
    place.write("docs/roadmap.md", "# Roadmap\n")

    assert place.run("link").out == b"docs/roadmap.md: nothing to check: no checklist\n"
    assert place.server.log == []
