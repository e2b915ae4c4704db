"""Tests the JSON report, a promise to scripts, and the reading of a saved one."""

import json
from dataclasses import replace

import pytest

from roadmap_sync.errors import InputError
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.report import json as json_report
from tests.support.makers import page
from tests.support.reported import REFUSED, TEXT, change, note, page_plan, plan

PAGE_KEYS = ["path", "digest", "error", "refused", "lines", "changes", "notes"]
CHANGE_KEYS = ["kind", "line", "end_line", "column", "after_line", "area", "reference", "title", "url", "status"]
CHANGE_KEYS += ["verdict", "rule", "because", "before", "after", "caused"]


def test_the_keys_and_their_order():
    """Exactly the settled keys, in one order: a script and a diff of two reports can rely on it."""
    value = json.loads(json_report.render(plan(), 1))
    one = value["pages"][0]

    assert list(value) == ["version", "tool", "summary", "exit", "board", "pages", "counts"]
    assert list(value["board"]) == ["url", "source", "digest", "read"]
    assert list(value["board"]["read"]) == ["requests", "points", "seconds", "items"]
    assert list(one) == PAGE_KEYS
    assert list(one["changes"][0]) == CHANGE_KEYS
    assert list(one["changes"][0]["reference"]) == ["owner", "repo", "number", "spelled"]
    assert list(one["notes"][0]) == ["kind", "level", "line", "reference", "url", "message"]


def test_the_values():
    """Version 1, the page's digest and lines, one change whole, the counts of every kind."""
    value = json.loads(json_report.render(plan(), 1))
    one = value["pages"][0]

    assert (value["version"], value["tool"], value["exit"]) == (1, "roadmap-sync 0.1.0", 1)
    assert value["board"]["read"] == {"requests": 2, "points": 3, "seconds": 0.512, "items": 6}
    assert one["digest"] == page(TEXT).digest
    assert one["digest"].startswith("sha256:")
    assert one["lines"] == {"task_items": 5, "referenced": 4, "unreferenced": [12]}
    assert one["changes"][1] == {
        "kind": "untick",
        "line": 6,
        "end_line": 6,
        "column": 4,
        "after_line": None,
        "area": "Roadmap > Engines",
        "reference": {
            "owner": "acme",
            "repo": "rocket",
            "number": 13,
            "spelled": "https://github.com/acme/rocket/issues/13#issuecomment-7",
        },
        "title": "Title 13",
        "url": "https://github.com/acme/rocket/issues/13",
        "status": "Backlog",
        "verdict": "open",
        "rule": 4,
        "because": 'Status "Backlog"',
        "before": "- [x] [Wider tank](https://github.com/acme/rocket/issues/13#issuecomment-7)",
        "after": "- [ ] [Wider tank](https://github.com/acme/rocket/issues/13#issuecomment-7)",
        "caused": True,
    }
    assert value["counts"] == {"tick": 1, "untick": 1, "strike": 1, "add": 0, "move": 0}


def test_refusals_errors_and_what_is_missing():
    """A guard's figures, an error in words with its way out; null for what is not there."""
    unread = PagePlan("gone.md", None, error=InputError("no such page", where="gone.md", hint="Look again."))
    alone = PagePlan("a.md", page("- [x] a\n"), notes=(note("guard", 0, "whole page"),))

    value = json.loads(json_report.render(Plan((page_plan(refusal=REFUSED), unread, alone)), 4))

    assert value["board"] is None
    assert value["pages"][0]["refused"] == {"guard": "tick", "limit": 50, "would_be": 80}
    assert value["pages"][1] == {
        "path": "gone.md",
        "digest": None,
        "error": "gone.md: no such page\n  Look again.",
        "refused": None,
        "lines": {"task_items": 0, "referenced": 0, "unreferenced": []},
        "changes": [],
        "notes": [],
    }
    assert value["pages"][2]["notes"][0]["reference"] is None


def test_it_is_ascii_and_obeyed_by_no_terminal():
    """Control characters and everything beyond ASCII are escaped, and come back as they were."""
    title = "é\x1b[2J\x7f\x9b\u202e\ud800🚀\n"
    shown = json_report.render(plan(page_plan(changes=(change(page(TEXT), 5, title=title),))), 0)

    assert all(character == "\n" or " " <= character <= "~" for character in shown)
    assert json.loads(shown)["pages"][0]["changes"][0]["title"] == title


def test_the_same_plan_is_the_same_bytes():
    """Nothing of the moment stands in it."""
    assert json_report.render(plan(), 0) == json_report.render(plan(), 0)


def test_a_saved_plan_equals_the_plan_it_came_from():
    """What `sync --plan` compares: the digest and the changes of every page."""
    saved = json_report.read_saved(json_report.render(plan(), 0), "plan.json")

    assert saved == json_report.saved(plan())
    assert saved["docs/roadmap.md"].digest == page(TEXT).digest
    assert len(saved["docs/roadmap.md"].changes) == 3


@pytest.mark.parametrize(
    ("more", "is_same"),
    [
        pytest.param({"because": "merged 2024-06-27"}, True, id="another reason"),
        pytest.param({"title": "renamed"}, True, id="another title"),
        pytest.param({"line": 6}, False, id="another line"),
        pytest.param({"kind": "untick"}, False, id="another kind"),
        pytest.param({"after": "- [x] other"}, False, id="another result"),
        pytest.param({"after_line": 3}, False, id="another place"),
    ],
)
def test_saved_changes_differ_by_what_they_do(more, is_same):
    """A reason may be worded anew between two runs; what is done to the page may not change."""
    known = change(page(TEXT), 5)
    one, other = (page_plan(changes=(replace(known, **fields),)) for fields in ({}, more))

    assert (json_report.saved(plan(one)) == json_report.saved(plan(other))) is is_same


def _broken(change_to_make):
    value = json.loads(json_report.render(plan(), 0))
    change_to_make(value)
    return json.dumps(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{", "not JSON: Expecting property name", id="truncated"),
        pytest.param("[]", "not a plan of roadmap-sync", id="a list"),
        pytest.param("{}", "not a plan of roadmap-sync", id="another object"),
        pytest.param('{"version": "1"}', "not a plan of roadmap-sync", id="a text as version"),
        pytest.param('{"version": 2}', "a plan of version 2; this roadmap-sync reads version 1", id="later version"),
        pytest.param('{"version": 1}', "not a whole plan: 'pages'", id="no pages"),
        pytest.param('{"version": 1, "pages": 3}', "not a whole plan: 'int' object is not iterable", id="odd pages"),
        pytest.param(
            _broken(lambda value: value["pages"][0].update(path=3)), "3 stands where a text should", id="odd path"
        ),
        pytest.param(
            _broken(lambda value: value["pages"][0]["changes"][0].update(kind=[])),
            "[] stands where a text should",
            id="odd kind",
        ),
        pytest.param(
            _broken(lambda value: value["pages"][0]["changes"][0]["reference"].update(number="7")),
            "'7' stands where a number should",
            id="odd number",
        ),
    ],
)
def test_a_wrong_file_is_said_so(text, said):
    """What is no plan, or not one of this version, is an error with the file, the fault and the way out."""
    with pytest.raises(InputError) as caught:
        json_report.read_saved(text, "plan.json")

    assert said in caught.value.what
    assert caught.value.where == "plan.json"
    assert caught.value.hint == "Save one with: roadmap-sync diff --out FILE"


def test_a_page_with_an_error_is_saved_without_digest():
    """A plan that could not read a page equals only one that could not either."""
    unread = PagePlan("gone.md", None, error=InputError("no such page"))

    saved = json_report.read_saved(json_report.render(plan(unread), 2), "plan.json")

    assert saved == {"gone.md": json_report.SavedPage(None, ())}
