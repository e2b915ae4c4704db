"""Owns the filter language of GitHub's boards as the stand-in plays it; must not know the product's own.

https://docs.github.com/en/issues/planning-and-tracking-with-projects/customizing-views-in-your-project/filtering-projects
A space joins terms, a comma the values of one, `-` negates. A qualifier that is no field is ignored without
a word. Dates relative to today and iterations by keyword are not played: they raise.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.standin.making import NotPlayedError
from tests.standin.world import Card, Draft, Issue, Project, PullRequest

_QUOTED = r'"[^"]*"|\'[^\']*\''
_TERM = re.compile(rf"(-?)(?:([A-Za-z][\w-]*):)?((?:{_QUOTED}|[^\s\"',]+)?(?:,(?:{_QUOTED}|[^\s\"',]+))*)")
_VALUE = re.compile(rf"{_QUOTED}|[^\"',]+")


@dataclass(frozen=True, slots=True)
class Term:
    """One term: a qualifier, or none for free text, with its values in lower case."""

    negated: bool
    qualifier: str
    values: tuple[str, ...]


def terms(text: str) -> list[Term]:
    """Return the terms of a filter."""
    found = []
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None or not match[0]:
            position += 1
            continue
        position = match.end()
        values = tuple(value.strip("\"'").lower() for value in _VALUE.findall(match[3]))
        if match[2] or values:
            found.append(Term(bool(match[1]), (match[2] or "").lower(), values))
    return found


def matching(project: Project, cards: Iterable[Card], text: str) -> list[Card]:
    """Return the cards that a filter lets through, in order."""
    tests = [test for term in terms(text) if (test := _test(project, term))]
    return [card for card in cards if all(test(card) for test in tests)]


def _test(project: Project, term: Term) -> Callable[[Card], bool] | None:
    told = _known(project, term)
    if told is None:
        return None
    return (lambda card: not told(card)) if term.negated else told


def _known(project: Project, term: Term) -> Callable[[Card], bool] | None:
    """Return the test of a term; None for a qualifier that GitHub does not know and so ignores."""
    values = term.values
    if not term.qualifier:
        return lambda card: any(value in _text(card) for value in values)
    if term.qualifier in {"no", "has"}:
        names = [_slug(value) for value in values]
        wanted = term.qualifier == "has"
        return lambda card: any(bool(_words(project, card, name)) is wanted for name in names)
    if term.qualifier == "is":
        return lambda card: any(_is(card, value) for value in values)
    if term.qualifier not in _CONTENT and term.qualifier not in {_slug(f.name) for f in project.fields}:
        return None
    return lambda card: any(_equal(word, value) for word in _words(project, card, term.qualifier) for value in values)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _text(card: Card) -> str:
    extra = [value for value in (card.values or {}).values() if isinstance(value, str)]
    return " ".join([card.content.title, *extra]).lower()


def _is(card: Card, value: str) -> bool:
    content = card.content
    kinds: dict[str, Any] = {"issue": Issue, "pr": PullRequest, "draft": Draft}
    if value in kinds:
        return isinstance(content, kinds[value])
    state = "OPEN" if isinstance(content, Draft) else content.state
    if value == "closed":
        return state in {"CLOSED", "MERGED"}
    return state.lower() == value


def _label(card: Card) -> Iterable[str]:
    return getattr(card.content, "labels", ())


def _repo(card: Card) -> Iterable[str]:
    return () if isinstance(card.content, Draft) else (card.content.repository.full_name,)


def _reason(card: Card) -> Iterable[str]:
    reason = getattr(card.content, "reason", None)
    return (reason.replace("_", " "),) if reason else ()


def _one(attribute: str) -> Callable[[Card], Iterable[str]]:
    def asked(card: Card) -> Iterable[str]:
        value = getattr(card.content, attribute, None)
        return (value,) if value else ()

    return asked


def _parent(card: Card) -> Iterable[str]:
    parent = getattr(card.content, "parent", None)
    return (f"{parent.repository.full_name}#{parent.number}",) if parent else ()


_CONTENT: dict[str, Callable[[Card], Iterable[str]]] = {
    "label": _label,
    "labels": _label,
    "repo": _repo,
    "reason": _reason,
    "title": _one("title"),
    "type": _one("type"),
    "milestone": _one("milestone"),
    "author": _one("author"),
    "parent-issue": _parent,
}


def _words(project: Project, card: Card, qualifier: str) -> list[str]:
    """Return what a card says to a qualifier, in lower case."""
    if qualifier in _CONTENT:
        return [word.lower() for word in _CONTENT[qualifier](card)]
    field = next((f for f in project.fields if _slug(f.name) == qualifier), None)
    value = card.value(field.name) if field else None
    if value is None:
        return []
    return [str(word).lower() for word in (value if isinstance(value, list | tuple) else [value])]


def _equal(word: str, value: str) -> bool:
    if value.startswith("@"):
        raise NotPlayedError(f"the stand-in does not play {value}")
    compared = re.fullmatch(r"(>=|<=|>|<)(.+)", value)
    if compared:
        return _compare(word, compared[1], compared[2])
    low, dots, high = value.partition("..")
    if dots:
        return (low == "*" or _compare(word, ">=", low)) and (high == "*" or _compare(word, "<=", high))
    return fnmatchcase(word, value.replace("[", "[[]")) if "*" in value else word == value


def _compare(word: str, sign: str, bound: str) -> bool:
    try:
        left: Any = float(word)
        right: Any = float(bound)
    except ValueError:
        left, right = word, bound  # dates compare as they are spelled
    return bool({">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[sign])
