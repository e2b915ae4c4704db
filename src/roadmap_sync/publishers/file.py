"""Owns writing a plan into the page's own file; must not know GitHub."""

from dataclasses import replace

from roadmap_sync.errors import RoadmapSyncError
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.worktree import Worktree


def publish(plan: Plan, tree: Worktree) -> Plan:
    """Write each page that may be written; return the plan with the error of each that could not be.

    One page's error does not keep the others from being written.
    """
    return replace(plan, pages=tuple(_published(page, tree) for page in plan.pages))


def _published(plan: PagePlan, tree: Worktree) -> PagePlan:
    if plan.page is None or not plan.is_writable:
        return plan
    try:
        tree.replace(plan.path, plan.page.data, plan.result)
    except RoadmapSyncError as error:
        return replace(plan, error=error)
    return plan
