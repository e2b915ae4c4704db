"""Owns GitHub's limits on one document: page sizes, nodes, points; must not know worlds.

Rules: https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    get_operation_ast,
    is_composite_type,
    value_from_ast_untyped,
)

from tests.standin.problems import Problem

MOST_NODES = 500_000
LARGEST_PAGE = 100
MOST_IDS = 100


@dataclass(frozen=True, slots=True)
class Cost:
    """What a document may cost: `nodes` at most, `requests` as the formula counts them, and points."""

    nodes: int
    requests: int

    @property
    def points(self) -> int:
        """Return the points: requests by the hundred, rounded, at least one."""
        return max(1, (self.requests + 50) // 100)


NO_COST = Cost(0, 0)


@dataclass(slots=True)
class _Walk:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: dict[str, Any]
    nodes: int = 0
    requests: int = 0
    problems: list[tuple[Problem, FieldNode]] = field(default_factory=list)


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Mapping[str, Any] | None = None,
    operation: str | None = None,
) -> Cost:
    """Return what the document costs with these variables; raises `Problem` where GitHub refuses it."""
    cost, problems = judge(schema, document, variables or {}, get_operation_ast(document, operation))
    if problems:
        raise problems[0][0]
    return cost


def judge(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Mapping[str, Any],
    operation: OperationDefinitionNode | None,
) -> tuple[Cost, list[tuple[Problem, FieldNode]]]:
    """Return the cost and every refusal with the field it is about."""
    assert operation is not None, "the document has no such operation"
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    defaults = {
        v.variable.name.value: value_from_ast_untyped(v.default_value)
        for v in operation.variable_definitions or ()
        if v.default_value is not None
    }
    walk = _Walk(schema, fragments, {**defaults, **variables})
    root = schema.mutation_type if operation.operation is OperationType.MUTATION else schema.query_type
    _fields(walk, root, [operation.selection_set], 1)
    if walk.nodes > MOST_NODES and not walk.problems:
        words = (
            f"This query requests up to {walk.nodes:,} possible nodes which exceeds the maximum limit of "
            f"{MOST_NODES:,}."
        )
        first = next(s for s in operation.selection_set.selections if isinstance(s, FieldNode))
        walk.problems.append((Problem("MAX_NODE_LIMIT_EXCEEDED", words), first))
    return Cost(walk.nodes, walk.requests), walk.problems


def _fields(walk: _Walk, parent: Any, sets: list[SelectionSetNode], times: int) -> None:
    """Count each field once a type and response name, however many fragments ask for it."""
    merged: dict[tuple[str, str], tuple[Any, list[FieldNode]]] = {}
    for selection_set in sets:
        for owner, node in _flat(walk, parent, selection_set):
            name = node.alias.value if node.alias else node.name.value
            merged.setdefault((owner.name, name), (owner, []))[1].append(node)
    for owner, nodes in merged.values():
        definition = getattr(owner, "fields", {}).get(nodes[0].name.value)
        if definition is None:  # __typename, __type
            continue
        inner = get_named_type(definition.type)
        if is_composite_type(inner):
            below = [node.selection_set for node in nodes if node.selection_set]
            _fields(walk, inner, below, times * _rows(walk, definition, inner, nodes[0], times))


def _flat(walk: _Walk, parent: Any, selection_set: SelectionSetNode) -> Iterator[tuple[Any, FieldNode]]:
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            yield parent, node
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            yield from _flat(
                walk, walk.schema.get_type(condition.name.value) if condition else parent, node.selection_set
            )
        elif isinstance(node, FragmentSpreadNode):
            fragment = walk.fragments[node.name.value]
            kind = walk.schema.get_type(fragment.type_condition.name.value)
            yield from _flat(walk, kind, fragment.selection_set)


def _rows(walk: _Walk, definition: Any, inner: Any, node: FieldNode, times: int) -> int:
    """Count a list and return how many rows it may have."""
    given = {a.name.value: value_from_ast_untyped(a.value, walk.variables) for a in node.arguments or ()}
    if "ids" in definition.args:
        count = len(given.get("ids") or ())
        if count > MOST_IDS:
            words = f"You may not provide more than 100 node ids; you provided {count}."
            walk.problems.append((Problem("ARGUMENT_LIMIT", words), node))
        return count
    if not inner.name.endswith("Connection"):
        return 1
    problem = _page_problem(node.name.value, given)
    if problem:
        walk.problems.append((problem, node))
        return 1
    rows = int(given["first"] if given.get("first") is not None else given["last"])
    walk.requests += times
    walk.nodes += times * rows
    return rows


def _page_problem(name: str, given: Mapping[str, Any]) -> Problem | None:
    """Judge the page size (github.com/dblock/fue/issues/5 for the words)."""
    asked = {end: given[end] for end in ("first", "last") if given.get(end) is not None}
    if not asked:
        words = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        return Problem("MISSING_PAGINATION_BOUNDARIES", words)
    if len(asked) > 1:
        words = f"Passing both `first` and `last` to paginate the `{name}` connection is not supported."
        return Problem("INVALID_PAGINATION_BOUNDARIES", words)
    ((end, size),) = asked.items()
    if size > LARGEST_PAGE:
        words = f"Requesting {size} records on the `{name}` connection exceeds the `{end}` limit of 100 records."
        return Problem("EXCESSIVE_PAGINATION", words)
    if size < 1:
        words = f"`{end}` on the `{name}` connection cannot be less than one."
        return Problem("INVALID_PAGINATION_BOUNDARIES", words)
    return None
