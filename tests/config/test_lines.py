"""Where keys stand in TOML."""

import tomllib

import pytest

from roadmap_sync.config.lines import KeyPath, find_lines

TEXT = '''# a comment with [a] and = in it
title = "x"  # [no.table]
[board]
url = """
[[not.a.table]]
k = "v"
""""
"quoted.key" = 'a # b'
dotted . name = 2024-01-01 10:00:00

[[pages]]
path = "a.md"
sections = [
  "One",  # ] "no"
  # "commented",
  'Two',
]
[pages.legend]
heading = "L"
[[pages.areas]]
heading = "A"
[[pages.areas]]
heading = "B"
except = ["#1", ["x", {y = 1}]]
[[pages]]
path = "b.md"
[[pages.areas]]
heading = "C"
lifecycle = { launched = [1, 2], "d" = "}" }
last = true
'''

PLACES: dict[str, tuple[KeyPath, int]] = {
    "top key": (("title",), 2),
    "table": (("board",), 3),
    "multi-line string": (("board", "url"), 4),
    "key after it": (("board", "quoted.key"), 8),
    "dotted key": (("board", "dotted", "name"), 9),
    "first of an array of tables": (("pages", 0), 11),
    "the array": (("pages",), 11),
    "element": (("pages", 0, "sections", 0), 14),
    "element after a comment": (("pages", 0, "sections", 1), 16),
    "table in an array's element": (("pages", 0, "legend", "heading"), 19),
    "nested array of tables": (("pages", 0, "areas", 1, "heading"), 23),
    "array in an array": (("pages", 0, "areas", 1, "except", 1, 1, "y"), 24),
    "second page": (("pages", 1, "path"), 26),
    "its first area": (("pages", 1, "areas", 0), 27),
    "inline table": (("pages", 1, "areas", 0, "lifecycle", "d"), 29),
    "after an inline table": (("pages", 1, "areas", 0, "last"), 30),
}


@pytest.mark.parametrize(("path", "line"), PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_find_lines(path: KeyPath, line: int, line_end: str) -> None:
    """Each key is found on its own line, whatever the line ends."""
    text = TEXT.replace("\n", line_end)
    tomllib.loads(text)

    assert find_lines(text)[path] == line


def test_every_value_has_a_line() -> None:
    """No key that tomllib knows is without a line."""

    def walk(value: object, path: KeyPath) -> list[KeyPath]:
        if isinstance(value, dict):
            return [p for key, inner in value.items() for p in [(*path, key), *walk(inner, (*path, key))]]
        if isinstance(value, list):
            return [p for i, inner in enumerate(value) for p in [(*path, i), *walk(inner, (*path, i))]]
        return []

    assert set(walk(tomllib.loads(TEXT), ())) == set(find_lines(TEXT))


def test_an_empty_text_has_no_keys() -> None:
    """Nothing is found where nothing is."""
    assert find_lines("") == {}
    assert find_lines("# only a comment") == {}
