"""Owns `sync` to files: the pages here are written; with a saved plan, only where the plan is still the same."""

from roadmap_sync.commands.desk import load_plan, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of, show_published
from roadmap_sync.errors import RefusedError
from roadmap_sync.plan.plan import Plan
from roadmap_sync.publishers.delivery import Checkout
from roadmap_sync.publishers.destinations import FILES
from roadmap_sync.report.json import SavedPage, read_saved, saved
from roadmap_sync.report.summary import written
from roadmap_sync.worktree import read_text


def run(invocation: Invocation, to: str, *, plan_file: str) -> Outcome:
    """Carry the plan out. Raises RefusedError, before anything is written, where it differs from `plan_file`."""
    desk, plan = load_plan(invocation)
    if plan_file:
        _compare(plan, read_saved(read_text(desk.tree.directory / plan_file, plan_file), plan_file), plan_file)
    plan = FILES[to].deliver(Checkout(plan, desk.tree)).plan
    code = exit_of(plan)
    return Outcome(
        exit=code,
        result=show_published(plan, invocation, code, is_written=True),
        said=(*(() if invocation.form == "text" else written(plan)), *remarks_of(desk)),
        errors=errors_of(plan),
        plan=plan,
    )


def _compare(plan: Plan, then: dict[str, SavedPage], where: str) -> None:
    now = saved(plan)
    lines = [line for path in sorted({*then, *now}) for line in _differences(path, then.get(path), now.get(path))]
    if lines:
        raise RefusedError(
            "the plan has changed since it was saved; nothing was written",
            where=where,
            hint="\n  ".join([*lines, "Look at the new plan, and save it: roadmap-sync diff --out FILE"]),
        )


def _differences(path: str, then: SavedPage | None, now: SavedPage | None) -> list[str]:
    """Say how a page and its changes differ from what was saved; nothing where they do not."""
    if then is None or now is None:
        return [f"{path}: {'was not' if then is None else 'is no longer'} among the pages"]
    lines = [] if then.digest == now.digest else [f"{path}: the page has changed since"]
    gone = [change for change in then.changes if change not in now.changes]
    come = [change for change in now.changes if change not in then.changes]
    lines += [f"{path}:{change[1]}: {change[0]} was planned then, and is not now" for change in gone]
    lines += [f"{path}:{change[1]}: {change[0]} is planned now, and was not then" for change in come]
    return lines
