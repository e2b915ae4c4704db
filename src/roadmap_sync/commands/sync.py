"""Owns the command that writes: the pages' own files, or, with a saved plan, exactly what was saved."""

from roadmap_sync.commands.desk import load_plan, read_file, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of
from roadmap_sync.errors import RefusedError
from roadmap_sync.plan.plan import Plan
from roadmap_sync.publishers.delivery import Checkout
from roadmap_sync.publishers.destinations import FILES
from roadmap_sync.report.forms import show
from roadmap_sync.report.json import SavedPage, read_saved, saved
from roadmap_sync.report.words import Shown


def run(invocation: Invocation, form: str, notes: Shown, to: str, *, plan_file: str, color: bool) -> Outcome:
    """Make the plan true. Raises RefusedError where it is not the one in `plan_file`, and writes nothing then."""
    desk, plan = load_plan(invocation)
    if plan_file:
        _hold_against(plan, read_saved(read_file(desk, plan_file), plan_file), plan_file)
    plan = FILES[to].deliver(Checkout(plan, desk.tree)).plan
    code = exit_of(plan)
    is_wanted = form != "text" or not invocation.is_quiet
    return Outcome(
        exit=code,
        result=show(plan, form, notes, code, color=color) if is_wanted else b"",
        said=remarks_of(desk, plan.board),
        errors=errors_of(plan),
        plan=plan,
    )


def _hold_against(plan: Plan, then: dict[str, SavedPage], where: str) -> None:
    now = saved(plan)
    lines = [line for path in sorted({*then, *now}) for line in _differences(path, then.get(path), now.get(path))]
    if lines:
        raise RefusedError(
            "this is not what there is to do now; nothing was written",
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
