"""`link` writes the rest of a list whose first pins are there, and proposes nothing that was given up (C19)."""

import pytest

from tests.support import runs
from tests.support.runs import Place, place

__all__ = ["place"]

PAGE = runs.PAGE.replace(b"Paint the whole hull", b"Our hull: paint!")
PIN = b" <!-- roadmap-sync: acme/rocket#16 -->"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param("7,15", b"1 pin written, in line 15\n", id="the-rest"),
        pytest.param("7", b"1 pin proposed for 1 line", id="nothing-left"),
    ],
)
def test_a_line_that_has_its_pin(place: Place, lines: str, said: bytes) -> None:
    """C19: a line that has its pin already is passed over, and the others are written."""
    page = PAGE.replace(
        b"[Fly](https://github.com/acme/rocket/issues/12)", b"Fly <!-- roadmap-sync: acme/rocket#12 -->", 1
    )
    place.write("docs/roadmap.md", page)
    ran = place.run("link", "--write", lines)
    assert (ran.code, said in ran.out) == (0, True), ran.err
    assert place.page.read_bytes() == (page.replace(b"paint!", b"paint!" + PIN) if "15" in lines else page)


def test_an_item_that_was_given_up(place: Place) -> None:
    """C19: an item that was closed as not planned is shown beside a line that has its very words, and not proposed."""
    place.write("docs/roadmap.md", PAGE)
    place.server.world.repository("acme/rocket").issue(16, "Our hull: paint!", state="CLOSED", reason="NOT_PLANNED")
    ran = place.run("link", "--write", "15")
    assert (ran.code, "it was given up; nothing was written" in ran.err) == (2, True)
    assert place.page.read_bytes() == PAGE
