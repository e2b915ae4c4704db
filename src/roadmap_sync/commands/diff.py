"""Owns `diff`, the dry run: the plan is shown, or saved as JSON, and nothing else is written."""

from roadmap_sync.commands.desk import load_plan, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of, show
from roadmap_sync.report import json, text
from roadmap_sync.report.summary import summary


def run(invocation: Invocation, *, out: str, is_exit_code: bool) -> Outcome:
    """Show what `sync` would do; save it as `out`, where that is given, for `sync --plan`."""
    desk, plan = load_plan(invocation)
    code = exit_of(plan, is_difference_told=is_exit_code)
    if out:
        desk.tree.write(out, json.render(plan, code).encode())
    first = (summary(plan), *text.note_lines(plan, invocation.notes)) if invocation.form == "diff" else ()
    return Outcome(
        exit=code,
        result=show(plan, invocation, code),
        said=(*first, *remarks_of(desk)),
        errors=errors_of(plan),
        plan=plan,
        saved=out,
    )
