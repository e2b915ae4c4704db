"""Owns what a line's own text names: the references that decide for it, or why the line is left.

A line is left where it contradicts itself, where it only waits for something, and where a relative link leads nobody
knows where. The rules: docs/design.md, "Which line is which item". Must not know boxes, blocks or boards.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from roadmap_sync.page.markdown import Piece
from roadmap_sync.references import Origin, Reference, doubt_of, from_link, is_unresolved, number_at_end, places_in_text
from roadmap_sync.rules import Rules

#: Stand-ins for what a text names, so that what stands between can be read: a link whose words end in its number, a
#: reference spelled in the text, a link or image of any other kind.
_NUMBERED, _SPELLED, _OTHER = "\ue000", "\ue001", "\ue002"
_STAND_INS = re.compile(f"[{_NUMBERED}-{_OTHER}]")
_ANY = f"[{_NUMBERED}{_SPELLED}]"
_RANGE = r"(?:\.{2,3}|…|\u2013|\u2014|~|〜)"
_JOINED = rf"(?:{_RANGE}|[/、・+和]|-(?=[#{_NUMBERED}{_SPELLED}]))"
_OTHER_NUMBER = r"(?:#?[0-9]+(?!\w)|[A-Za-z0-9][\w-]*/[\w.-]+#[0-9]+)"
#: Numbers joined without a blank: `#12/#13`, `o/r#12..13`. Two links may stand side by side (`[#12](…)/[#13](…)`), but
#: between the ends of a range stand others that nobody names.
_RUN = re.compile(
    rf"{_ANY}{_JOINED}(?:{_OTHER_NUMBER}|{_SPELLED})"
    rf"|(?:{_SPELLED}|(?<![\w.])#?[0-9]+){_JOINED}{_ANY}"
    rf"|{_NUMBERED}(?:{_RANGE}|-){_NUMBERED}"
)
#: What makes the reference behind it something that the line waits for, or undoes, rather than what it is about.
_WAITS = re.compile(
    r"(?<!\w)(?:(?:un)?blocked\s+by|depends\s+on|waiting\s+for|requires|follow[-\u2010\u2011]up\s+to|after|reverts?|backport\s+of)"
    r"(?!\w)[\s:()\[\]{}*_]*(?:(?:issues?|prs?|pull\s+requests?)\s+)?"
    rf"[{_NUMBERED}-{_OTHER}]"
    rf"(?:[)\]]?\s*(?:,|&|\band\b)[\s(\[]*(?:(?:,|&|\band\b)[\s(\[]*)?(?:[{_NUMBERED}-{_OTHER}]|#[0-9]+))*",
    re.IGNORECASE,
)

LeftKind = Literal["contradicts", "context-only", "relative-link"]


@dataclass(frozen=True, slots=True)
class Left:
    """Why a line is left although it names something: the kind of note, and the sentence."""

    kind: LeftKind
    message: str


@dataclass(frozen=True, slots=True)
class Naming:
    """What a line's own text names.

    `references` decide about the line, unless `left` says why it is left; `mentions` are all that the text names.
    `is_struck` tells that every link or reference of it is struck through.
    """

    references: tuple[Reference, ...]
    mentions: tuple[Reference, ...]
    left: Left | None
    is_struck: bool


@dataclass(frozen=True, slots=True)
class _Named:
    """One thing that the text names: its reference, None for a link of another kind, and the words it shows."""

    reference: Reference | None
    words: str
    is_struck: bool


def origin_of(rules: Rules, host: str) -> Origin:
    """Return where a page stands, by its rules and the board's host."""
    return Origin(host, rules.own_repository, rules.path, rules.short_references, rules.is_wiki)


def read_naming(pieces: Sequence[Piece], origin: Origin) -> Naming:
    """Return what a line names, from the pieces of its own text."""
    text, named = _flattened(pieces, origin)
    live = {index: one.reference for index, one in enumerate(named) if one.reference and not one.is_struck}
    context = _context(text)
    deciding = _unique(reference for index, reference in live.items() if index not in context)
    left = _contradiction(text, named) or _unresolved(pieces, origin)
    if left is None and live and not deciding:
        left = Left("context-only", "it only names what it waits for or undoes, so the box is left")
    telling = [one for one in named if one.reference] or named
    is_struck = bool(telling) and all(one.is_struck for one in telling)
    mentions = _unique(one.reference for one in named if one.reference)
    return Naming(deciding or _unique(live.values()) or mentions, mentions, left, is_struck)


def _unique(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """Return each thing once, as it is spelled first."""
    first: dict[str, Reference] = {}
    for reference in references:
        first.setdefault(reference.key, reference)
    return tuple(first.values())


def _flattened(pieces: Sequence[Piece], origin: Origin) -> tuple[str, list[_Named]]:
    """Return the running text with a stand-in for whatever it names, and what each stand-in is for."""
    text, named = "", list[_Named]()
    for piece in pieces:
        if piece.kind == "link":
            reference = from_link(piece.value, origin)
            named.append(_Named(reference, " ".join(piece.words.split()), piece.is_struck))
            is_numbered = reference is not None and number_at_end(piece.words) == reference.number
            text += _NUMBERED if is_numbered and not piece.is_struck else _OTHER
        elif piece.kind == "text":
            at, running = 0, _STAND_INS.sub(" ", piece.value)
            for start, end, reference in places_in_text(running, origin.host, origin.short):
                named.append(_Named(reference, "", piece.is_struck))
                text += running[at:start] + (_OTHER if piece.is_struck else _SPELLED)
                at = end
            text += running[at:]
    return text, named


def _context(text: str) -> frozenset[int]:
    """Return the stand-ins, by their number from 0, that only name what the line waits for."""
    places = [match.start() for match in _STAND_INS.finditer(text)]
    waits = _WAITS.finditer(text)
    return frozenset(
        index
        for match in waits
        for index in range(bisect_left(places, match.start()), bisect_left(places, match.end()))
    )


def _contradiction(text: str, named: Sequence[_Named]) -> Left | None:
    """Return why a line contradicts itself: a link against its words or its own URL, or numbers that are joined."""
    for one in named:
        if one.reference is None or one.is_struck:
            continue
        shown = number_at_end(one.words)
        if shown is not None and shown != one.reference.number:
            return Left("contradicts", f'the link "{one.words}" leads to #{one.reference.number}')
        if doubt := doubt_of(one.reference):
            return Left("contradicts", doubt)
    if match := _RUN.search(text):
        first = len(_STAND_INS.findall(text, 0, match.start()))
        spelled = (_spelled(one) for one in named[first:])
        return Left("contradicts", f'"{_STAND_INS.sub(lambda _: next(spelled), match[0])}" names more than one')
    return None


def _spelled(one: _Named) -> str:
    return one.words or (one.reference.spelled if one.reference else "")


def _unresolved(pieces: Sequence[Piece], origin: Origin) -> Left | None:
    for piece in pieces:
        if piece.kind == "link" and not piece.is_struck and is_unresolved(piece.value, origin):
            return Left(
                "relative-link", f'"{piece.value}" leads to an issue of a repository that the config does not name'
            )
    return None
