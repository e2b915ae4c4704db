"""Owns the keys of the config: tables, types, defaults, and the messages for a wrong key or value.

Must not know files, nor what a setting does. An unknown key is an error, never ignored.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from roadmap_sync.config.lines import KeyPath, find_lines
from roadmap_sync.errors import InputError
from roadmap_sync.page.dialects import DIALECTS
from roadmap_sync.plan.kinds import KINDS, ChangeKind
from roadmap_sync.rules import AUTO_DIALECT, NOTE_LEVELS, STATUS_FIELD, Rules, composed

#: How Python's message about a TOML error ends: with the place.
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

NonEmpty = Annotated[str, Field(min_length=1)]
#: A text that is compared with names on GitHub or on the page.
Composed = Annotated[str, AfterValidator(composed)]
Name = Annotated[NonEmpty, AfterValidator(composed)]
Count = Annotated[int, Field(ge=0)]
#: A key that a config leaves out has the value that holds without a config.
_DEFAULTS = Rules()


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class BoardTable(_Table):
    """The GitHub project that says what is done."""

    url: NonEmpty = Field(
        description="https://github.com/orgs/NAME/projects/N or …/users/NAME/projects/N; "
        "/views/N, ?query= and ?filterQuery= limit what areas add.",
    )
    status_field: NonEmpty = Field(STATUS_FIELD, description="The single-select field that holds an item's Status.")


class StatusesTable(_Table):
    """What the options of the Status field mean."""

    done: list[Name] | None = Field(
        None, description="These tick a box. Unset: options named done, shipped, released and the like."
    )
    add: list[Name] = Field([], description="Items with one of these may be added to an area.")
    launched: list[Name] = Field([], description="An area whose tracking issue has one of these is finished.")


class PolicyTable(_Table):
    """What roadmap-sync may change."""

    untick: bool = Field(default=False, description="Untick a box whose item is open.")
    dropped: Literal["note", "strike"] = Field(_DEFAULTS.dropped, description="What becomes of a dropped item's line.")
    add_done: bool = Field(default=False, description="Also add items that are done already.")
    move: bool = Field(default=False, description="Move finished areas under their lifecycle heading.")
    allow_private: bool = Field(default=False, description="Judge and show private items on public pages.")
    branches: list[NonEmpty] = Field([], description="Branches besides the default one whose merges count.")
    dropped_labels: list[Name] = Field([], description="A closed issue with one of these was given up.")


def guard_key(kind: ChangeKind) -> str:
    """Return the key that limits a kind of change."""
    return f"max_{kind.name}"


if TYPE_CHECKING:
    DialectName = str

    class GuardsTable(_Table):
        """How many changes of a kind one page may get in one run. Its keys are made from the table of kinds."""

else:
    DialectName = Literal[(*(one.name for one in DIALECTS), AUTO_DIALECT)]
    GuardsTable = create_model(
        "GuardsTable",
        __base__=_Table,
        __doc__="How many changes of a kind one page may get in one run.",
        **{guard_key(kind): (Count, kind.limit) for kind in KINDS},
    )


class NotesTable(_Table):
    """Which notes are shown."""

    hide: list[NonEmpty] = Field(
        [], description="Kinds of note that are not shown.", json_schema_extra={"items": {"enum": [*NOTE_LEVELS]}}
    )


class LifecycleTable(_Table):
    """Where a finished area goes."""

    launched_heading: str = Field("", description="A heading of a higher level than the areas.")
    dropped_heading: str = Field("", description="A heading of a higher level than the areas.")
    docs_field: str = Field("", description="A text field of the board with a link to the documentation.")
    reason_field: str = Field("", description="A text field of the board that says why an area was dropped.")


class LegendTable(_Table):
    """Where the page explains the Status options."""

    heading: Name


class AreaTable(_Table):
    """A section that belongs to a part of the board."""

    heading: Name = Field(description="The heading, with as many above it as make it unique: Key areas > Providers.")
    label: Composed = Field("", description="The paragraph above the list, where the section has several lists.")
    filter: Composed = Field("", description="GitHub's Projects filter syntax: what belongs here.")
    view: Annotated[int, Field(ge=1)] | None = Field(
        None, description="The number of a view of the board, instead of a filter."
    )
    tracking: str = Field("", description="The issue that stands for the whole area: #N, owner/repo#N or a link.")
    excluded: list[NonEmpty] = Field([], alias="except", description="Items that are never added.")


class PageTable(_Table):
    """A page."""

    path: NonEmpty = Field(description="Relative to the working directory.")
    repository: str = Field("", description="owner/name. Unset: GITHUB_REPOSITORY, or the git remote.")
    dialect: DialectName = Field(_DEFAULTS.dialect, description="Who renders the page.")
    short_references: bool = Field(default=False, description="Read #N as an issue of `repository`.")
    min_references: Count = Field(
        _DEFAULTS.min_references,
        description="With fewer lines and areas to judge, check and doctor call the page a wrong set-up; 0: never.",
    )
    sections: list[Name] = Field([], description="Only these headings and what is under them.")
    line: NonEmpty = Field(_DEFAULTS.line, description="How an added line is written.")
    lifecycle: LifecycleTable = LifecycleTable.model_construct()
    legend: LegendTable | None = None
    areas: list[AreaTable] = []


class PullRequestTable(_Table):
    """The pull request that carries the changes."""

    branch: NonEmpty = "roadmap-sync"
    labels: list[NonEmpty] = []
    reviewers: list[NonEmpty] = []
    draft: bool = False


class ConfigTable(_Table):
    """The config of roadmap-sync."""

    board: BoardTable | None = None
    statuses: StatusesTable = StatusesTable.model_construct()
    policy: PolicyTable = PolicyTable.model_construct()
    guards: GuardsTable = GuardsTable.model_construct()
    notes: NotesTable = NotesTable.model_construct()
    pages: list[PageTable] = []
    pull_request: PullRequestTable = PullRequestTable.model_construct()


_TABLES: dict[KeyPath, type[_Table]] = {
    (): ConfigTable,
    ("board",): BoardTable,
    ("statuses",): StatusesTable,
    ("policy",): PolicyTable,
    ("guards",): GuardsTable,
    ("notes",): NotesTable,
    ("pages",): PageTable,
    ("pages", "lifecycle"): LifecycleTable,
    ("pages", "legend"): LegendTable,
    ("pages", "areas"): AreaTable,
    ("pull_request",): PullRequestTable,
}


@dataclass(frozen=True, slots=True)
class Places:
    """On which line of the config each key stands."""

    shown: str = ""
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def where(self, path: KeyPath) -> str:
        """Return `config.toml:31` for a key, or for the nearest table around it that is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.shown}:{self.lines[path]}" if path else self.shown


def read_toml(text: str, shown: str) -> tuple[dict[str, Any], Places]:
    """Return the values of a TOML text, and where they stand. `shown` is its file's name in messages.

    Raises InputError with the line where it is not TOML.
    """
    try:
        return tomllib.loads(text), Places(shown, find_lines(text))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        last = text.rstrip().count("\n") + 1
        raise InputError(
            f"not TOML: {_TOML_PLACE.sub('', str(error)).lower()}",
            where=f"{shown}:{(place and place[1]) or last}",
            hint="https://toml.io shows how values are written. Text stands in quotes.",
        ) from None


def check_tables(values: Mapping[str, Any], places: Places) -> ConfigTable:
    """Return the values as tables. Raises InputError for the first that is unknown or of another kind."""
    try:
        return ConfigTable.model_validate(values)
    except ValidationError as error:
        raise _first_error(error, places) from None


def schema_text() -> str:
    """Return the JSON schema of the config, as published in the repository."""
    schema = ConfigTable.model_json_schema()
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "roadmap-sync"}
    return json.dumps(named, indent=2, ensure_ascii=False) + "\n"


def suggestion(word: str, known: Sequence[str]) -> str:
    """Return `Did you mean "…"? ` with the known word that is spelled most like this one, or nothing."""
    near = get_close_matches(word.casefold(), [one.casefold() for one in known], 1)
    return next((f'Did you mean "{one}"? ' for one in known if near and one.casefold() == near[0]), "")


def _first_error(error: ValidationError, places: Places) -> InputError:
    """Turn the mistake on the first line into a message with the way out."""

    def line(path: KeyPath) -> int:
        where = places.where(path).rpartition(":")[2]
        return int(where) if where.isdecimal() else 0

    first = min(error.errors(), key=lambda one: line(one["loc"]))
    path: KeyPath = first["loc"]
    table, key = _table_of(path), path[-1]
    where = places.where(path)
    if first["type"] == "extra_forbidden":
        known = _keys(table)
        return InputError(
            f'unknown key "{key}" in {_table_name(path[:-1])}',
            where=where,
            hint=suggestion(str(key), known).rstrip() or f"Known here: {', '.join(known)}.",
        )
    if first["type"] == "missing":
        return InputError(f'{_table_name(path[:-1])} has no "{key}"', where=where, hint=f"Add a line `{key} = …`.")
    return InputError(
        f"{_key_name(path)} {_wish(first['type'], key, first.get('ctx', {}))}",
        where=where,
        hint="roadmap-sync.schema.json lists every key with its kind of value." if places.shown else "",
    )


def _wish(kind: str, key: str | int, context: dict[str, Any]) -> str:
    """Return what a value must be, by pydantic's name of the mistake."""
    wishes = {
        "string_type": "must be text in quotes",
        "string_too_short": "must not be empty",
        "int_type": "must be a whole number",
        "bool_type": "must be true or false",
        "list_type": "must be a list in square brackets",
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "literal_error": f"must be {context.get('expected')}",
    }
    if kind == "list_type" and key in {"pages", "areas"}:
        return "is written in double brackets: [[pages]], [[pages.areas]]"
    return wishes.get(kind, "must be a table")


def _table_of(path: KeyPath) -> type[_Table]:
    """Return the innermost table that the path goes through before its last key."""
    names = tuple(part for part in path[:-1] if isinstance(part, str))
    while names not in _TABLES:
        names = names[:-1]
    return _TABLES[names]


def _keys(table: type[_Table]) -> list[str]:
    return [info.alias or name for name, info in table.model_fields.items()]


def _table_name(path: KeyPath) -> str:
    names = ".".join(part for part in path if isinstance(part, str))
    if not names:
        return "the config"
    return f"[[{names}]]" if isinstance(path[-1], int) else f"[{names}]"


def _key_name(path: KeyPath) -> str:
    """Return a key as a person would say it: `sections`, or `an element of sections`."""
    names = [part for part in path if isinstance(part, str)]
    return f"{'an element of ' if isinstance(path[-1], int) else ''}{names[-1]}"
