"""Owns writing a plan into the page's own file; must not know GitHub."""

from dataclasses import replace

from roadmap_sync.errors import RoadmapSyncError
from roadmap_sync.plan.plan import PagePlan
from roadmap_sync.publishers.delivery import Checkout, Delivered
from roadmap_sync.worktree import Worktree


async def publish(job: Checkout) -> Delivered:
    """Write each page that may be written. One page's error does not keep the others from being written."""
    pages = tuple(_published(page, job.tree) for page in job.plan.pages)
    return Delivered("written", replace(job.plan, pages=pages))


def _published(plan: PagePlan, tree: Worktree) -> PagePlan:
    if plan.page is None or not plan.is_writable:
        return plan
    try:
        tree.replace(plan.path, plan.page.data, plan.result)
    except RoadmapSyncError as error:
        return replace(plan, error=error)
    return plan
