"""Owns the legend: a page's own definitions of the board's statuses, compared with the board's options.

It yields notes only, since the definitions are a person's text. Must not know verdicts or boxes.
"""

import re
from collections.abc import Iterator, Sequence

from roadmap_sync.board.model import Board
from roadmap_sync.board.verdict import status_words
from roadmap_sync.page.model import Page, Section
from roadmap_sync.plan.change import Context, Findings, Note

#: A definition begins with the status: in bold or as code, else the words before a colon, a full stop or a dash.
_DEFINED = re.compile(
    r"(?:\*\*|__|`)(?P<marked>.+?)(?:\*\*|__|`)"
    r"|(?P<plain>[^:.\n\u2013\u2014]+?)\s*(?:[:\u2013\u2014]|\.\s| - )"
)
_MERMAID = re.compile(r"[`~]{3,}\s*mermaid\b", re.IGNORECASE)
_FENCE = re.compile(r"\s*[`~]{3,}\s*\Z")


def find(context: Context) -> Findings:
    """Return a note for each status that only the page or only the board has, and each that the flow chart lacks."""
    page, heading = context.page, context.page.rules.legend_heading
    sections = page.find_sections(heading) if heading else ()
    notes = [note for section in sections[:1] for note in _compared(page, context.board, section)]
    return Findings(notes=tuple(notes))


def _compared(page: Page, board: Board, section: Section) -> Iterator[Note]:
    defined = dict(_definitions(page, section))
    if not defined:
        yield Note.of(
            "legend", section.line, "no status is defined here: a definition is a bullet that begins with the status"
        )
    options = {status_words(option): option for option in board.options}
    flow = status_words(" ".join(_flow(page, section)))
    for name, option in options.items():
        if defined and name not in defined:
            yield Note.of("legend", section.line, f'the board\'s option "{option}" is not defined here')
        if flow and not re.search(rf"\b{re.escape(name)}\b", flow):
            yield Note.of("legend", section.line, f'the board\'s option "{option}" is missing from the flow')
    for name, line in defined.items():
        if name not in options:
            yield Note.of("legend", line, f'"{name}" is defined here and is no option of the board')


def _definitions(page: Page, section: Section) -> Iterator[tuple[str, int]]:
    """Yield each status that a bullet of the section's outer lists defines, with its line."""
    depth, is_first = 0, False
    for entry, line in zip(page.outline, page.outline_lines, strict=True):
        kind, _, _, text = entry
        if kind in {"item", "item_end"}:
            depth += 1 if kind == "item" else -1
            is_first = kind == "item"
        elif is_first and depth == 1 and section.line < line <= section.end_line and (match := _DEFINED.match(text)):
            yield status_words(match["marked"] or match["plain"]), line
            is_first = False


def _flow(page: Page, section: Section) -> Sequence[str]:
    """Return the lines of the section's diagram; it may stand in raw HTML, where no parser sees a code block."""
    lines = page.lines[section.heading_end : section.end_line]
    start = next((number for number, line in enumerate(lines) if _MERMAID.search(line)), len(lines))
    end = next((number for number, line in enumerate(lines[start + 1 :], start + 1) if _FENCE.match(line)), len(lines))
    return lines[start + 1 : end]
