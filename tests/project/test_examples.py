"""Tests that the worked example is whole, in force, and shows what it is there to show."""

import re
import tomllib
from pathlib import Path

import pytest

from roadmap_sync.config.file import Config, check_headings, check_statuses
from roadmap_sync.config.tables import ConfigTable
from roadmap_sync.page.dialects import MKDOCS
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.plan import make_page_plan, question_of
from roadmap_sync.reading.snapshot import loads
from roadmap_sync.worktree import read_text

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config.toml"
BOARD = (ROOT / "examples" / "board.json").read_text(encoding="utf-8")


@pytest.fixture
def planned():
    """The example's config, page and board, and the plan of the three."""
    asked = Config.from_text(read_text(CONFIG, "config.toml"), "config.toml")
    (rules,) = asked.pages
    page = parse((ROOT / rules.path).read_bytes(), rules, asked.board.host)
    board = loads(BOARD, "board.json").answer(question_of([page], asked.board, asked.status_field))
    return asked, page, board, make_page_plan(page, board)


def _keys(schema, definitions):
    """Every key that a config may hold, tables within tables included."""
    for key, value in schema.get("properties", {}).items():
        yield key
        for name in re.findall(r"#/\$defs/(\w+)", str(value)):
            yield from _keys(definitions[name], definitions)


def test_the_config_shows_every_key():
    """Nothing that can be set is missing in the example; a key that excludes another stands in a comment."""
    schema = ConfigTable.model_json_schema()
    text = CONFIG.read_text(encoding="utf-8")
    keys = set(_keys(schema, schema["$defs"]))

    assert "max_untick" in keys
    assert {key for key in keys if not re.search(rf"^\[*(?:\w+\.)*{key}\b|`{key} = ", text, re.MULTILINE)} == set()


def test_each_key_has_a_comment():
    """A line above each key says what it means; keys of one kind share one."""
    lines = CONFIG.read_text(encoding="utf-8").splitlines()
    tables = tomllib.loads("\n".join(lines))

    for table in ("board", "statuses", "policy", "notes"):
        for key in tables[table]:
            assert lines[next(n for n, line in enumerate(lines) if line.startswith(f"{key} = ")) - 1].startswith("#")


def test_the_config_fits_page_and_board(planned):
    """Every heading and Status that the config names is there."""
    asked, page, board, _ = planned

    check_headings(asked, asked.pages[0], page)
    check_statuses(asked, board.options)


def test_the_plan_shows_what_the_tool_is_for(planned):
    """Ticks in a list, nested, and by a pin; notes of every weight; nothing refused, everything proved."""
    _, page, _, plan = planned

    assert page.dialect is MKDOCS
    assert [(change.line, change.kind, change.rule) for change in plan.changes] == [
        (30, "tick", 3),
        (32, "tick", 5),
        (50, "tick", 3),
        (65, "tick", 3),
    ]
    assert {note.kind for note in plan.notes} >= {"dropped", "done-but-cancelled", "ambiguous", "ticked-over-open"}
    assert (plan.refusal, plan.error) == (None, None)
