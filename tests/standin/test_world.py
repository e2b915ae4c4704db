"""The stand-in for GitHub answers right about repositories, issues and boards."""

import json

import pytest

from tests.standin import Draft, Server, World
from tests.standin.asking import ask, board, of_board, of_repository, sample

ALL = "archivedStates: [ARCHIVED, NOT_ARCHIVED]"


@pytest.fixture
def world() -> World:
    """Return a world with one of everything."""
    return sample()


# Looking things up ---------------------------------------------------------------------------------------


def test_a_number_that_is_not_there_is_null_with_an_error_at_its_alias(world: World) -> None:
    """The others arrive beside it."""
    document = of_repository(
        "i12: issueOrPullRequest(number: 12) { __typename } i99: issueOrPullRequest(number: 99) { __typename }"
    )

    answer = ask(Server(world), document)

    assert answer["data"]["repository"] == {"i12": {"__typename": "Issue"}, "i99": None}
    assert answer["errors"] == [
        {
            "type": "NOT_FOUND",
            "path": ["repository", "i99"],
            "locations": [{"line": 1, "column": 98}],
            "message": "Could not resolve to an issue or pull request with the number of 99.",
        }
    ]


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        (of_repository("id", "nope"), ["repository"], "a Repository with the name 'acme/nope'"),
        (of_repository("issue(number: 13) { id }"), ["repository", "issue"], "an Issue with the number of 13"),
        (
            of_repository("pullRequest(number: 12) { id }"),
            ["repository", "pullRequest"],
            "a PullRequest with the number of 12",
        ),
        ('{ organization(login: "robot") { id } }', ["organization"], "an Organization with the login of 'robot'"),
        ('{ user(login: "acme") { id } }', ["user"], "a User with the login of 'acme'"),
        ('{ nodes(ids: ["I_x"]) { id } }', ["nodes", 0], "a node with the global id of 'I_x'"),
        (
            '{ organization(login: "acme") { projectV2(number: 4) { id } } }',
            ["organization", "projectV2"],
            "a ProjectV2 with the number 4",
        ),
    ],
    ids=["repository", "issue", "pull request", "organization", "user", "node", "board"],
)
def test_what_is_not_there_is_not_found_in_github_s_words(
    world: World, document: str, path: list, message: str
) -> None:
    """The error names what was asked for, at its path."""
    error = ask(Server(world), document)["errors"][0]

    assert ("NOT_FOUND", path, f"Could not resolve to {message}.") == (error["type"], error["path"], error["message"])


def test_an_owner_that_is_not_there_is_null_without_an_error() -> None:
    """Only `repositoryOwner` is as quiet as that."""
    assert ask(Server(World()), '{ repositoryOwner(login: "x") { login } }') == {"data": {"repositoryOwner": None}}


def test_names_are_found_without_case_and_after_a_rename(world: World) -> None:
    """The answer spells the name of today; who refuses to follow finds nothing."""
    world.repository("acme/rocket").rename("Orbit/Station")
    server = Server(world)
    following = '{ repository(owner: "ACME", name: "Rocket") { id nameWithOwner } }'
    staying = '{ repository(owner: "acme", name: "rocket", followRenames: false) { id } }'

    assert ask(server, following)["data"]["repository"] == {"id": "R_kg000001", "nameWithOwner": "Orbit/Station"}
    assert ask(server, staying)["errors"][0]["type"] == "NOT_FOUND"


def test_a_transferred_issue_leaves_its_number_and_keeps_its_card(world: World) -> None:
    """The board's item points at the new place."""
    world.repository("acme/rocket").transfer(14, world.repository("acme/moon"), 1)
    server = Server(world)

    assert (
        ask(server, of_repository("issueOrPullRequest(number: 14) { __typename }"))["errors"][0]["type"] == "NOT_FOUND"
    )
    rows = of_board(server, "items(first: 9) { nodes { content { ... on Issue { repository { name } number } } } }")
    assert rows["items"]["nodes"][1]["content"] == {"repository": {"name": "moon"}, "number": 1}


def test_every_node_is_found_by_its_id(world: World) -> None:
    """Ids lead back to what they were read from."""
    rocket = world.repository("acme/rocket")
    comment = world.comment(rocket.numbers[12], "Hello", "writer")
    cards = world.project("acme", 3).cards
    ids = [rocket.id, rocket.numbers[12].id, rocket.numbers[13].id, cards[3].id, cards[3].content.id]
    ids += [world.project("acme", 3).id, comment.id, world.owner("acme").id]

    answer = ask(Server(world), "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)

    assert ids == [node["id"] for node in answer["data"]["nodes"]]
    kinds = ["Repository", "Issue", "PullRequest", "ProjectV2Item", "DraftIssue", "ProjectV2", "IssueComment"]
    assert [*kinds, "Organization"] == [node["__typename"] for node in answer["data"]["nodes"]]


def test_closing_pull_requests_come_merged_even_where_closed_ones_were_not_asked(world: World) -> None:
    """GitHub leaves out only those that were closed unmerged."""
    rocket = world.repository("acme/rocket")
    rocket.pull(20, state="CLOSED", closes=[rocket.numbers[14]])
    rows = "{ nodes { number state } }"
    document = of_repository(
        f"issue(number: 14) {{ some: closedByPullRequestsReferences(first: 9) {rows} "
        f"all: closedByPullRequestsReferences(first: 9, includeClosedPrs: true) {rows} }}"
    )

    issue = ask(Server(world), document)["data"]["repository"]["issue"]

    assert issue["some"]["nodes"] == [{"number": 13, "state": "MERGED"}]
    assert [row["number"] for row in issue["all"]["nodes"]] == [13, 20]


def test_an_issue_tells_its_family_and_its_boards(world: World) -> None:
    """Parent, children, labels, milestone and cards, archived ones too."""
    document = of_repository(
        "issue(number: 12) { milestone { title } labels(first: 9) { nodes { name } } subIssuesSummary { total } "
        "subIssues(first: 9) { nodes { number parent { number } } } "
        "projectItems(first: 9) { totalCount nodes { isArchived project { number } } } "
        "live: projectItems(first: 9, includeArchived: false) { totalCount } }"
    )

    assert ask(Server(world), document)["data"]["repository"]["issue"] == {
        "milestone": {"title": "Beta"},
        "labels": {"nodes": [{"name": "bug"}, {"name": "area: sky"}]},
        "subIssuesSummary": {"total": 1},
        "subIssues": {"nodes": [{"number": 14, "parent": {"number": 12}}]},
        "projectItems": {"totalCount": 1, "nodes": [{"isArchived": True, "project": {"number": 3}}]},
        "live": {"totalCount": 0},
    }


# Boards --------------------------------------------------------------------------------------------------


def test_archived_items_come_only_when_asked_for(world: World) -> None:
    """By default the totals leave them out."""
    got = of_board(
        Server(world), f"live: items(first: 9) {{ totalCount }} all: items(first: 9, {ALL}) {{ totalCount }}"
    )

    assert (got["live"]["totalCount"], got["all"]["totalCount"]) == (3, 4)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
def test_pages_of_any_size_give_every_item_once_in_order(size: int, backward: bool) -> None:
    """Both ways of paging meet every row, and say rightly where the list ends."""
    world = World()
    rocket, project = world.repository("acme/rocket"), world.project("acme", 3)
    project.fill(rocket, 7, lambda number: "Todo")
    server = Server(world)
    ends = (
        ("last", "before", "hasPreviousPage", "startCursor")
        if backward
        else ("first", "after", "hasNextPage", "endCursor")
    )
    seen: list[int] = []
    cursor, more = "", True
    while more:
        place = f', {ends[1]}: "{cursor}"' if cursor else ""
        rows = "nodes { content { ... on Issue { number } } }"
        page = of_board(server, f"items({ends[0]}: {size}{place}) {{ pageInfo {{ {ends[2]} {ends[3]} }} {rows} }}")[
            "items"
        ]
        numbers = [row["content"]["number"] for row in page["nodes"]]
        seen = numbers + seen if backward else seen + numbers
        cursor, more = page["pageInfo"][ends[3]], page["pageInfo"][ends[2]]

    assert list(range(1, 8)) == seen
    assert -(-7 // size) == len(server.log)


def test_a_cursor_that_github_did_not_make_is_refused(world: World) -> None:
    """Cursors are not to be made up."""
    error = ask(Server(world), board('items(first: 1, after: "MQ") { totalCount }'))["errors"][0]

    assert (
        error["type"],
        error["message"],
    ) == ("INVALID_CURSOR_ARGUMENTS", "`MQ` does not appear to be a valid cursor.")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Fly", "Wings", "Land", "Dream"]),
        ("status:Shipped", ["Fly"]),
        ('status:"Coming soon",Ideas', ["Wings", "Dream"]),
        ("status:'coming SOON'", ["Wings"]),
        ("status:Coming soon", []),
        ("-status:Shipped", ["Wings", "Land", "Dream"]),
        ("no:status", ["Land"]),
        ("-no:status", ["Fly", "Wings", "Dream"]),
        ("has:docs", ["Wings"]),
        ("label:bug label:'area: sky'", ["Fly"]),
        ("label:nope", []),
        ("no:label", ["Wings", "Land", "Dream"]),
        ("is:issue", ["Fly", "Land"]),
        ("is:pr,draft", ["Wings", "Dream"]),
        ("is:open", ["Land", "Dream"]),
        ("is:closed", ["Fly", "Wings"]),
        ("is:merged", ["Wings"]),
        ("repo:Acme/Rocket is:issue", ["Fly", "Land"]),
        ("reason:completed", ["Fly"]),
        ("milestone:Beta", ["Fly"]),
        ("parent-issue:acme/rocket#12", ["Land"]),
        ("docs:he*", ["Wings"]),
        ("wing", ["Wings"]),
        ("-title:Fly is:issue", ["Land"]),
        ("nonsense:x", ["Fly", "Wings", "Land", "Dream"]),
        ("-nonsense:x is:draft", ["Dream"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_items_are_filtered_as_a_board_filters_them(world: World, query: str, titles: list[str]) -> None:
    """A comma is or, a blank is and; a qualifier that does not exist filters nothing, without a word."""
    rows = 'nodes { fieldValueByName(name: "Title") { ... on ProjectV2ItemFieldTextValue { text } } }'
    got = of_board(Server(world), f"items(first: 9, {ALL}, query: {json.dumps(query)}) {{ {rows} }}")

    assert titles == [row["fieldValueByName"]["text"] for row in got["items"]["nodes"]]


def test_a_host_of_yesterday_knows_no_filter_and_shows_archived_items(world: World) -> None:
    """It rejects the argument, says so when its schema is asked, and answers the plain document."""
    server = Server(world, old_host=True)
    error = ask(server, board('items(first: 1, query: "x") { totalCount }'))["errors"][0]
    arguments = ask(server, '{ __type(name: "ProjectV2") { fields { name args { name } } } }')["data"]["__type"][
        "fields"
    ]

    assert error["extensions"]["code"] == "argumentNotAccepted"
    items = next(field for field in arguments if field["name"] == "items")
    assert {"query", "archivedStates"}.isdisjoint(argument["name"] for argument in items["args"])
    assert of_board(server, "items(first: 1) { totalCount }")["items"]["totalCount"] == 4


@pytest.mark.parametrize(
    ("kind", "value", "selection", "said"),
    [
        ("SINGLE_SELECT", "One", "... on ProjectV2ItemFieldSingleSelectValue { name }", {"name": "One"}),
        (
            "SINGLE_SELECT",
            "Gone",
            "... on ProjectV2ItemFieldSingleSelectValue { name optionId }",
            {"name": None, "optionId": None},
        ),
        (
            "MULTI_SELECT",
            ["One"],
            "... on ProjectV2ItemFieldMultiSelectValue { options { name } }",
            {"options": [{"name": "One"}]},
        ),
        ("ITERATION", "One", "... on ProjectV2ItemFieldIterationValue { title }", {"title": "One"}),
        ("TEXT", "words", "... on ProjectV2ItemFieldTextValue { text }", {"text": "words"}),
        ("NUMBER", 3.5, "... on ProjectV2ItemFieldNumberValue { number }", {"number": 3.5}),
        ("DATE", "2026-03-04", "... on ProjectV2ItemFieldDateValue { date }", {"date": "2026-03-04"}),
        (
            "ISSUE_FIELD",
            "One",
            "... on ProjectV2ItemIssueFieldValue { issueFieldValue { ... on IssueFieldSingleSelectValue { name } } }",
            {"issueFieldValue": {"name": "One"}},
        ),
    ],
    ids=["single", "option gone", "multi", "iteration", "text", "number", "date", "issue field"],
)
def test_every_kind_of_field_answers_with_its_own_type(kind: str, value: object, selection: str, said: dict) -> None:
    """A reader that knows one kind gets `{}` of another."""
    world = World()
    project = world.project("acme", 3)
    project.add_field("Extra", kind, ("One", "Two"))
    project.put(Draft("Dream"), values={"Extra": value})
    got = of_board(
        Server(world), f'items(first: 1) {{ nodes {{ fieldValueByName(name: "Extra") {{ {selection} }} }} }}'
    )

    assert said == got["items"]["nodes"][0]["fieldValueByName"]


def test_a_renamed_field_makes_every_value_null_without_an_error(world: World) -> None:
    """Only asking for the field itself tells."""
    world.project("acme", 3).status.name = "Stage"
    got = of_board(
        Server(world),
        'field(name: "Status") { __typename } items(first: 9) { nodes { fieldValueByName(name: "Status") { __typename } } }',
    )

    assert None is got["field"]
    assert [row["fieldValueByName"] for row in got["items"]["nodes"]] == [None] * 3


@pytest.mark.slow
def test_fifty_thousand_items_are_sorted_out_once_for_all_pages() -> None:
    """Paging a large board works the list out once, until the world changes."""
    world = World()
    project = world.project("acme", 3)
    project.fill(world.repository("acme/rocket"), 50_000, lambda number: "Done" if number % 2 else None)
    server = Server(world)
    document = board('items(last: 1, query: "status:Done") { totalCount }')

    assert [ask(server, document)["data"]["repositoryOwner"]["projectV2"]["items"]["totalCount"] for _ in "12"] == [
        25_000,
        25_000,
    ]
    assert len(server._rows.known) == 1
    rows = next(iter(server._rows.known.values()))
    project.cards[0].status = None
    ask(server, document)
    assert rows is not next(iter(server._rows.known.values()))
    assert len(next(iter(server._rows.known.values()))) == 24_999
