"""Owns what earlier versions of a page referred to; must not know where versions come from."""

from collections.abc import Iterable
from dataclasses import dataclass

from roadmap_sync.page.model import Page
from roadmap_sync.references import find_everywhere


@dataclass(frozen=True, slots=True)
class History:
    """What earlier versions of a page referred to, by reference key.

    `gap` says why they could not be read to the first one, with the way out in brackets; empty where they could.
    """

    keys: frozenset[str] = frozenset()
    gap: str = ""


def history_of(texts: Iterable[str], page: Page) -> History:
    """Return what all versions of a page referred to, read by the rules of the page as it is now."""
    return History(frozenset(one.key for text in texts for one in find_everywhere(text, page.origin)))
