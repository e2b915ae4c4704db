"""Owns holding a plan against its base: what was due there already is told apart from what came since.

Must not know where the base's bytes come from: git, a file, or GitHub.
"""

from collections.abc import Sequence
from dataclasses import replace

from roadmap_sync.board.model import Board
from roadmap_sync.commands.desk import Desk, Reading, dialect_above, plan_page
from roadmap_sync.errors import InputError
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.plan import PagePlan, Plan, caused
from roadmap_sync.rules import Rules


def base_of(desk: Desk, rules: Rules, data: bytes | None, name: str) -> Reading:
    """Locate the page as the base has it; neither page nor error where the base has none (`data` is None).

    The config's headings are not held against it: it may be older than the config. `name` names it in errors.
    """
    if data is None:
        return Reading(rules)
    try:
        one = replace(rules, is_docusaurus=desk.tree.is_docusaurus(rules.path))
        page = parse(data, one, desk.address.host, dialect_above(desk.tree, rules.path))
    except InputError as error:
        return Reading(rules, error=InputError(error.what, where=f"{error.where} in {name}", hint=error.hint))
    return Reading(rules, page)


def against(desk: Desk, plan: Plan, then: Sequence[Reading], board: Board | None) -> Plan:
    """Return the plan with what its base does not call for marked as caused; `then` are its pages, in order."""
    return replace(plan, pages=tuple(_against(desk, *pair, board) for pair in zip(plan.pages, then, strict=True)))


def _against(desk: Desk, plan: PagePlan, then: Reading, board: Board | None) -> PagePlan:
    if then.error is not None and plan.error is None:
        return replace(plan, error=then.error)
    base = plan_page(desk, then, board) if then.page else PagePlan(plan.path, None)
    return caused(plan, base)
