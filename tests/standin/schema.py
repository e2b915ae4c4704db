"""Owns the schemas that the stand-in answers by, host by host; must not know worlds or resolvers.

`schema.graphql` is github.com's, made by scripts/make_schema_subset.py. Each is made once a process.
"""

from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLSchema,
    InputValueDefinitionNode,
    NamedTypeNode,
    Node,
    TypeDefinitionNode,
    Visitor,
    build_ast_schema,
    parse,
    print_ast,
    visit,
)

SDL = Path(__file__).with_name("schema.graphql")
TODAY, TOMORROW = "github.com", "tomorrow"

#: What a GitHub Enterprise Server lacks of the next newer one, newest first: `Type`, `Type.field`, `Enum.VALUE`,
#: `Type.field.argument`. 3.16 to 3.18 were read in GitHub's own schemas (github.com/github/docs,
#: src/graphql/data/ghes-3.16 to ghes-3.18, schema.docs-enterprise.graphql); of 3.19 only the arguments are known
#: (github.com/cli/cli/issues/12696).
_OLDER = {
    "3.19": ("ProjectV2.items.query", "ProjectV2.items.archivedStates"),
    "3.18": (
        "ProjectV2MultiSelectField",
        "ProjectV2ItemFieldMultiSelectValue",
        "ProjectV2FieldType.MULTI_SELECT",
        "ProjectV2ItemIssueFieldValue",
        "ProjectV2IssueFieldValues",
    ),
    "3.17": ("Issue.duplicateOf",),
    "3.16": ("Issue.issueType", "IssueType", "Issue.stateReason.enableDuplicate"),
}
#: GitHub has announced that the argument will be taken away: the answer without it is the one with it.
_TAKEN_AWAY = ("Issue.stateReason.enableDuplicate",)

HOSTS = (TOMORROW, TODAY, *_OLDER)
#: Here archived items come with the rest: there is no argument to ask for them.
WITH_ARCHIVED = tuple(_OLDER)
#: Here a board has no fields of several options.
WITHOUT_MULTI_SELECT = ("3.18", "3.17", "3.16")
#: Here `stateReason` keeps quiet about a duplicate unless it is asked with `enableDuplicate`; 3.16 has no such
#: argument, and whether it tells all the same is not on record.
QUIET_ON_DUPLICATES = ("3.18", "3.17", "3.16")


def read_schema() -> GraphQLSchema:
    """Return the schema of github.com, plain: for validating documents."""
    return host_schema(TODAY)


def old_host_schema() -> GraphQLSchema:
    """Return the schema of a host without `items(query:)` and `items(archivedStates:)`, otherwise of today."""
    return host_schema("3.19")


@cache
def host_schema(host: str) -> GraphQLSchema:
    """Return the plain schema of one of the `HOSTS`."""
    return build_ast_schema(_document(host))


def sdl_of(host: str) -> str:
    """Return the text of a host's schema."""
    return print_ast(_document(host))


def _document(host: str) -> DocumentNode:
    """Return the definitions that a host knows."""
    document = parse(SDL.read_text())
    assert host in HOSTS, f"no such host: {host}"
    if host in {TODAY, TOMORROW}:
        return _without(document, frozenset(_TAKEN_AWAY)) if host == TOMORROW else document
    older = list(_OLDER)[: list(_OLDER).index(host) + 1]
    return _without(document, frozenset(name for version in older for name in _OLDER[version]))


_NAMED = (TypeDefinitionNode, FieldDefinitionNode, InputValueDefinitionNode, EnumValueDefinitionNode)


def _without(document: DocumentNode, gone: frozenset[str]) -> DocumentNode:
    """Return the document without what is named; a union loses the members that are gone."""
    trail: list[str] = []
    met: set[str] = set()

    class Removal(Visitor):
        def enter(self, node: Node, *_: object) -> Any:
            if not isinstance(node, (*_NAMED, NamedTypeNode)):
                return None
            is_member = isinstance(node, NamedTypeNode)
            name = ".".join([*(() if is_member else trail), node.name.value])
            if name in gone:
                met.add(name)
                return REMOVE
            if not is_member:
                trail.append(node.name.value)
            return None

        def leave(self, node: Node, *_: object) -> None:
            if isinstance(node, _NAMED):
                trail.pop()

    made: DocumentNode = visit(document, Removal())
    assert met == gone, f"schema.graphql has no {sorted(gone - met)}"
    return made
