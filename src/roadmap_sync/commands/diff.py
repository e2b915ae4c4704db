"""Owns the dry run: the plan shown, or saved as JSON, and nothing else written."""

from roadmap_sync.commands.desk import load_plan, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of
from roadmap_sync.report import json, text
from roadmap_sync.report.forms import show
from roadmap_sync.report.summary import summary
from roadmap_sync.report.words import Shown


def run(invocation: Invocation, form: str, notes: Shown, *, out: str, is_exit_code: bool, color: bool) -> Outcome:
    """Show what `sync` would do; `out` saves it for `sync --plan`."""
    desk, plan = load_plan(invocation)
    code = exit_of(plan, is_difference_told=is_exit_code)
    if out:
        desk.tree.write(out, json.render(plan, code).encode())
    first = (summary(plan), *text.note_lines(plan, notes)) if form == "diff" else ()
    return Outcome(
        exit=code,
        result=show(plan, form, notes, code, color=color),
        said=(*first, *remarks_of(desk, plan.board)),
        errors=errors_of(plan),
        plan=plan,
        saved=out,
    )
