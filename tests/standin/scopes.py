"""Owns which scopes a document needs of a token that has scopes; must not know worlds.

GitHub names each field that needs one and runs nothing: there are errors and no `data`, and they have a place in
the document, no path (github.com/cli/cli/issues/9195, github.com/raycast/extensions/issues/3881). Of a board it
names what comes to it and its plain fields, not the lists between (github.com/cli/cli/issues/10958). That every
mutation needs what createPullRequest and createCommitOnBranch need is assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_leaf_type,
    visit,
)

from tests.standin import problems
from tests.standin.tokens import Token

BOARDS = ("read:project",)
#: What a field needs whose type needs anything: the type, the fields (none for all), the scopes.
_NEEDS = (
    ("Mutation", (), ("public_repo",)),
    ("Team", (), ("read:org", "read:discussion")),
    ("Organization", ("login", "name"), ("read:org",)),
)


@dataclass(frozen=True, slots=True)
class Need:
    """A field, and the scopes of which it needs one; `is_door` where a board only begins below it."""

    node: FieldNode
    scopes: tuple[str, ...]
    is_door: bool = False


def needs(schema: GraphQLSchema, document: DocumentNode) -> tuple[Need, ...]:
    """Return what a valid document needs, in its order."""
    info = TypeInfo(schema)
    found: list[Need] = []

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent, definition = info.get_parent_type(), info.get_field_def()
            if parent is not None and definition is not None and not node.name.value.startswith("__"):
                found.extend(_needs_of(node, parent.name, get_named_type(definition.type)))

    visit(document, TypeInfoVisitor(info, Fields()))
    has_more = any(need.scopes == BOARDS and not need.is_door for need in found)
    return tuple(need for need in found if not (need.is_door and has_more))


def _needs_of(node: FieldNode, parent: str, kind: Any) -> Iterable[Need]:
    name = node.name.value
    for type_name, fields, scopes in _NEEDS:
        if parent == type_name and (not fields or name in fields):
            yield Need(node, scopes)
    if _is_of_boards(parent):
        if is_leaf_type(kind) and not parent.endswith("Connection"):
            yield Need(node, BOARDS)
    elif _is_of_boards(kind.name):
        yield Need(node, BOARDS, is_door=kind.name != "ProjectV2")


def _is_of_boards(name: str) -> bool:
    return name.startswith("ProjectV2") and name != "ProjectV2Owner"


def lacking(needed: Iterable[Need], token: Token) -> list[dict[str, Any]]:
    """Return GitHub's errors for what a token was not granted, none where it has all."""
    return [_error(need, token) for need in needed if not token.is_granted(need.scopes)]


def _error(need: Need, token: Token) -> dict[str, Any]:
    start = need.node.loc.start_token if need.node.loc else None
    places = [{"line": start.line, "column": start.column}] if start else []
    problem = problems.scopes(need.node.name.value, need.scopes, token.scopes)
    return {"type": problem.kind, "locations": places, "message": problem.message}
