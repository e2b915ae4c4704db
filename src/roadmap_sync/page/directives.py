"""Owns what a `roadmap-sync:` comment may say; must not know where on a page it stands, nor which lines it is about."""

import re
from dataclasses import dataclass
from typing import Literal

from roadmap_sync.errors import InputError
from roadmap_sync.references import Reference, from_name, is_short

_COMMENT = re.compile(r"<!--(.*?)-->|\{/\*(.*?)\*/\}", re.DOTALL)
_PREFIX = re.compile(r"\s*roadmap-sync:(.*)", re.DOTALL | re.IGNORECASE)
#: A colon is easily forgotten, and nobody would notice that the comment does nothing.
_NO_COLON = re.compile(r"\s*roadmap-sync\s+(\S+)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Directive:
    """What one comment says: `pin` with its reference, `ignore`, or `known`."""

    word: Literal["pin", "ignore", "known"]
    pin: Reference | None = None


def pin_comment(name: str, *, is_mdx: bool = False) -> str:
    """Return the comment that pins a line to an item (`owner/repo#N`, `PVTI_…`); MDX has no HTML comments."""
    return f"{{/* roadmap-sync: {name} */}}" if is_mdx else f"<!-- roadmap-sync: {name} -->"


def is_mentioned(text: str) -> bool:
    """Whether the text may hold a directive at all: a cheap look before an expensive one."""
    return "roadmap-sync" in text.lower()


def find_comments(html: str) -> list[tuple[int, str]]:
    """Return each comment in raw HTML or MDX with the number of lines before it."""
    return [(html.count("\n", 0, m.start()), m[1] or m[2] or "") for m in _COMMENT.finditer(html)]


def is_only_comments(html: str) -> bool:
    """Whether the text holds nothing but comments and blanks."""
    return not _COMMENT.sub("", html).strip()


def from_comment(comment: str, where: str, repository: str) -> Directive | None:
    """Return the comment's directive, or None for a comment that is not ours.

    `repository` is what the config writes for the page; empty where it does not: `#N` then is an InputError,
    as is any word that is no directive.
    """
    match = _PREFIX.fullmatch(comment)
    if match is None:
        _check_colon(comment, where)
        return None
    word = match[1].strip()
    match word.lower():
        case "ignore":
            return Directive("ignore")
        case "known":
            return Directive("known")
    if pin := from_name(word, repository):
        return Directive("pin", pin)
    if is_short(word):
        raise InputError(
            f'the pin "{word}" needs to know its repository',
            where=where,
            hint='Write it as owner/repo#N, or set `repository = "owner/repo"` under [[pages]] in the config.',
        )
    hint = "After the colon stands one of owner/repo#N, #N, PVTI_…, ignore or known."
    raise InputError(f'"{word}" is no roadmap-sync directive', where=where, hint=hint)


def _check_colon(comment: str, where: str) -> None:
    """Raise InputError for a comment that would be a directive if it had a colon."""
    bare = _NO_COLON.fullmatch(comment)
    if bare and (bare[1].lower() in {"ignore", "known"} or from_name(bare[1]) or is_short(bare[1])):
        raise InputError("a colon is missing", where=where, hint=f"Write: roadmap-sync: {bare[1]}")
