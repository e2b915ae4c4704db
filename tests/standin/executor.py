"""Owns running one document against a world: parse, validate, measure, execute; must not know HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    GraphQLUnionType,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    parse,
)

from tests.standin import answers, board_answers, git_answers, reviews, writes
from tests.standin.access import Visit
from tests.standin.limits import NO_COST, Cost, judge
from tests.standin.making import resolver, type_name
from tests.standin.problems import Problem
from tests.standin.rejections import parse_error, rejections, variable_problems
from tests.standin.schema import sdl_of
from tests.standin.scopes import Need, lacking, needs

#: The modules that enter their answers in the table when they are imported.
ANSWERS = (answers, board_answers, git_answers, reviews, writes)


@cache
def playing_schema(host: str) -> GraphQLSchema:
    """Return a host's schema with an answer at each field; made once a process."""
    schema = build_schema(sdl_of(host))
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            kind.resolve_type = type_name
        elif isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, definition in kind.fields.items():
                definition.resolve = resolver(kind.name, name)
    return schema


@dataclass(frozen=True, slots=True)
class Known:
    """A document that was parsed and validated before. `errors` are GitHub's, empty for a good one."""

    document: DocumentNode
    errors: tuple[dict[str, Any], ...]
    needs: tuple[Need, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """Return the operation by name, the only one without; None where that is not possible."""
        found = [d for d in self.document.definitions if isinstance(d, OperationDefinitionNode)]
        named = [d for d in found if name is None or (d.name and d.name.value == name)]
        return named[0] if len(named) == 1 else None


@dataclass(slots=True)
class Result:
    """What GitHub answers in JSON; `data` is absent (None and not `has_data`) where nothing was run."""

    data: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    has_data: bool = False
    cost: Cost = NO_COST
    sign_on: str = ""

    @property
    def body(self) -> dict[str, Any]:
        """Return the JSON object of the answer."""
        data = {"data": self.data} if self.has_data else {}
        return {**data, **({"errors": self.errors} if self.errors else {})}


@lru_cache(maxsize=512)
def know(text: str, host: str) -> Known:
    """Parse and validate a document."""
    schema = playing_schema(host)
    try:
        document = parse(text)
    except GraphQLSyntaxError as error:
        return Known(DocumentNode(definitions=()), (parse_error(error),), ())
    errors = tuple(rejections(schema, document))
    return Known(document, errors, () if errors else needs(schema, document))


@lru_cache(maxsize=4096)
def _judged(text: str, host: str, operation: str | None, sizes: tuple[tuple[str, Any], ...]) -> Any:
    known = know(text, host)
    variables = {name: [""] * value if is_list else value for name, (is_list, value) in sizes}
    return judge(playing_schema(host), known.document, variables, known.operation(operation))


def _sizes(variables: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return what a cost can hang on: numbers, and the lengths of lists."""
    numbers = ((n, (False, v)) for n, v in variables.items() if isinstance(v, int | None))
    lists = ((n, (True, len(v))) for n, v in variables.items() if isinstance(v, list))
    return tuple(sorted((*numbers, *lists)))


def cost_of(text: str, variables: Mapping[str, Any], operation: str | None, host: str) -> Any:
    """Return the cost of a valid document, and the refusals of its page sizes and nodes."""
    return _judged(text, host, operation, _sizes(variables))


def refused(text: str, variables: Mapping[str, Any], operation: str | None, visit_: Visit) -> Result | None:
    """Return the answer to a document that is not run at all; None for one that may run."""
    known = know(text, visit_.host)
    if known.errors:
        return Result(errors=list(known.errors))
    chosen = known.operation(operation)
    if chosen is None:
        return Result(errors=[{"message": "An operation name is required"}])
    wrong = variable_problems(playing_schema(visit_.host), chosen, variables)
    if wrong:
        return Result(errors=wrong)
    unscoped = lacking(known.needs, visit_.token)
    if unscoped:
        return Result(errors=unscoped)
    cost, refusals = cost_of(text, variables, operation, visit_.host)
    if refusals:
        return Result(errors=[_located(problem, node) for problem, node in refusals], cost=cost)
    return None


def run(text: str, variables: Mapping[str, Any], operation: str | None, visit_: Visit) -> Result:
    """Execute a document that may run."""
    schema = playing_schema(visit_.host)
    known = know(text, visit_.host)
    done = execute_sync(
        schema,
        known.document,
        context_value=visit_,
        variable_values=dict(variables),
        operation_name=operation,
    )
    if visit_.touching is not None:
        visit_.touching.finish(done.data)
    errors = [_error(error) for error in done.errors or ()]
    causes = [error.original_error for error in done.errors or ()]
    sign_on = next((cause.sign_on for cause in causes if isinstance(cause, Problem) and cause.sign_on), "")
    return Result(done.data, errors, has_data=True, cost=visit_.cost, sign_on=sign_on)


def _error(error: GraphQLError) -> dict[str, Any]:
    """Return GitHub's form of an error; what is a bug of the stand-in goes on to the test."""
    cause = error.original_error
    if not isinstance(cause, Problem):
        raise cause or error
    made: dict[str, Any] = {**({"type": cause.kind} if cause.kind else {}), "path": error.path}
    if cause.extensions:
        made["extensions"] = cause.extensions
    made["locations"] = [{"line": place.line, "column": place.column} for place in error.locations or ()]
    return {**made, "message": cause.message}


def _located(problem: Problem, node: FieldNode) -> dict[str, Any]:
    start = node.loc.start_token if node.loc else None
    places = [{"line": start.line, "column": start.column}] if start else []
    name = node.alias.value if node.alias else node.name.value
    return {"type": problem.kind, "path": [name], "locations": places, "message": problem.message}
