"""Owns a proposed config as commented TOML; must not know how it was found, nor save it.

Keys that are in force tick and no more. What would add lines or is uncertain stands in a comment, to be decided by a
person. Titles and headings of strangers stand in quotes that TOML cannot end, or on one line of a comment.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from roadmap_sync.board.model import Board
from roadmap_sync.inert import inline
from roadmap_sync.report.words import count, shorten
from roadmap_sync.rules import STATUS_FIELD
from roadmap_sync.suggest.first_config import AreaFilter, ProposedArea, ProposedPage, Statuses, statuses_of

#: Longer lists are counted.
_MOST = 30
_LONGEST = 80


def render(pages: Sequence[ProposedPage], board: Board, url: str) -> str:
    """Return the config that the pages and the board suggest; `url` is the board's as it was given."""
    statuses = statuses_of(board.options)
    lines = [
        "# Proposed by `roadmap-sync init` from the board and the pages. Change what you like; a line that begins with",
        "# a # has no effect. As it stands it ticks boxes and adds nothing. Look first: roadmap-sync diff",
        "",
        *_board(board, url),
        "",
        "[statuses]",
        *_statuses(board, statuses),
    ]
    for page in pages:
        lines += ["", *_page(page, statuses)]
    return "\n".join(lines) + "\n"


def _board(board: Board, url: str) -> Iterator[str]:
    if not url:
        yield "# The snapshot does not say whose board it is; take the # off, and write its address."
        yield '# [board]\n# url = "https://github.com/orgs/NAME/projects/N"'
        return
    yield "[board]"
    if board.public and board.title:
        shown = sum(not one.is_private for one in board.items or ())
        yield f"# {_said(board.title)}: {count(shown, 'item')}"
    yield f"url = {_text(url)}"
    if board.status_field != STATUS_FIELD:
        yield f"status_field = {_text(board.status_field)}"


def _statuses(board: Board, statuses: Statuses) -> Iterator[str]:
    yield f"# The options of the board are {', '.join(map(_said, board.options)) or 'not known'}."
    yield "# These tick a box:" if statuses.done else "# None of them says that an item is done. Name those that do:"
    yield f"{'' if statuses.done else '# '}done = {_list(statuses.done)}"
    yield "# Items with one of these may be added, to areas that have a filter:"
    yield f"add = {_list(statuses.add)}"
    if statuses.launched:
        yield "# These finish an area:"
        yield f"launched = {_list(statuses.launched)}"


def _page(one: ProposedPage, statuses: Statuses) -> Iterator[str]:
    page = one.page
    yield "[[pages]]"
    yield f"path = {_text(page.path)}"
    if page.rules.repository:
        yield f"repository = {_text(page.rules.repository)}"
    else:
        yield "# Whose page it is; needed for #12, and for a page that may name what is private."
        names = Counter(f"{one.owner}/{one.repo}" for item in page.items for one in item.references if not one.draft)
        yield f"# repository = {_text(next((name for name, _ in names.most_common(1)), 'owner/name'))}"
    yield from _untracked(one)
    yield from _lifecycle(one)
    if one.legend_heading:
        yield "\n[pages.legend]\n# Here the page defines the board's statuses; differences are noted."
        yield f"heading = {_text(one.legend_heading)}"
    for number, area in enumerate(one.areas):
        yield from _area(area, statuses, is_first=number == 0)
    for section in one.nameless:
        yield f"\n# No area: several headings are called {_said(section.name)}, one of them in line {section.line}."


def _untracked(one: ProposedPage) -> Iterator[str]:
    """Yield, as comments, the proposed pins and the lines for which no item was found."""
    page, links = one.page, one.links
    proposed = [(link.item, link.proposed) for link in links if link.proposed]
    unclear = [link for link in links if link.candidates and not link.proposed]
    nothing = [link for link in links if not link.candidates]
    if proposed:
        lines = ",".join(str(item.line) for item, _ in proposed)
        yield f"# Pins proposed; look at each: roadmap-sync link {_said(page.path)} --write {lines}"
        named = ((item, inline(found.item.name), _said(found.item.title)) for item, found in proposed)
        yield from _some([f"{item.line}: {_said(item.text)} is {name} {title}" for item, name, title in named])
    if unclear:
        yield "# Unclear; the nearest are told by: roadmap-sync explain PAGE:LINE"
        yield from _some([f"{link.item.line}: {_said(link.item.text)} ({inline(link.against)})" for link in unclear])
    if nothing:
        yield "# Cannot be tracked, since they name nothing and nothing on the board is like them:"
        yield from _some([f"{link.item.line}: {_said(link.item.text)}" for link in nothing])
    if one.unread:
        yield "# Cannot be tracked, since GitHub does not tell this token of what they name:"
        yield from _some([f"{line}: {inline(name)}" for line, name in one.unread])


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"#   {line}" for line in lines[:_MOST])
    if len(lines) > _MOST:
        yield f"#   and {len(lines) - _MOST} more"


def _lifecycle(one: ProposedPage) -> Iterator[str]:
    if one.launched_heading or one.dropped_heading:
        yield "\n[pages.lifecycle]"
        yield "# Where finished and given-up areas go; moved only with `move = true` under [policy]."
    if one.launched_heading:
        yield f"launched_heading = {_text(one.launched_heading)}"
    if one.dropped_heading:
        yield f"dropped_heading = {_text(one.dropped_heading)}"


def _area(area: ProposedArea, statuses: Statuses, *, is_first: bool) -> Iterator[str]:
    yield ""
    if is_first:
        yield "# One table a section with a checklist. A filter, in the syntax of GitHub's projects, says what belongs"
        yield "# there; without one nothing is added. Take the # off those that are right."
    yield f"[[pages.areas]]\n# Line {area.line}, {count(area.boxes, 'box', 'boxes')}."
    yield f"heading = {_text(area.heading)}"
    if area.label:
        yield f"label = {_text(area.label)}"
    if area.tracking:
        yield f"# Named above the list: {_said(area.tracking.title)}"
        yield f"tracking = {_text(area.tracking.name)}"
    elif area.alike:
        yield f"# Its title is like the heading: {_said(area.alike.item.title)}"
        yield f"# tracking = {_text(area.alike.item.name)}"
    yield from _filter(area.filter, statuses)


def _filter(one: AreaFilter | None, statuses: Statuses) -> Iterator[str]:
    if one is None:
        yield '# filter = "label:…"'
        return
    adds = f", of which it would add {one.lacking}" if statuses.add else ""
    yield f"# Matches {one.own} of the area's {count(one.of, 'item')}, and {one.matched} of the board{adds}."
    yield f"# filter = {_text(one.text)}"


def _said(text: str) -> str:
    """Return a stranger's words in quotes, on one line."""
    return f'"{shorten(inline(" ".join(text.split())), _LONGEST)}"'


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _text(text: str) -> str:
    """Return a text as TOML writes it (https://toml.io/en/v1.0.0#string); what cannot be seen is spelled out."""
    return "".join(c if c.isprintable() else _escape(c) for c in json.dumps(text, ensure_ascii=False))


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"
