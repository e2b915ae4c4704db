"""Owns writing a plan into the page's own file; must not know GitHub."""

from dataclasses import replace

from roadmap_sync.errors import RoadmapSyncError
from roadmap_sync.publishers.delivery import Checkout, Delivered


async def publish(job: Checkout) -> Delivered:
    """Write each page that may be written. One page's error does not keep the others from being written."""
    pages = [*job.plan.pages]
    for index, one in enumerate(pages):
        if one.page is not None and one.is_writable:
            try:
                job.tree.replace(one.path, one.page.data, one.result)
            except RoadmapSyncError as error:
                pages[index] = replace(one, error=error)
    return Delivered("written", replace(job.plan, pages=tuple(pages)))
