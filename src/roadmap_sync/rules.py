"""Owns what a person asked for: Rules, one page's share of the config, and the kinds of note with their levels.

Must not know files or TOML: `config/file.py` makes Rules, this module only holds them.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from roadmap_sync.board.filters import Filter

Level = Literal["attention", "info"]
#: Every kind of note and its level (docs/design.md, Notes and their levels). The `unknown` of a draft with an empty
#: Status has level info.
NOTE_LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        "dropped": "attention",
        "done-but-cancelled": "attention",
        "ambiguous": "attention",
        "contradicts": "attention",
        "unknown": "attention",
        "looks-done": "attention",
        "withheld": "attention",
        "guard": "attention",
        "ticked-over-open": "info",
        "ticked-over-dropped": "info",
        "open-sub-issues": "info",
        "guessed-done": "info",
        "near-box": "info",
        "context-only": "info",
        "relative-link": "info",
        "merged-not-done": "info",
        "closed-not-done": "info",
        "empty-status": "info",
        "moved-repository": "info",
        "not-rendered": "info",
        "legend": "info",
        "move-due": "info",
    }
)


def composed(text: str) -> str:
    """Return a name as names are compared: one that is typed in two parts, as `e` and an accent, is the same (NFC)."""
    return unicodedata.normalize("NFC", text)


#: The options that mean "done" where no config says so, compared without case and emoji.
GUESSED_DONE = frozenset({"done", "shipped", "released", "complete", "completed", "launched", "merged", "delivered"})
#: The value of `dialect` for which the page itself and the files above it tell.
AUTO_DIALECT = "auto"
#: The board's field that says how far an item is, where no config names one.
STATUS_FIELD = "Status"


@dataclass(frozen=True, slots=True)
class Area:
    """A section bound by config. `heading` is a path, as short as is unique.

    `filter` or `view` says which items of the board belong to it. `where` is the config's line, for errors.
    """

    heading: str
    label: str = ""
    filter: "Filter | None" = None
    view: int | None = None
    tracking: str = ""
    excluded: tuple[str, ...] = ()
    where: str = field(default="", compare=False)

    @property
    def adds(self) -> bool:
        """Whether the area says what belongs to it: without a filter or view nothing is added."""
        return self.filter is not None or self.view is not None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Where a finished area goes, and the board's text fields that say why."""

    launched_heading: str = ""
    dropped_heading: str = ""
    docs_field: str = ""
    reason_field: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one page's share of the config asks for; the defaults are those of a run without a config.

    `done` is None where it was not set: the verdict then guesses from the board's options.
    `repository` is `owner/name` or empty; `repository_written` tells whether the config says it (only then
    may `#N` and relative links be used, and only then may the page count as private). `is_wiki` tells that the page is
    one of the repository's wiki.
    A page with fewer than `min_references` places to judge is a wrong set-up; 0 allows any.
    `branches` are those besides the default one whose merges count; a closed issue with one of `dropped_labels` was
    given up. `guards` are the limits that were set, by the name of the kind of change; for any other its own holds.
    """

    path: str = "roadmap.md"
    repository: str = ""
    repository_written: bool = False
    is_wiki: bool = False
    is_docusaurus: bool = False
    dialect: str = AUTO_DIALECT
    short_references: bool = False
    min_references: int = 1
    sections: tuple[str, ...] = ()
    done: tuple[str, ...] | None = None
    add: tuple[str, ...] = ()
    launched: tuple[str, ...] = ()
    untick: bool = False
    dropped: Literal["note", "strike"] = "note"
    add_done: bool = False
    move: bool = False
    allow_private: bool = False
    branches: tuple[str, ...] = ()
    dropped_labels: tuple[str, ...] = ()
    guards: Mapping[str, int] = field(default_factory=dict)
    hidden_notes: frozenset[str] = frozenset()
    line: str = "[{title}]({url})"
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    legend_heading: str = ""
    areas: tuple[Area, ...] = ()

    @property
    def is_mdx(self) -> bool:
        """Whether comments are written `{/* … */}`: in `.mdx`, and where Docusaurus reads `.md` as MDX."""
        return self.is_docusaurus or self.path.endswith(".mdx")

    @property
    def own_repository(self) -> str:
        """Return the repository to which `#N` belongs in a pin or in the config; empty unless the config writes it."""
        return self.repository if self.repository_written else ""
