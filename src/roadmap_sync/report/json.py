"""Owns the plan as JSON (version 1; docs/design.md, JSON), and what `sync --plan FILE` takes from a saved one.

Data, not a page: nothing is escaped but what JSON escapes, in ASCII throughout. Readers are to ignore keys that they
do not know; whoever adds one leaves the version, whoever changes or removes one raises it. Must not know files.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roadmap_sync import __version__
from roadmap_sync.board.model import Board
from roadmap_sync.errors import InputError
from roadmap_sync.plan.change import Change, Note
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.references import Reference
from roadmap_sync.report.summary import summary, unreferenced_lines

VERSION = 1

#: What is to be done to the page, apart from the reasons, which may be worded anew between two runs.
_DONE = ("kind", "line", "end_line", "column", "after_line", "area", "before", "after")
_Object = dict[str, Any]  # JSON, which has no narrower type
_WAY_OUT = "Save one with: roadmap-sync diff --out FILE"


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page of a saved plan: its digest and its changes, as values that compare. `digest` is None with an error."""

    digest: str | None
    changes: tuple[tuple[str | int | None, ...], ...]


def render(plan: Plan, exit_code: int) -> str:
    """Return the plan as JSON text, ASCII only, with a last newline; the order of keys is settled."""
    return dumps(
        {
            "version": VERSION,
            "tool": f"roadmap-sync {__version__}",
            "summary": summary(plan),
            "exit": int(exit_code),
            "board": _board(plan.board) if plan.board else None,
            "pages": [_page(page) for page in plan.pages],
            "counts": dict(plan.counts),
        }
    )


def dumps(value: _Object) -> str:
    """Return plain values as JSON text, ASCII only, with a last newline."""
    # JSON leaves DEL as it is; a terminal does not.
    return json.dumps(value, indent=2, ensure_ascii=True).replace("\x7f", "\\u007f") + "\n"


def _board(board: Board) -> _Object:
    read = board.read
    return {
        "url": board.url,
        "source": board.source,
        "digest": board.digest,
        "read": {
            "requests": read.requests,
            "points": read.points,
            "seconds": round(read.seconds, 3),
            "items": read.items,
        },
    }


def _page(plan: PagePlan) -> _Object:
    page, refusal = plan.page, plan.refusal
    total = len(page.items) if page else 0
    unreferenced = unreferenced_lines(page) if page else []
    refused = refusal and {
        "guard": refusal.guard,
        "limit": refusal.limit,
        "would_be": refusal.would_be,
    }
    return {
        "path": plan.path,
        "digest": page.digest if page else None,
        "error": str(plan.error) if plan.error else None,
        "refused": refused,
        "lines": {
            "task_items": total,
            "referenced": total - len(unreferenced),
            "unreferenced": unreferenced,
        },
        "changes": [_change(change) for change in plan.changes],
        "notes": [_note(note) for note in plan.notes],
    }


def _change(change: Change) -> _Object:
    return {
        "kind": change.kind,
        "line": change.line,
        "end_line": change.end_line,
        "column": change.column,
        "after_line": change.after_line,
        "area": change.area,
        "reference": _reference(change.reference),
        "title": change.title,
        "url": change.url,
        "status": change.status,
        "verdict": change.verdict,
        "rule": change.rule,
        "because": change.because,
        "before": change.before,
        "after": change.after,
        "caused": change.caused,
    }


def _note(note: Note) -> _Object:
    return {
        "kind": note.kind,
        "level": note.level,
        "line": note.line,
        "reference": _reference(note.reference) if note.reference else None,
        "url": note.url,
        "message": note.message,
    }


def _reference(reference: Reference) -> _Object:
    return {
        "owner": reference.owner,
        "repo": reference.repo,
        "number": reference.number,
        "spelled": reference.spelled,
    }


def saved(plan: Plan) -> dict[str, SavedPage]:
    """Return what `read_saved` would read of this plan, to be compared with what was saved before."""
    return {page.path: _saved_page(_page(page)) for page in plan.pages}


def read_saved(text: str, where: str) -> dict[str, SavedPage]:
    """Return by path what a saved plan does to each page. `where` names the file in messages.

    Raises InputError where the text is no JSON, no plan, or a plan of another version.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=where, hint=_WAY_OUT) from error
    if not isinstance(found, dict) or not isinstance(found.get("version"), int):
        raise InputError("not a plan of roadmap-sync", where=where, hint=_WAY_OUT)
    if found["version"] != VERSION:
        raise InputError(
            f"a plan of version {found['version']}; this roadmap-sync reads version {VERSION}",
            where=where,
            hint=_WAY_OUT,
        )
    try:
        return {_text(page["path"]): _saved_page(page) for page in found["pages"]}
    except (KeyError, TypeError) as error:
        raise InputError(f"not a whole plan: {error}", where=where, hint=_WAY_OUT) from error


def _saved_page(page: Mapping[str, Any]) -> SavedPage:
    digest = page["digest"]
    changes = tuple(_saved_change(change) for change in page["changes"])
    return SavedPage(None if digest is None else _text(digest), changes)


def _saved_change(change: Mapping[str, Any]) -> tuple[str | int | None, ...]:
    reference = change["reference"]
    named = (_text(reference["owner"]), _text(reference["repo"]), _number(reference["number"]))
    plain = (known if (known := change[key]) is None or isinstance(known, int) else _text(known) for key in _DONE)
    return (*plain, *named, _text(reference["spelled"]))


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError(f"{found!r} stands where a text should")
    return found


def _number(found: object) -> int:
    if not isinstance(found, int):
        raise TypeError(f"{found!r} stands where a number should")
    return found
