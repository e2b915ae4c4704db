"""Owns what earlier versions of a page referred to; must not know where versions come from."""

from collections.abc import Iterable
from dataclasses import dataclass

from roadmap_sync.page.model import Page
from roadmap_sync.references import find_everywhere


@dataclass(frozen=True, slots=True)
class History:
    """What earlier versions of a page referred to, by reference key.

    `is_complete` is false where they could not be read to the first one (a shallow clone).
    """

    keys: frozenset[str] = frozenset()
    is_complete: bool = True


def history_of(texts: Iterable[str], page: Page, *, is_complete: bool) -> History:
    """Return what some versions of a page referred to, read by the rules of the page as it is now."""
    short = page.rules.short_repository
    keys = (one.key for text in texts for one in find_everywhere(text, page.host, short))
    return History(frozenset(keys), is_complete)
