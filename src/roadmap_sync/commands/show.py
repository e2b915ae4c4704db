"""Owns which report a `--format` is; must not know what was done with the plan."""

from typing import Literal

from roadmap_sync.errors import Exit
from roadmap_sync.plan.plan import Plan
from roadmap_sync.report import diff, json, markdown, text
from roadmap_sync.report.words import Shown

Form = Literal["diff", "text", "markdown", "json"]

__all__ = ["Form", "Shown", "show"]


def show(plan: Plan, form: Form, notes: Shown, code: Exit, *, color: bool) -> bytes:
    """Return the plan in the form that was asked for. Bytes, so that a page's own line ends survive in a diff."""
    match form:
        case "diff":
            return diff.render(plan)
        case "text":
            return text.render(plan, notes=notes, color=color).encode()
        case "markdown":
            return markdown.render(plan, notes=notes).encode()
        case "json":
            return json.render(plan, code).encode()
