"""Owns how alike a line and a board's items are; must not decide: a person reads the scores.

Nothing is ever linked by its title silently (design §2).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from roadmap_sync.board import Item

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")

#: Below this two texts share hardly more than their letters.
_LOWEST = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that a line may be about. `score` goes from 0 to 100, which is the same words."""

    item: Item
    score: int


def find_candidates(text: str, items: Iterable[Item], limit: int = 3) -> tuple[Candidate, ...]:
    """Return the items whose titles are most like a line's text, the best first; none where none is like it."""
    words = _LINK.sub(r"\1", _COMMENT.sub("", text))
    known = {index: item for index, item in enumerate(items) if item.title.strip()}
    titles = {index: item.title for index, item in known.items()}
    found = process.extract(
        words, titles, scorer=fuzz.token_sort_ratio, processor=utils.default_process, limit=limit, score_cutoff=_LOWEST
    )
    return tuple(Candidate(known[index], round(score)) for _, score, index in found)
