"""Owns what earlier versions of a page referred to; must not know where versions come from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class History:
    """What earlier versions of a page referred to, by reference key.

    `is_complete` is false where they could not be read to the first one (a shallow clone).
    """

    keys: frozenset[str] = frozenset()
    is_complete: bool = True
