"""Owns the table of report forms: what `--format` may name, and which function renders it.

A new form is one module beside this one and one row. The command line reads the names for its help, so this module is
light to import: a form's own module is imported when that form is asked for, and rows are named tuples, which start
faster than dataclasses. Must not know what was done with a plan.
"""

from typing import TYPE_CHECKING, NamedTuple

from roadmap_sync.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from roadmap_sync.plan.plan import Plan
    from roadmap_sync.report.words import Shown


class Look(NamedTuple):
    """What a form may take into account besides the plan: which notes to show, the exit code, whether to colour.

    `is_written` tells that the pages' files were written, not only planned.
    """

    notes: "Shown"
    exit: Exit
    color: bool
    is_written: bool


class Form(NamedTuple):
    """One form of report. `is_patch` is true where it holds the changes alone, for another program to apply.

    `render` returns bytes, so that a page's own line ends survive in a diff.
    """

    name: str
    is_patch: bool
    render: "Callable[[Plan, Look], bytes]"


def _diff(plan: "Plan", _look: Look) -> bytes:
    from roadmap_sync.report import diff

    return diff.render(plan)


def _text(plan: "Plan", look: Look) -> bytes:
    from roadmap_sync.report import text

    return text.render(plan, notes=look.notes, color=look.color, is_written=look.is_written).encode()


def _markdown(plan: "Plan", look: Look) -> bytes:
    from roadmap_sync.report import markdown

    return markdown.render(plan, notes=look.notes).encode()


def _json(plan: "Plan", look: Look) -> bytes:
    from roadmap_sync.report import json

    return json.render(plan, look.exit).encode()


FORMS = (
    Form("diff", is_patch=True, render=_diff),
    Form("text", is_patch=False, render=_text),
    Form("markdown", is_patch=False, render=_markdown),
    Form("json", is_patch=False, render=_json),
)

_BY_NAME = {form.name: form for form in FORMS}


def show(plan: "Plan", form: str, look: Look) -> bytes:
    """Return the plan in the form of that name. Raises KeyError where the table has none."""
    return _BY_NAME[form].render(plan, look)
