"""Owns the page (contract sketch, being filled in)."""

from dataclasses import dataclass

from roadmap_sync.references import Reference


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes `start:end` of the page become `new`."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what is under it. `path` holds the titles from the top; lines count from 1."""

    path: tuple[str, ...]
    level: int
    line: int
    end_line: int

    @property
    def name(self) -> str:
        """Return the path as the config writes it: `Key areas > Observability providers`."""
        return " > ".join(self.path)


@dataclass(frozen=True, slots=True)
class TaskItem:
    """A checklist line. `state` is the box's character (a blank, x or X), `start` its byte offset."""

    line: int
    end_line: int
    column: int
    start: int
    state: str
    text: str
    depth: int
    section: int | None
    references: tuple[Reference, ...]
    is_struck: bool = False
    is_ignored: bool = False
    is_known: bool = False

    @property
    def is_ticked(self) -> bool:
        """Whether the box is ticked; `[X]` is."""
        return self.state != " "


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was read."""

    path: str
    data: bytes
    sections: tuple[Section, ...]
    items: tuple[TaskItem, ...]
    table_line: int | None = None

    def section_name(self, item: TaskItem) -> str:
        """Return the path of the item's section; empty before the first heading."""
        return self.sections[item.section].name if item.section is not None else ""
