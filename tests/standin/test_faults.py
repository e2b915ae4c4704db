"""The stand-in for GitHub fails as GitHub fails, in process and on the wire."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.standin import Latency, Server, World, faults, install, serve
from tests.standin.asking import ask, board, of_board, of_repository, sample
from tests.standin.making import NotPlayedError


@pytest.fixture
def world() -> World:
    """Return a world with one of everything."""
    return sample()


# Faults --------------------------------------------------------------------------------------------------

_NUMBERS = "items(first: 9) { totalCount pageInfo { hasNextPage endCursor } nodes { id } }"


def test_a_fault_applies_when_it_was_told_to(world: World) -> None:
    """By number, by count, by predicate; the log tells which."""
    due = faults.server_error(500).matching(lambda request: "viewer" in request.document).times(2)
    server = Server(world, faults=[faults.gone_wrong().on(2), due])
    body, headers = b'{"query": "{ viewer { id } }"}', {"authorization": "bearer test-token"}

    assert [server.handle(body, headers).status for _ in range(3)] == [500, 502, 200]
    assert [request.faults for request in server.log] == [["500 x2"], ["502 JSON on 2", "500 x2"], []]


@pytest.mark.parametrize(
    ("fault", "status", "said", "header"),
    [
        (faults.gone_wrong(504), 504, "Something went wrong while executing your query.", ""),
        (faults.bad_gateway(), 502, "<title>502 Bad Gateway</title>", ""),
        (faults.primary_limit(), 200, '"type": "RATE_LIMIT"', "x-ratelimit-reset"),
        (faults.primary_limit("RATE_LIMITED"), 200, '"type": "RATE_LIMITED"', "x-ratelimit-reset"),
        (faults.secondary_limit(), 403, "secondary rate limit", ""),
        (faults.secondary_limit(429, retry_after=7), 429, "secondary rate limit", "retry-after"),
        (faults.secondary_limit(200), 200, "secondary rate limit", ""),
        (faults.bad_credentials(), 401, "Bad credentials", ""),
        (faults.insufficient_scopes(), 200, "INSUFFICIENT_SCOPES", ""),
        (faults.too_many_nodes(), 200, "MAX_NODE_LIMIT_EXCEEDED", ""),
        (faults.redirect(), 302, "", "location"),
        (faults.no_data(), 200, '{"data": null}', ""),
        (faults.empty_answer(), 200, "{}", ""),
        (
            faults.validation_timeout(),
            200,
            '{"data": null, "errors": [{"message": "Timeout on validation of query"}]}',
            "",
        ),
        (faults.refused("acme forbids access"), 403, '"message": "acme forbids access"', ""),
        (faults.body(b"[" * 200_000), 200, "[" * 200_000, ""),
        (faults.body(b"<p>", 503, content_type="text/html"), 503, "<p>", "content-type"),
    ],
    ids=lambda value: repr(value) if isinstance(value, faults.Fault) else "",
)
def test_faults_in_github_s_place(fault: faults.Fault, status: int, said: str, header: str) -> None:
    """The answer is the one that users report; nothing is run."""
    server = Server(World(), faults=[fault])
    answer = server.handle(b'{"query": "{ viewer { id } }"}', {"authorization": "bearer test-token"})

    assert status == answer.status
    assert said in answer.body.decode()
    assert not header or header in answer.headers
    assert server.points == 0


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        (faults.forbidden("Query.repository"), ["repository"]),
        (faults.forbidden("Repository.issueOrPullRequest"), ["repository", "i12"]),
        (faults.forbidden("Issue.projectItems"), ["repository", "i12", "projectItems"]),
        (faults.forbidden("*.projectV2"), ["repositoryOwner", "projectV2"]),
        (faults.forbidden("ProjectV2.field"), ["repositoryOwner", "projectV2", "field"]),
        (faults.forbidden("ProjectV2.items"), ["repositoryOwner", "projectV2", "items"]),
        (faults.forbidden("ProjectV2Item.content", at=1), ["repositoryOwner", "projectV2", "items", "nodes", 1, "content"]),
        (faults.forbidden_node("Issue.projectItems"), ["repository", "i12", "projectItems", "nodes", 0]),
        (faults.not_found("Repository.issueOrPullRequest"), ["repository", "i12"]),
        (faults.saml("Query.repository"), ["repository"]),
        (faults.resource_limits("Issue.projectItems"), ["repository", "i12", "projectItems"]),
        (faults.failing("Query.repository", "SERVICE_UNAVAILABLE"), ["repository"]),
        (faults.gone_wrong_at("Repository.issueOrPullRequest", number=12), ["repository", "i12"]),
    ],
    ids=lambda value: repr(value) if isinstance(value, faults.Fault) else "",
)  # fmt: skip
def test_faults_at_a_field_are_errors_at_its_path(world: World, fault: faults.Fault, path: list) -> None:
    """The place is null, or the nearest place that the schema allows to be; the rest is there."""
    both = board('field(name: "Status") { __typename } items(first: 9) { nodes { content { __typename } } }')[2:-2]
    document = f"{{ {both} {of_repository('i12: issueOrPullRequest(number: 12) { ... on Issue { projectItems(first: 9) { nodes { id } } } }')[2:]}"

    answer = ask(Server(world, faults=[fault]), document)

    assert [path] == [error["path"] for error in answer["errors"]]
    held = answer["data"]
    for key in path:
        held = held[key] if held is not None else None
    assert held is None
    assert any(answer["data"].values())


@pytest.mark.parametrize(
    ("fault", "place", "value"),
    [
        (faults.unknown_type("ProjectV2Item.content", at=0), "content", {"__typename": "Mystery"}),
        (faults.unknown_word("ProjectV2Item.type", "MYSTERY", at=0), "type", "MYSTERY"),
        (faults.quietly_null("ProjectV2Item.content", at=0), "content", None),
        (faults.wrong_type("ProjectV2Item.type", {"a": [1]}, at=0), "type", {"a": [1]}),
    ],
    ids=["type", "enum", "null", "no enum"],
)
def test_faults_past_the_schema(world: World, fault: faults.Fault, place: str, value: object) -> None:
    """Words and types that no schema of today holds can come tomorrow."""
    answer = ask(Server(world, faults=[fault]), board("items(first: 2) { nodes { type content { __typename } } }"))
    nodes = answer["data"]["repositoryOwner"]["projectV2"]["items"]["nodes"]

    assert value == nodes[0][place]
    assert nodes[1] == {"type": "ISSUE", "content": {"__typename": "Issue"}}
    assert "errors" not in answer


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        (faults.drifting_total("ProjectV2.items", 2), {"totalCount": 5}),
        (faults.drifting_total("ProjectV2.items", -9), {"totalCount": 0}),
        (faults.missing_row("ProjectV2.items", 1), {"nodes": [0, 2]}),
        (faults.doubled_row("ProjectV2.items", 0), {"nodes": [0, 1, 0]}),
        (faults.null_node("ProjectV2.items", 2), {"nodes": [0, 1, None]}),
        (faults.stuck_cursor("ProjectV2.items"), {"pageInfo": {"hasNextPage": True, "endCursor": None}}),
        (faults.stuck_cursor("ProjectV2.items", ""), {"pageInfo": {"hasNextPage": True, "endCursor": ""}}),
        (
            faults.stuck_cursor("ProjectV2.items", "repeated"),
            {"pageInfo": {"hasNextPage": True, "endCursor": "djI6MQ=="}},
        ),
        (
            faults.empty("ProjectV2.items"),
            {"nodes": [], "totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}},
        ),
    ],
    ids=lambda value: repr(value) if isinstance(value, faults.Fault) else "",
)
def test_faults_of_a_page_change_that_and_nothing_else(world: World, fault: faults.Fault, change: dict) -> None:
    """Rows are given by their place in the page as it should be."""
    honest = of_board(Server(world), _NUMBERS)["items"]
    rows = honest["nodes"]
    wanted = {**honest, **change}
    if "nodes" in change:
        wanted["nodes"] = [None if place is None else rows[place] for place in change["nodes"]]

    assert wanted == of_board(Server(world, faults=[fault]), _NUMBERS)["items"]


def test_a_page_can_end_early(world: World) -> None:
    """The next page is there, and is denied."""
    document = "items(first: 1) { pageInfo { hasNextPage } }"

    assert of_board(Server(world), document)["items"]["pageInfo"]["hasNextPage"]
    server = Server(world, faults=[faults.ends_early("ProjectV2.items")])
    assert not of_board(server, document)["items"]["pageInfo"]["hasNextPage"]


def test_the_world_can_change_between_two_requests(world: World) -> None:
    """People work on the board while it is read: a card that moves up is read twice."""
    project = world.project("acme", 3)
    change = faults.world_changes(lambda w: project.move(project.cards[1], 3))
    server = Server(world, faults=[change.on(2)])
    first = of_board(server, "items(first: 2) { pageInfo { endCursor } nodes { id } }")["items"]
    second = of_board(server, f'items(first: 2, after: "{first["pageInfo"]["endCursor"]}") {{ nodes {{ id }} }}')[
        "items"
    ]

    assert first["nodes"][0] == second["nodes"][0]


def test_json_can_be_altered_and_errors_added(world: World) -> None:
    """An error of no known type stands beside good data."""
    answer = ask(Server(world, faults=[faults.extra_error()]), "{ viewer { login } }")

    assert answer["data"] == {"viewer": {"login": "robot"}}
    assert answer["errors"] == [{"message": "Projects (classic) is being deprecated."}]


def test_what_is_too_large_can_fail_until_it_is_smaller(world: World) -> None:
    """A busy GitHub is played by a predicate on what is asked."""
    busy = faults.gone_wrong().matching(faults.larger_than(look_ups=1, rows=50)).always()
    server = Server(world, faults=[busy])
    one = "issueOrPullRequest(number: 12) { __typename }"

    assert "errors" in ask(server, of_repository(f"a: {one} b: {one}"))
    assert "errors" not in ask(server, of_repository(one))
    assert "errors" in ask(
        server,
        'query($n: Int!) { repository(owner: "acme", name: "rocket") { issues(first: $n) { totalCount } } }',
        n=51,
    )


def test_one_look_up_can_fail_every_time_beside_the_others(world: World) -> None:
    """It has GitHub's words and its path, whatever its alias and however often it is asked."""
    fault = faults.gone_wrong_at("Repository.issueOrPullRequest", number=12).always()
    server = Server(world, faults=[fault])
    one = "issueOrPullRequest(number: {}) {{ __typename }}"
    document = of_repository(f"a: {one.format(12)} b: {one.format(14)}")

    for answer in (ask(server, document), ask(server, document)):
        assert answer["data"]["repository"] == {"a": None, "b": {"__typename": "Issue"}}
        assert [error["path"] for error in answer["errors"]] == [["repository", "a"]]
        assert answer["errors"][0]["message"].startswith("Something went wrong while executing your query.")
        assert "type" not in answer["errors"][0]
    assert "errors" not in ask(server, of_repository(one.format(14)))


def test_a_document_can_be_too_much_to_validate(world: World) -> None:
    """Up to so many look-ups it is answered, with one more it never is."""
    server = Server(world, faults=[faults.validation_timeout(look_ups=2)])
    aliases = [f"i{n}: issueOrPullRequest(number: 12) {{ __typename }}" for n in range(3)]

    assert ask(server, of_repository(" ".join(aliases[:2])))["data"]
    for _ in "12":
        answer = ask(server, of_repository(" ".join(aliases)))
        assert answer == {"data": None, "errors": [{"message": "Timeout on validation of query"}]}


def test_a_mutation_can_be_too_quick_a_few_times(world: World) -> None:
    """The limit has a path; queries do not use it up, and nothing is done before it is over."""
    server = Server(world, faults=[faults.too_quickly("addComment").times(2)])
    comment = 'mutation { addComment(input: {subjectId: "I_kw0000010000000012", body: "x"}) { subject { id } } }'
    answers = [ask(server, document) for document in ("{ viewer { id } }", comment, comment)]

    assert [answer.get("errors") for answer in answers] == [None] + [
        [
            {
                "type": "UNPROCESSABLE",
                "path": ["addComment"],
                "locations": [{"line": 1, "column": 12}],
                "message": "was submitted too quickly",
            }
        ]
    ] * 2
    assert answers[2]["data"] == {"addComment": None}
    assert not world.comments
    assert "errors" not in ask(server, comment)
    assert len(world.comments) == 1


# The doors -----------------------------------------------------------------------------------------------


def test_behind_respx_the_wire_fails_as_httpx_tells_it(world: World, respx_mock) -> None:
    """A hang is a read timeout at once: no test waits for it."""
    failing = [faults.hang().on(1), faults.reset().on(2), faults.truncated().on(3), faults.certificate().on(4)]
    server = Server(world, faults=failing)
    install(respx_mock, server)
    sent = {"url": "https://api.github.com/graphql", "json": {"query": "{ viewer { login } }"}}
    sent["headers"] = {"authorization": "Bearer test-token"}

    for error in (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.ConnectError):
        with pytest.raises(error):
            httpx.post(**sent)
    assert httpx.post(**sent).json() == {"data": {"viewer": {"login": "robot"}}}
    assert len(server.log) == 5


@contextmanager
def door(kind: str, server: Server, respx_mock) -> Iterator[str]:
    """Open one of the two doors and give its address."""
    if kind == "loopback":
        with serve(server) as url:
            yield url
    else:
        install(respx_mock, server)
        yield "https://api.github.com/graphql"


@pytest.mark.parametrize("kind", ["respx", "loopback"])
def test_an_endless_body_goes_on_as_long_as_it_is_read(world: World, respx_mock, kind: str) -> None:
    """Who stops reading is left alone; who does not is told by the test."""
    respx_mock.route(host="127.0.0.1").pass_through()
    fault = faults.endless().always()
    request = {"url": "", "json": {"query": "{ viewer { id } }"}, "headers": {"authorization": "bearer test-token"}}
    with door(kind, Server(world, faults=[fault]), respx_mock) as url:
        with httpx.stream("POST", **{**request, "url": url}) as answer:
            pieces = answer.iter_bytes()
            taken = sum(len(next(pieces)) for _ in range(40))
        assert answer.headers["content-type"] == "application/json"

    assert taken > 1000
    with (
        pytest.raises(AssertionError, match="67,108,864 bytes"),
        door(kind, Server(world, faults=[fault]), respx_mock) as url,
    ):
        httpx.post(**{**request, "url": url})


@pytest.mark.parametrize("kind", ["respx", "loopback"])
def test_a_small_body_unpacks_to_a_large_one(world: World, respx_mock, kind: str) -> None:
    """It is zipped already, so nobody zips it again."""
    respx_mock.route(host="127.0.0.1").pass_through()
    with door(kind, Server(world, faults=[faults.gzip_bomb(3_000_000)]), respx_mock) as url:
        answer = httpx.post(url, json={"query": "{ viewer { id } }"}, headers={"authorization": "bearer test-token"})

    assert len(answer.content) == 3_000_010
    assert answer.headers["content-encoding"] == "gzip"


def test_headers_can_be_odd(world: World) -> None:
    """A date of twenty digits stands in place of the good one."""
    server = Server(world, faults=[faults.with_headers(date="9" * 20)])
    answer = server.handle(b'{"query": "{ viewer { id } }"}', {"authorization": "bearer test-token"})

    assert answer.headers["date"] == "9" * 20


def test_on_loopback_it_keeps_the_connection_and_zips_what_is_large(world: World) -> None:
    """One client, one connection, many requests."""
    world.project("acme", 3).fill(world.repository("acme/moon"), 60, lambda number: None)
    document = {"query": board("items(first: 60) { nodes { id } }")}
    with serve(Server(world)) as url, httpx.Client(headers={"authorization": "Bearer test-token"}) as client:
        answers = [client.post(url, json=document) for _ in range(3)]
        ports = {answer.extensions["network_stream"].get_extra_info("client_addr") for answer in answers}

    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].headers["content-encoding"] == "gzip"
    assert len(answers[0].json()["data"]["repositoryOwner"]["projectV2"]["items"]["nodes"]) == 60
    assert len(ports) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.truncated(), httpx.RemoteProtocolError),
        (faults.reset(), httpx.ReadError),
        (faults.lost_answer(), httpx.ReadError),
        (faults.hang(), httpx.ReadTimeout),
    ],
    ids=["truncated", "reset", "lost answer", "hang"],
)
def test_on_loopback_the_wire_really_fails(world: World, fault: faults.Fault, error: type) -> None:
    """The client meets the same error as behind respx."""
    with serve(Server(world, faults=[fault])) as url, pytest.raises(error):
        httpx.post(
            url, json={"query": "{ viewer { id } }"}, headers={"authorization": "bearer test-token"}, timeout=0.2
        )


def test_a_gap_of_the_stand_in_is_loud(world: World) -> None:
    """What it does not play is never answered, in process and on loopback."""
    document = of_repository("autoMergeAllowed")
    with pytest.raises(NotPlayedError, match="does not answer Repository\\.autoMergeAllowed"):
        ask(Server(world), document)
    headers = {"authorization": "bearer test-token"}
    with pytest.raises(NotPlayedError), serve(Server(world)) as url, pytest.raises(httpx.RemoteProtocolError):
        httpx.post(url, json={"query": document}, headers=headers)


def test_latency_grows_with_what_was_read(world: World) -> None:
    """A lifelike answer takes its base, and more for each node and each list."""
    server = Server(world, latency=Latency(0.3, 0.002, 0.005))
    waits: list[float] = []
    body = json.dumps({"query": board("items(first: 100) { nodes { id } }")}).encode()
    server.handle_slowly(body, {"authorization": "bearer test-token"}, waits.append)

    assert [pytest.approx(0.3 + 3 * 0.002 + 0.005)] == waits
    assert server.peak == 1
