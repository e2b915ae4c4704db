"""Holds over every real page that pins change the lines they stand in, and nothing that a reader sees."""

import pytest

from roadmap_sync.page.parse import parse_again
from roadmap_sync.page.pins import pinned
from roadmap_sync.suggest.candidates import is_linkable
from tests.laws import statements
from tests.laws.test_corpus import DIALECTS, NAMES, read, rules_of
from tests.support import judges

pytestmark = pytest.mark.slow

PIN = " <!-- roadmap-sync: acme/rocket#7 -->"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", NAMES)
def test_pins(name, dialect):
    """Each line that may get a pin gets it; without the pins the page is byte for byte what it was."""
    page = statements.parsed(read(name), rules_of(dialect))
    lines = [item.line for item in page.items if is_linkable(page, item)]
    result = pinned(page, dict.fromkeys(lines, "acme/rocket#7"))
    after = parse_again(page, result)

    assert result.count(PIN.encode()) == len(lines) + page.data.count(PIN.encode())
    assert result.replace(PIN.encode(), b"") == page.data
    assert [item.line for item in after.items if is_linkable(after, item)] == []
    assert [item.references for item in after.items if item.line not in lines] == [
        item.references for item in page.items if item.line not in lines
    ]


@pytest.mark.parametrize("name", NAMES)
def test_readers_see_no_pin(name):
    """The renderers show the same boxes, and HTML that differs by the comments alone."""
    page = statements.parsed(read(name), rules_of("github"))
    lines = [item.line for item in page.items if is_linkable(page, item)]
    result = pinned(page, dict.fromkeys(lines, "acme/rocket#7"))

    for judge in (judges.on_github, judges.on_mkdocs):
        before, after = judge(page.data), judge(result)
        assert after.boxes == before.boxes
        assert after.rest.replace(PIN, "").replace(PIN.strip(), "") == before.rest
