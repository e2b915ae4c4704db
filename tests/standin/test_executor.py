"""The stand-in for GitHub rejects what GitHub rejects, and counts what GitHub counts."""

import json

import pytest
from graphql import assert_valid_schema, parse

from tests.standin import HOSTS, Server, World, host_schema, measure, old_host_schema, read_schema
from tests.standin.asking import ask, board, of_repository, sample
from tests.standin.schema import SDL


@pytest.fixture
def world() -> World:
    """Return a world with one of everything."""
    return sample()


# What GitHub rejects -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "code", "message"),
    [
        ("{ viewer { nope } }", "undefinedField", "Field 'nope' doesn't exist on type 'User'"),
        ("{ viewer(x: 1) { login } }", "argumentNotAccepted", "Field 'viewer' doesn't accept argument 'x'"),
        (
            '{ repository(name: "a") { id } }',
            "missingRequiredArguments",
            "Field 'repository' is missing required arguments: owner",
        ),
        (
            "{ viewer { ... on Nope { id } } }",
            "undefinedType",
            "No such type Nope, so it can't be a fragment condition",
        ),
        (
            "{ viewer }",
            "selectionMismatch",
            (
                "Field must have selections (field 'viewer' returns User but has no selections. "
                "Did you mean 'viewer { ... }'?)"
            ),
        ),
        (
            "{ viewer { login { x } } }",
            "selectionMismatch",
            "Selections can't be made on scalars (field 'login' returns String but has selections)",
        ),
        ("query Q($a: Int) { viewer { login } }", "variableNotUsed", "Variable $a is declared by Q but not used"),
        (
            "query Q { repositoryOwner(login: $x) { login } }",
            "variableNotDefined",
            "Variable $x is used by Q but not declared",
        ),
        (
            "query($a: Int!) { repositoryOwner(login: $a) { login } }",
            "variableMismatch",
            "Type mismatch on variable $a (Int! / String!)",
        ),
        (
            "{ viewer { login } } fragment F on User { id }",
            "useAndDefineFragment",
            "Fragment F was defined, but not used",
        ),
        (
            "{ viewer { ... on Issue { id } } }",
            "cannotSpreadFragment",
            "Fragment anonymous on Issue can't be spread inside User",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_a_document_outside_the_schema_is_rejected_in_github_s_form(document: str, code: str, message: str) -> None:
    """Nothing is run, and the error holds GitHub's code, a path, a place and no `type`."""
    answer = ask(Server(World()), document)

    assert {"errors"} == answer.keys()
    assert (code, message) == (answer["errors"][0]["extensions"]["code"], answer["errors"][0]["message"])
    assert answer["errors"][0]["locations"]
    assert answer["errors"][0]["path"][0].split()[0] in {"query", "fragment"}
    assert "type" not in answer["errors"][0]


def test_two_types_under_one_name_are_allowed_as_on_github(world: World) -> None:
    """GitHub merges an issue's and a pull request's `state`, which the specification forbids."""
    both = "issueOrPullRequest(number: 12) { ... on Issue { state } ... on PullRequest { state } }"

    assert ask(Server(world), of_repository(both))["data"]["repository"]["issueOrPullRequest"] == {"state": "CLOSED"}


@pytest.mark.parametrize(
    ("document", "variables", "said"),
    [
        ("{ viewer {", {}, "Parse error"),
        ("query($a: Int!) { nodes(ids: []) { id } repository(owner: 'x', name: 'y') { id } }", {}, "Parse error"),
        ("query($a: String!) { repositoryOwner(login: $a) { login } }", {}, "Variable $a was provided invalid value"),
        ("query A { viewer { login } } query B { viewer { id } }", {}, "An operation name is required"),
        ("", {}, "A query attribute must be specified and must be a string."),
    ],
    ids=["cut off", "wrong quotes", "variable missing", "which operation", "no document"],
)
def test_a_request_that_cannot_be_run_says_why(document: str, variables: dict, said: str) -> None:
    """The answer has no data, and an error in words."""
    answer = ask(Server(World()), document, **variables)

    assert "data" not in answer
    assert answer["errors"][0]["message"].startswith(said)


@pytest.mark.parametrize(
    ("items", "kind", "message"),
    [
        (
            "items",
            "MISSING_PAGINATION_BOUNDARIES",
            "You must provide a `first` or `last` value to properly paginate the `items` connection.",
        ),
        (
            "items(first: 101)",
            "EXCESSIVE_PAGINATION",
            "Requesting 101 records on the `items` connection exceeds the `first` limit of 100 records.",
        ),
        (
            "items(first: 1, last: 1)",
            "INVALID_PAGINATION_BOUNDARIES",
            "Passing both `first` and `last` to paginate the `items` connection is not supported.",
        ),
        (
            "items(last: 0)",
            "INVALID_PAGINATION_BOUNDARIES",
            "`last` on the `items` connection cannot be less than one.",
        ),
    ],
    ids=["none", "101", "both", "0"],
)
def test_a_page_has_one_size_from_1_to_100(world: World, items: str, kind: str, message: str) -> None:
    """A connection without a size, or with a wrong one, is refused before anything is run."""
    error = ask(Server(world), board(f"{items} {{ totalCount }}"))["errors"][0]

    assert (kind, message, ["items"]) == (error["type"], error["message"], error["path"])


def test_more_than_half_a_million_nodes_are_refused() -> None:
    """The nodes are the products of the sizes down each path, whatever there is."""
    labels = "items(first: 100) { nodes { fieldValues(first: 100) { nodes { ... on ProjectV2ItemFieldLabelValue { "
    document = board(labels + "labels(first: 100) { totalCount } } } } } }")

    error = ask(Server(World()), document)["errors"][0]

    assert error["type"] == "MAX_NODE_LIMIT_EXCEEDED"
    assert (
        (error["message"])
        == "This query requests up to 1,010,100 possible nodes which exceeds the maximum limit of 500,000."
    )


def test_more_than_100_ids_are_refused() -> None:
    """GitHub counts ids as it counts rows."""
    error = ask(Server(World()), "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["I_1"] * 101)["errors"][0]

    assert (
        error["type"],
        error["message"],
    ) == ("ARGUMENT_LIMIT", "You may not provide more than 100 node ids; you provided 101.")


@pytest.mark.parametrize(
    ("document", "variables", "nodes", "points"),
    [
        ("{ viewer { login } }", {}, 0, 1),
        (board("items(first: 100) { totalCount }"), {}, 100, 1),
        (board("a: items(first: 100) { totalCount } b: items(last: 50) { totalCount }"), {}, 150, 1),
        (
            board(
                "items(first: 100) { nodes { content { ... on Issue { labels(first: 20) { totalCount } "
                "closedByPullRequestsReferences(first: 5) { totalCount } } "
                "... on PullRequest { labels(first: 20) { totalCount } } } } }"
            ),
            {},
            100 + 100 * 45,
            3,
        ),
        (board("items(first: 100) { nodes { fieldValues(first: 8) { totalCount } } }"), {}, 900, 1),
        (
            "query($n: Int = 7, $ids: [ID!]!) { nodes(ids: $ids) { ... on Issue { labels(first: $n) { totalCount } } } }",
            {"ids": ["I_1"] * 60},
            420,
            1,
        ),
        (
            board("items(first: 100) { ...A ...A } ") + " fragment A on ProjectV2ItemConnection { totalCount }",
            {},
            100,
            1,
        ),
    ],
    ids=["no list", "one page", "two pages", "301 lists", "101 lists", "ids", "a fragment twice"],
)
def test_points_follow_github_s_formula(document: str, variables: dict, nodes: int, points: int) -> None:
    """A list counts once for each row that may hold it; a hundred of them are a point."""
    cost = measure(read_schema(), parse(document), variables)

    assert (nodes, points) == (cost.nodes, cost.points)


# Tokens and budgets --------------------------------------------------------------------------------------


def test_without_a_known_token_there_is_a_401(world: World) -> None:
    """Once a world has tokens, any other is refused; so is none at all."""
    world.token("test-token")
    server = Server(world)

    answer = server.handle(b'{"query": "{ viewer { login } }"}', {"authorization": "Bearer other-token"})
    assert (answer.status, json.loads(answer.body)["message"]) == (401, "Bad credentials")
    assert server.handle(b'{"query": "{ viewer { login } }"}', {}).status == 401
    assert ask(server, "{ viewer { login } }") == {"data": {"viewer": {"login": "robot"}}}


def test_a_classic_token_without_the_scope_gets_nothing(world: World) -> None:
    """The query is not run; the words name the scope that is missing."""
    world.token("test-token", scopes=("repo",))
    answer = ask(Server(world), board("id"))

    assert {"errors"} == answer.keys()
    assert answer["errors"][0]["type"] == "INSUFFICIENT_SCOPES"
    assert "requires one of the following scopes: ['read:project']" in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("powers", "kind", "message"),
    [
        ({"hidden": {"acme/rocket"}}, "NOT_FOUND", "Could not resolve to a Repository with the name 'acme/rocket'."),
        ({"forbidden": {"acme/rocket"}, "kind": "fine"}, "FORBIDDEN", "Resource not accessible by personal access token"),
        ({"forbidden": {"acme/rocket"}, "kind": "app"}, "FORBIDDEN", "Resource not accessible by integration"),
        ({"saml": {"acme"}}, "FORBIDDEN", ("Resource protected by organization SAML enforcement. "
         "You must grant your Personal Access token access to this organization.")),
    ],
    ids=["hidden", "fine-grained", "app", "saml"],
)  # fmt: skip
def test_a_repository_that_a_token_may_not_see(world: World, powers: dict, kind: str, message: str) -> None:
    """The repository is null, with the error that fits the token."""
    world.token("test-token", **powers)
    answer = ask(Server(world), of_repository("id"))

    assert answer["data"] == {"repository": None}
    assert (kind, message) == (answer["errors"][0]["type"], answer["errors"][0]["message"])


def test_single_sign_on_names_the_page_to_go_to(world: World) -> None:
    """The header holds what the error only hints at."""
    world.token("test-token", saml={"acme"})
    answer = Server(world).handle(
        json.dumps({"query": of_repository("id")}).encode(), {"authorization": "bearer test-token"}
    )

    assert answer.headers["x-github-sso"].startswith("required; url=https://github.com/orgs/acme/sso")
    assert json.loads(answer.body)["errors"][0]["extensions"] == {"saml_failure": True}


def test_items_of_repositories_that_a_token_may_not_see(world: World) -> None:
    """A private one is redacted in silence; a forbidden one is null with an error at each item."""
    world.repository("acme/rocket").visibility = "PRIVATE"
    world.token("weak-token", private=False)
    world.token("fine-token", kind="fine", forbidden={"acme/rocket"})
    server = Server(world)
    rows = 'items(first: 9) { nodes { type content { __typename } fieldValueByName(name: "Status") { __typename } } }'

    weak = ask(server, board(rows), "weak-token")
    fine = ask(server, board(rows), "fine-token")

    nodes = weak["data"]["repositoryOwner"]["projectV2"]["items"]["nodes"]
    assert [node["type"] for node in nodes] == ["REDACTED", "REDACTED", "DRAFT_ISSUE"]
    assert nodes[0] == {"type": "REDACTED", "content": None, "fieldValueByName": None}
    assert "errors" not in weak
    assert [error["type"] for error in fine["errors"]] == ["FORBIDDEN"] * 2
    assert fine["errors"][0]["path"] == ["repositoryOwner", "projectV2", "items", "nodes", 0, "content"]


@pytest.mark.parametrize(
    ("boards", "errors", "total"), [("all", 0, 3), ("empty", 0, 0), ("hidden", 1, None)], ids=["all", "empty", "hidden"]
)
def test_what_tokens_see_of_a_board(world: World, boards: str, errors: int, total: int | None) -> None:
    """A weak token sees an empty board without an error, a job's own finds none."""
    world.token("test-token", kind="actions", boards=boards)
    answer = ask(Server(world), board("items(first: 1) { totalCount }"))
    project = answer["data"]["repositoryOwner"]["projectV2"]

    assert errors == len(answer.get("errors", ()))
    assert total == (project["items"]["totalCount"] if project else None)


def test_the_hour_s_points_run_out_and_come_back(world: World) -> None:
    """The limit is a 200 with an error; the headers say when it ends."""
    now = [1_000_000.0]
    server = Server(world, clock=lambda: now[0], limit=2)
    body, headers = b'{"query": "{ rateLimit { remaining cost } }"}', {"authorization": "bearer test-token"}

    remaining = [json.loads(server.handle(body, headers).body)["data"]["rateLimit"]["remaining"] for _ in "12"]
    refused = server.handle(body, headers)

    assert remaining == [1, 0]
    assert (refused.status, json.loads(refused.body)["errors"][0]["type"]) == (200, "RATE_LIMIT")
    assert (refused.headers["x-ratelimit-remaining"], refused.headers["x-ratelimit-reset"]) == ("0", "1003600")
    now[0] = 1_003_600.0
    assert "data" in json.loads(server.handle(body, headers).body)
    assert [request.points for request in server.log] == [1, 1, 0, 1]


# The schema ----------------------------------------------------------------------------------------------


def test_the_subset_is_a_schema_of_names_and_types_only() -> None:
    """It is valid for every host, and holds no sentence of GitHub's."""
    for host in HOSTS:
        assert_valid_schema(host_schema(host))
    assert (host_schema("github.com"), host_schema("3.19")) == (read_schema(), old_host_schema())
    assert '"""' not in SDL.read_text()


_QUESTIONS = {
    "filter": board('items(first: 1, query: "is:open") { totalCount }'),
    "archived": board("items(first: 1, archivedStates: [ARCHIVED]) { totalCount }"),
    "multi": '{ node(id: "x") { ... on ProjectV2ItemFieldMultiSelectValue { id } } }',
    "duplicateOf": of_repository("issue(number: 12) { duplicateOf { number } }"),
    "issueType": of_repository("issue(number: 12) { issueType { name } }"),
    "enableDuplicate": of_repository("issue(number: 12) { stateReason(enableDuplicate: true) }"),
    "family": of_repository("issue(number: 12) { parent { number } subIssuesSummary { total } stateReason }"),
}


@pytest.mark.parametrize(
    ("host", "unknown"),
    [
        ("tomorrow", {"enableDuplicate"}),
        ("github.com", set()),
        ("3.19", {"filter", "archived"}),
        ("3.18", {"filter", "archived", "multi"}),
        ("3.17", {"filter", "archived", "multi", "duplicateOf"}),
        ("3.16", {"filter", "archived", "multi", "duplicateOf", "issueType", "enableDuplicate"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_host_knows_what_its_schema_holds(world: World, host: str, unknown: set) -> None:
    """What a host lacks it rejects with a code, and answers the rest."""
    server = Server(world, host=host)
    said = {name: ask(server, question).get("errors", [{}])[0] for name, question in _QUESTIONS.items()}

    rejected = {"undefinedField", "argumentNotAccepted", "undefinedType"}
    assert unknown == {name for name, error in said.items() if error.get("extensions", {}).get("code") in rejected}


@pytest.mark.parametrize(
    ("host", "plain", "enabled"),
    [
        ("github.com", "DUPLICATE", "DUPLICATE"),
        ("3.19", "DUPLICATE", "DUPLICATE"),
        ("3.18", "NOT_PLANNED", "DUPLICATE"),
        ("3.17", "NOT_PLANNED", "DUPLICATE"),
        ("3.16", "NOT_PLANNED", None),
    ],
    ids=["today", "3.19", "3.18", "3.17", "3.16"],
)
def test_older_hosts_keep_quiet_about_duplicates(world: World, host: str, plain: str, enabled: str | None) -> None:
    """Only who asks for it is told; other reasons are what they are."""
    issue = world.repository("acme/rocket").numbers[12]
    server = Server(world, host=host, duplicates_read_as="NOT_PLANNED")

    def reason(asked: str = "stateReason") -> str:
        return ask(server, of_repository(f"issue(number: 12) {{ {asked} }}"))["data"]["repository"]["issue"][
            "stateReason"
        ]

    issue.reason = "DUPLICATE"
    assert plain == reason()
    assert enabled is None or enabled == reason("stateReason(enableDuplicate: true)")
    issue.reason = "COMPLETED"
    assert reason() == "COMPLETED"
