"""Owns what GitHub says of a document it will not run; must not know worlds.

graphql-core judges, this module puts its verdict into GitHub's words (graphql-ruby's static validation).
GitHub merges fields of different types under one name, so that rule is left out.
"""

import re
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    Visitor,
    specified_rules,
    validate,
    visit,
)
from graphql.execution.values import get_variable_values

RULES = tuple(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule)

#: What graphql-core says, what GitHub says, its code, and which extensions hold the groups.
_WORDS = [
    (
        r"Cannot query field '(\w+)' on type '(\w+)'.*",
        "Field '{0}' doesn't exist on type '{1}'",
        "undefinedField",
        ("fieldName", "typeName"),
    ),
    (
        r"Unknown argument '(\w+)' on field '\w+\.(\w+)'.*",
        "Field '{1}' doesn't accept argument '{0}'",
        "argumentNotAccepted",
        ("argumentName", "name"),
    ),
    (
        r"Argument '\w+\.(\w+)\((\w+):\)' of type .* is required.*",
        "Field '{0}' is missing required arguments: {1}",
        "missingRequiredArguments",
        ("name", "arguments"),
    ),
    (
        r"Unknown type '(\w+)'.*",
        "No such type {0}, so it can't be a fragment condition",
        "undefinedType",
        ("typeName",),
    ),
    (
        r"Field '(\w+)' of type '\[?(\w+).*' must have a selection.*",
        "Field must have selections (field '{0}' returns {1} but has no selections. Did you mean '{0} {{ ... }}'?)",
        "selectionMismatch",
        ("nodeName",),
    ),
    (
        r"Field '(\w+)' must not have a selection since type '(\w+).*",
        "Selections can't be made on scalars (field '{0}' returns {1} but has selections)",
        "selectionMismatch",
        ("nodeName",),
    ),
    (
        r"Variable '\$(\w+)' is never used(?: in operation '(\w+)')?.*",
        "Variable ${0} is declared by {1} but not used",
        "variableNotUsed",
        ("variableName",),
    ),
    (
        r"Variable '\$(\w+)' is not defined(?: by operation '(\w+)')?.*",
        "Variable ${0} is used by {1} but not declared",
        "variableNotDefined",
        ("variableName",),
    ),
    (
        r"Variable '\$(\w+)' of type '(.+)' used in position expecting type '(.+)'.*",
        "Type mismatch on variable ${0} ({1} / {2})",
        "variableMismatch",
        ("variableName", "typeName"),
    ),
    (
        r"Fragment '(\w+)' is never used.*",
        "Fragment {0} was defined, but not used",
        "useAndDefineFragment",
        ("fragmentName",),
    ),
    (
        r"Unknown fragment '(\w+)'.*",
        "Fragment {0} was used, but not defined",
        "useAndDefineFragment",
        ("fragmentName",),
    ),
    (
        r"Fragment (?:'(\w+)' )?cannot be spread here as objects of type '(\w+)' can never be of type '(\w+)'.*",
        "Fragment {0} on {2} can't be spread inside {1}",
        "cannotSpreadFragment",
        ("fragmentName", "parentName", "typeName"),
    ),
    (
        r"(.*(?:Expected|cannot represent|does not exist in).*)",
        "Argument has an invalid value. {0}",
        "argumentLiteralsIncompatible",
        (),
    ),
]


def rejections(schema: GraphQLSchema, document: DocumentNode) -> list[dict[str, Any]]:
    """Return GitHub's errors for a document that its schema does not allow, none for a good one."""
    return [_rejection(document, error) for error in validate(schema, document, RULES)]


def parse_error(error: GraphQLError) -> dict[str, Any]:
    """Return GitHub's error for a text that is no document."""
    where = error.locations[0] if error.locations else None
    place = f" at [{where.line}, {where.column}]" if where else ""
    return {"message": f"Parse error{place}: {error.message}", "locations": _locations(error)}


def variable_problems(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return GitHub's errors for variables that the operation does not take."""
    values = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
    if not isinstance(values, list):
        return []
    found = []
    for error in values:
        name, _, why = error.message.partition(" has invalid value: ")
        message = f"Variable {name.removeprefix('Variable ').strip(chr(39))} was provided invalid value"
        problems = [{"path": [], "explanation": why}]
        found.append({"message": message, "locations": _locations(error), "extensions": {"problems": problems}})
    return found


def _rejection(document: DocumentNode, error: GraphQLError) -> dict[str, Any]:
    for pattern, words, code, names in _WORDS:
        match = re.fullmatch(pattern, error.message, re.DOTALL)
        if match:
            groups = [group or "anonymous" for group in match.groups()]
            extensions = {"code": code, **dict(zip(names, groups, strict=False))}
            message = words.format(*groups)
            break
    else:
        message, extensions = error.message, {"code": "invalid"}
    path = _path(document, error.nodes[0]) if error.nodes else []
    return {"path": path, "extensions": extensions, "locations": _locations(error), "message": message}


def _locations(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": place.line, "column": place.column} for place in error.locations or ()]


def _path(document: DocumentNode, wanted: Node) -> list[str]:
    """Return the names from the operation to a node, in GitHub's manner: `query Board`, `node`, `... on User`."""
    trail: list[str] = []
    found: list[str] = []

    class Trail(Visitor):
        def enter(self, node: Node, *_: object) -> None:
            name = _step(node)
            if name:
                trail.append(name)
            if node is wanted:
                found[:] = trail

        def leave(self, node: Node, *_: object) -> None:
            if _step(node):
                trail.pop()

    visit(document, Trail())
    return found


def _step(node: Node) -> str:
    if isinstance(node, OperationDefinitionNode):
        return f"{node.operation.value} {node.name.value}" if node.name else node.operation.value
    if isinstance(node, FragmentDefinitionNode):
        return f"fragment {node.name.value}"
    if isinstance(node, InlineFragmentNode):
        return f"... on {node.type_condition.name.value}" if node.type_condition else "..."
    if isinstance(node, FieldNode):
        return node.alias.value if node.alias else node.name.value
    return ""
