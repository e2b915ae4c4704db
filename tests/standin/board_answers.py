"""Owns the answers about boards, their fields and items; must not know HTTP, limits or faults."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.standin import access, problems
from tests.standin.access import Visit
from tests.standin.connections import Connection
from tests.standin.filters import matching
from tests.standin.making import FIELD_TYPES, Made, answers, type_name
from tests.standin.schema import WITH_ARCHIVED, WITHOUT_MULTI_SELECT
from tests.standin.world import Card, Draft, Field, Issue, Option, Owner, Project, PullRequest


@answers("Issue.projectItems", "PullRequest.projectItems")
def _project_items(
    source: Issue | PullRequest,
    visit: Visit,
    includeArchived: bool = True,  # noqa: N803 - GitHub's name
    **given: Any,
) -> Connection:
    if visit.token.board_view == "hidden":
        raise problems.forbidden(visit.token.kind)
    if visit.token.board_view == "empty":
        return visit.page((), given)
    rows = [card for card in source.cards if includeArchived or not card.archived]
    # A board that is not for this token is a bare null among the nodes (github.com/cli/cli/issues/11703).
    return visit.page([None if access.is_project_hidden(visit, card.project) else card for card in rows], given)


@answers("Organization.projectV2", "User.projectV2", "ProjectV2Owner.projectV2")
def _project(owner: Owner, visit: Visit, number: int) -> Project:
    return access.see_project(visit, visit.world.projects.get((owner.login.lower(), number)), number)


@answers("ProjectV2.field")
def _field(project: Project, _: Visit, name: str) -> Field | None:
    return next((field for field in project.fields if field.name == name), None)


@answers("ProjectV2.fields")
def _fields(project: Project, visit: Visit, **given: Any) -> Connection:
    is_old = visit.host in WITHOUT_MULTI_SELECT
    return visit.page([one for one in project.fields if not (is_old and one.kind == "MULTI_SELECT")], given)


@answers("ProjectV2.view")
def _view(project: Project, _: Visit, number: int) -> Any:
    return next((view for view in project.views if view.number == number), None)


@answers("ProjectV2.views")
def _views(project: Project, visit: Visit, **given: Any) -> Connection:
    return visit.page(project.views, given)


@answers("ProjectV2.items")
def _items(
    project: Project,
    visit: Visit,
    query: str = "",
    archivedStates: list[str] | None = None,  # noqa: N803 - GitHub's name
    **given: Any,
) -> Connection:
    if visit.token.board_view == "empty":
        return visit.page((), given)
    states = ("ARCHIVED", "NOT_ARCHIVED") if visit.host in WITH_ARCHIVED else tuple(archivedStates or ("NOT_ARCHIVED",))

    def rows() -> list[Card]:
        wanted = {state == "ARCHIVED" for state in states}
        return matching(project, (card for card in project.cards if card.archived in wanted), query or "")

    return visit.page(visit.rows.of((project.serial, states, query), rows), given)


@answers("ProjectV2Item.type")
def _item_type(card: Card, visit: Visit) -> str:
    if access.is_redacted(visit, card):
        return "REDACTED"
    return {"Issue": "ISSUE", "PullRequest": "PULL_REQUEST", "DraftIssue": "DRAFT_ISSUE"}[type_name(card.content)]


@answers("ProjectV2Item.content")
def _content(card: Card, visit: Visit) -> Any:
    if access.is_redacted(visit, card):
        return None
    if not isinstance(card.content, Draft):
        access.refuse_protected(visit, card.content.repository)
        access.permit_discussion(visit, card.content)
    return card.content


@answers("ProjectV2Item.isArchived")
def _is_archived(card: Card, _: Visit) -> bool:
    return card.archived


@answers("ProjectV2Item.fieldValueByName")
def _value_by_name(card: Card, visit: Visit, name: str) -> Made | None:
    if access.is_redacted(visit, card):
        return None
    field = _field(card.project, visit, name)
    return _value(card, field) if field else None


@answers("ProjectV2Item.fieldValues")
def _values(card: Card, visit: Visit, **given: Any) -> Connection:
    made = [] if access.is_redacted(visit, card) else [_value(card, field) for field in card.project.fields]
    return visit.page([value for value in made if value], given)


def _value(card: Card, field: Field) -> Made | None:
    value = card.content.title if field.kind == "TITLE" else card.value(field.name)
    if value is None:
        return None
    common = {"id": f"PVTFV_{card.id}_{field.id}", "field": field, "updated_at": card.updated_at}
    kind, said = _VALUES[field.kind](field, value)
    return Made(kind, {**common, **said})


def _single(field: Field, value: str) -> tuple[str, dict[str, Any]]:
    option = next((o for o in field.options if o.name == value), None)
    # A card whose option is gone keeps neither name nor id (github.com/modelcontextprotocol/inspector/issues/1823).
    said = {"name": value, "option_id": option.id, "color": option.color} if option else {}
    return "ProjectV2ItemFieldSingleSelectValue", said or {"name": None, "option_id": None, "color": "GRAY"}


def _iteration(field: Field, value: str) -> tuple[str, dict[str, Any]]:
    place, option = next(
        ((n, o) for n, o in enumerate(field.options) if o.name == value), (0, Option("00000000", value))
    )
    said = {"title": value, "iteration_id": option.id, "start_date": _ITERATIONS[place], "duration": 14}
    return "ProjectV2ItemFieldIterationValue", said


def _multi(field: Field, value: Iterable[str]) -> tuple[str, dict[str, Any]]:
    wanted = set(value)
    return "ProjectV2ItemFieldMultiSelectValue", {"options": [o for o in field.options if o.name in wanted]}


def _plain(kind: str, name: str) -> Callable[[Field, Any], tuple[str, dict[str, Any]]]:
    return lambda _, value: (kind, {name: value})


def _issue_field(_: Field, value: str) -> tuple[str, dict[str, Any]]:
    inner = Made("IssueFieldSingleSelectValue", {"id": f"IFSSV_{value}", "name": value, "value": value})
    return "ProjectV2ItemIssueFieldValue", {"issue_field_value": inner}


#: The first days of a field's iterations, in the order of its options.
_ITERATIONS = ("2026-01-05", "2026-01-19", "2026-02-02", "2026-02-16", "2026-03-02")

_VALUES: dict[str, Callable[[Field, Any], tuple[str, dict[str, Any]]]] = {
    "TITLE": _plain("ProjectV2ItemFieldTextValue", "text"),
    "TEXT": _plain("ProjectV2ItemFieldTextValue", "text"),
    "NUMBER": _plain("ProjectV2ItemFieldNumberValue", "number"),
    "DATE": _plain("ProjectV2ItemFieldDateValue", "date"),
    "SINGLE_SELECT": _single,
    "ITERATION": _iteration,
    "MULTI_SELECT": _multi,
    "ISSUE_FIELD": _issue_field,
}


@answers("ProjectV2IterationField.configuration")
def _configuration(field: Field, _: Visit) -> Made:
    """Two weeks each from the day that a value says, one after the other; the first has ended."""
    made = [
        Made("ProjectV2IterationFieldIteration", {"title": o.name, "start_date": _ITERATIONS[n], "duration": 14})
        for n, o in enumerate(field.options)
    ]
    parts = {"duration": 14, "completed_iterations": made[:1], "iterations": made[1:]}
    return Made("ProjectV2IterationFieldConfiguration", parts)


@answers(*(f"{kind}.dataType" for kind in ("ProjectV2Field", *FIELD_TYPES.values())))
def _data_type(field: Field, _: Visit) -> str:
    return "SINGLE_SELECT" if field.kind == "ISSUE_FIELD" else field.kind
