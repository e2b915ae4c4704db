"""Where a pin goes, and that nothing else moves."""

import pytest

from roadmap_sync.errors import RefusedError
from roadmap_sync.page.pins import pinned
from tests.support import makers

PIN = "<!-- roadmap-sync: acme/rocket#7 -->"

PAGES = {
    "at the end": ("- [ ] Paint\n", f"- [ ] Paint {PIN}\n"),
    "before trailing blanks": ("- [ ] Paint \t\n", f"- [ ] Paint {PIN} \t\n"),
    "a page without a last newline": ("- [ ] Paint", f"- [ ] Paint {PIN}"),
    "its first line": ("- [ ] Paint\n  it red\n", f"- [ ] Paint {PIN}\n  it red\n"),
    "a hard break of blanks": ("- [ ] Paint  \n  it red\n", f"- [ ] Paint {PIN}  \n  it red\n"),
    "a hard break of a backslash": ("- [ ] Paint\\\n  it red\n", f"- [ ] Paint {PIN}\\\n  it red\n"),
    "an escaped backslash": ("- [ ] Paint\\\\\n  it red\n", f"- [ ] Paint\\\\ {PIN}\n  it red\n"),
    "a backslash at the end": ("- [ ] Paint\\\n", f"- [ ] Paint\\ {PIN}\n"),
    "other line ends": ("- [ ] Paint\r\n\r\n- [x] Sail\r\n", f"- [ ] Paint {PIN}\r\n\r\n- [x] Sail\r\n"),
    "a subtree": ("- [ ] Paint\n    - [ ] Red\n", f"- [ ] Paint {PIN}\n    - [ ] Red\n"),
    "a quote": ("> - [ ] Paint\n>   it\n", f"> - [ ] Paint {PIN}\n>   it\n"),
    "no words": ("- [ ]\n", f"- [ ] {PIN}\n"),
    "a comment there": ("- [ ] Paint <!-- slowly -->\n", f"- [ ] Paint <!-- slowly --> {PIN}\n"),
    "other letters": ("- [ ] Größe 船\n", f"- [ ] Größe 船 {PIN}\n"),
}


@pytest.mark.parametrize(("before", "after"), PAGES.values(), ids=PAGES)
def test_pinned(before: str, after: str) -> None:
    """A pin goes to the end of the item's first line, and nowhere else."""
    assert pinned(makers.page(before), {1: "acme/rocket#7"}).decode() == after


def test_two_lines() -> None:
    """Each line named gets its own, a draft's included; others get none."""
    page = makers.page("- [ ] One\n- [ ] Two\n- [ ] Three\n")

    assert pinned(page, {1: "acme/rocket#7", 3: "PVTI_one"}).decode() == (
        f"- [ ] One {PIN}\n- [ ] Two\n- [ ] Three <!-- roadmap-sync: PVTI_one -->\n"
    )


REFUSED = {
    "in code": "- [ ] Run `make\n  hull` twice\n",
    "in a comment": "- [ ] Run <!-- make\n  hull --> twice\n",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_line_that_ends_in_code(text: str) -> None:
    """Where a comment would not be one, nothing is written."""
    with pytest.raises(RefusedError, match=r"roadmap\.md:1"):
        pinned(makers.page(text), {1: "acme/rocket#7"})
