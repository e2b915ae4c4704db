"""A page of which nothing could be judged is never called in step (C1)."""

import json

import pytest

from roadmap_sync.plan.plan import make_page_plan
from tests.support.makers import area_of, board, issue, link, page, unread
from tests.support.runs import CONFIG, Place, place

__all__ = ["place"]

PATH = "docs/roadmap.md"
BARE = "# R\n\n- [ ] paint\n- [x] weld\n"
NONE = f"{PATH}: nothing to check: none of 2 lines has a reference"
PAGES = {
    "no-reference": (BARE, NONE),
    "no-checklist": ("# R\n\nWords.\n", f"{PATH}: nothing to check: no checklist"),
    "empty": ("", f"{PATH}: nothing to check: no checklist"),
    "a-table": (
        "# R\n\n| a |\n| - |\n| b |\n",
        f"{PATH}: nothing to check: no checklist; the table in line 3 is not read",
    ),
    "a-near-box": ("# R\n\n- [\u00a0] [Fly](https://github.com/acme/rocket/issues/12)\n", "; 1 remark"),
    "all-struck": (
        "- [ ] ~~[Fly](https://github.com/acme/rocket/issues/12)~~\n",
        f"{PATH}: nothing to check: the only line with a reference is left alone",
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_in_every_command(place: Place, name: str) -> None:
    """C1: every command says so in its first line, and nothing says "in step"; `check` and `doctor` call it wrong."""
    text, said = PAGES[name]
    place.write(PATH, text)

    sync, diff, check = place.run("sync"), place.run("diff"), place.run("check")
    assert [sync.code, diff.code, check.code] == [0, 0, 2]
    assert all(said in line for line in (sync.out.decode().split("\n")[0], diff.err.split("\n")[0]))
    assert said in check.err.split("\n")[0]
    assert "roadmap-sync: docs/roadmap.md: nothing to check" in check.err
    assert b"in step" not in sync.out + place.run("diff", "--format", "markdown").out
    found = json.loads(place.run("check", "--format", "json").out)
    assert (said in found["summary"], found["exit"], found["counts"]["tick"]) == (True, 2, 0)
    doctor = place.run("doctor")
    assert doctor.code == 2
    assert "wrong  places      docs/roadmap.md: nothing to check" in doctor.out.decode()
    assert place.page.read_bytes() == text.encode()


@pytest.mark.parametrize(
    ("least", "code"),
    [
        pytest.param(0, 0, id="never"),
        pytest.param(1, 2, id="the-default"),
        pytest.param(None, 2, id="unset"),
    ],
)
def test_min_references_of_a_bare_page(place: Place, least: int | None, code: int) -> None:
    """C1: 0 allows a page without references; the sentence stays."""
    place.write(PATH, BARE)
    place.write("roadmap-sync.toml", CONFIG + ("" if least is None else f"min_references = {least}\n"))
    ran = place.run("check")

    assert (ran.code, ran.err.split("\n")[0]) == (code, NONE)
    assert place.run("doctor").code == code
    assert place.run("sync").code == 0


@pytest.mark.parametrize(
    ("least", "code"), [pytest.param(6, 2, id="more"), pytest.param(5, 1, id="as-many"), pytest.param(1, 1, id="less")]
)
def test_min_references_of_a_page_with_some(place: Place, least: int, code: int) -> None:
    """C1: as many lines as the config expects are enough; struck and ignored lines do not count."""
    place.write("roadmap-sync.toml", f"{CONFIG}min_references = {least}\n")
    ran = place.run("check")

    assert ran.code == code
    assert ("docs/roadmap.md: 5 places to check, where min_references is 6" in ran.err) is (code == 2)
    assert ran.out.startswith(b"docs/roadmap.md:7:4: tick")
    assert place.run("doctor").code == (2 if code == 2 else 0)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("-1", "min_references must be at least 0", id="negative"),
        pytest.param('"1"', "min_references must be a whole number", id="text"),
        pytest.param("true", "min_references must be a whole number", id="boolean"),
    ],
)
def test_min_references_is_a_number(place: Place, value: str, said: str) -> None:
    """C1: anything else is an error with the config's line."""
    place.write("roadmap-sync.toml", f"{CONFIG}min_references = {value}\n")
    ran = place.run("diff")

    assert (ran.code, f"roadmap-sync.toml:10: {said}" in ran.err) == (2, True)


def test_against_a_base(place: Place) -> None:
    """C1: a comparison with a base that has no reference either is no reason to call the page fine."""
    place.write(PATH, BARE)
    place.write("old.md", BARE)

    assert place.run("check", "--base-page", "old.md").code == 2


@pytest.mark.parametrize(
    ("text", "known", "more", "expected"),
    [
        pytest.param(f"- [ ] {link(1)}\n", {}, {}, False, id="not-found"),
        pytest.param(f"- [ ] {link(1)}\n- [x] {link(2)}\n", {"acme/rocket#1": unread()}, {}, False, id="none-found"),
        pytest.param(f"- [ ] {link(1)}\n- [ ] {link(9)}\n", {"acme/rocket#1": issue(1)}, {}, True, id="one-of-two"),
        pytest.param(f"- [ ] {link(1)} {link(9)}\n", {"acme/rocket#1": issue(1)}, {}, True, id="one-of-one-line"),
        pytest.param("- [ ] a\n", {}, {}, True, id="no-reference"),
        pytest.param(
            f"# A\n\n- [ ] {link(1)}\n", {}, {"areas": (area_of("A", filter="label:x"),)}, True, id="an-area-that-adds"
        ),
    ],
)
def test_nothing_known(text, known, more, expected):
    """C1: a page of whose lines no verdict is known is not in step either."""
    plan = make_page_plan(page(text, **more), board(extra=known))

    assert plan.is_known is expected


@pytest.mark.parametrize(
    ("text", "more", "places"),
    [
        pytest.param(f"- [ ] {link(1)}\n- [ ] b\n- [ ] {link(2)} {link(3)}\n", {}, 2, id="lines"),
        pytest.param("# A\n\n# B\n", {"areas": (area_of("A", filter="x"), area_of("B"))}, 1, id="an-area-that-adds"),
        pytest.param("# A\n", {"areas": (area_of("A", tracking="acme/rocket#1"),)}, 1, id="an-area-that-is-tracked"),
        pytest.param(f"# A\n\n- [ ] {link(1)}\n\n# B\n", {"sections": ("B",)}, 0, id="outside-the-sections"),
        pytest.param(f"- [ ] {link(1)} <!-- roadmap-sync: known -->\n", {}, 1, id="known"),
    ],
)
def test_places(text, more, places):
    """C1: what counts as a place that is judged."""
    assert make_page_plan(page(text, **more), board()).places == places
