"""The stand-in for GitHub lets each kind of token do what GitHub lets it do."""

import json

import pytest

from tests.standin import Server, World
from tests.standin.asking import ask, board, of_board, of_repository, sample

WAY_OUT = " Please modify your token's scopes at: https://github.com/settings/tokens."


@pytest.fixture
def world() -> World:
    """Return a world with one of everything."""
    made = sample()
    made.owner("acme").teams = ("crew",)
    made.repository("acme/rocket").pull(13).reviewers = ("ada", "acme/crew")
    return made


def said(answer: dict) -> list[str]:
    """Return the words of the errors."""
    return [error["message"] for error in answer.get("errors", ())]


# Scopes --------------------------------------------------------------------------------------------------

REVIEWERS = of_repository(
    "pullRequest(number: 13) { reviewRequests(first: 9) { nodes { requestedReviewer "
    "{ __typename ... on User { login } ... on Team { name slug } } } } }"
)
CREATE = "mutation($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { id } } }"
PULL = {"repositoryId": "R_kg000001", "baseRefName": "main", "headRefName": "x", "title": "t"}


@pytest.mark.parametrize(
    ("document", "scopes", "fields", "needed"),
    [
        (board("id items(first: 1) { totalCount nodes { id project { id } } }"), ("repo",), ["projectV2", "id", "id", "id"], ["read:project"]),
        (of_repository("issue(number: 12) { projectItems(first: 1) { nodes { isArchived } } }"), ("repo",), ["isArchived"], ["read:project"]),
        (of_repository("issue(number: 12) { projectItems(first: 1) { totalCount } }"), ("repo",), ["projectItems"], ["read:project"]),
        (REVIEWERS, ("read:project", "repo"), ["name", "slug"], ["read:org", "read:discussion"]),
        ('{ organization(login: "acme") { login team(slug: "crew") { id } } }', ("repo",), ["login", "id"], ["read:org"]),
        (CREATE, ("read:org",), ["createPullRequest"], ["public_repo"]),
        (CREATE, (), ["createPullRequest"], ["public_repo"]),
    ],
    ids=["board", "boards of an issue", "their number", "team", "organisation", "write", "no scope"],
)  # fmt: skip
def test_a_token_without_a_scope_is_told_each_field_that_needs_it(
    world: World, document: str, scopes: tuple, fields: list, needed: list
) -> None:
    """Nothing is run: there are errors with a place and without a path, and no data."""
    world.token("test-token", scopes=scopes)
    answer = ask(Server(world), document, input=PULL) if document is CREATE else ask(Server(world), document)

    assert {"errors"} == answer.keys()
    assert [{"type", "locations", "message"}] * len(fields) == [error.keys() for error in answer["errors"]]
    words = "Your token has not been granted the required scopes to execute this query. "
    words += f"The '{fields[0]}' field requires one of the following scopes: {needed}, "
    words += f"but your token has only been granted the: {list(scopes) or ['']} scopes."
    assert words + WAY_OUT == answer["errors"][0]["message"]
    assert fields == [text.split("'")[1] for text in said(answer)]


@pytest.mark.parametrize(
    ("document", "scopes"),
    [
        (board("id"), ("project",)),
        (REVIEWERS, ("read:discussion",)),
        (REVIEWERS, ("admin:org",)),
        (CREATE, ("public_repo",)),
        (of_repository("issue(number: 12) { title }"), ()),
        ('{ repositoryOwner(login: "acme") { login } }', ()),
    ],
    ids=["project", "discussion", "admin", "public", "public issue", "owner"],
)
def test_a_wider_scope_will_do_and_what_is_public_needs_none(world: World, document: str, scopes: tuple) -> None:
    """A scope grants what it holds; any token reads what everybody may."""
    world.token("test-token", scopes=scopes)
    variables = {"input": PULL} if document is CREATE else {}

    assert not [text for text in said(ask(Server(world), document, **variables)) if "scopes" in text]


def test_a_team_is_told_among_the_reviewers(world: World) -> None:
    """A user and a team come as what they are."""
    nodes = ask(Server(world), REVIEWERS)["data"]["repository"]["pullRequest"]["reviewRequests"]["nodes"]

    assert [node["requestedReviewer"] for node in nodes] == [
        {"__typename": "User", "login": "ada"},
        {"__typename": "Team", "name": "crew", "slug": "crew"},
    ]


def test_a_private_repository_needs_the_scope_for_all_of_them(world: World) -> None:
    """With public_repo it is not there, nor is what it holds on a board."""
    world.repository("acme/rocket", visibility="PRIVATE")
    world.token("test-token", scopes=("public_repo", "read:project"))
    server = Server(world)

    assert said(ask(server, of_repository("id"))) == ["Could not resolve to a Repository with the name 'acme/rocket'."]
    assert [node["type"] for node in of_board(server, "items(first: 2) { nodes { type } }")["items"]["nodes"]] == [
        "REDACTED"
    ] * 2


# Permissions ---------------------------------------------------------------------------------------------

_ISSUE = of_repository("issueOrPullRequest(number: 12) { __typename }")
_PULL = of_repository("issueOrPullRequest(number: 13) { __typename }")
_BRANCH = of_repository("defaultBranchRef { name }")


@pytest.mark.parametrize(
    ("permissions", "refused"),
    [
        ({"issues": "read"}, {"pull", "branch", "board"}),
        ({"pull_requests": "write"}, {"issue", "branch", "board"}),
        ({"contents": "read", "issues": "read"}, {"pull", "board"}),
        ({"organization_projects": "read"}, {"issue", "pull", "branch"}),
        (None, set()),
    ],
    ids=["issues", "pull requests", "contents", "projects", "all"],
)
@pytest.mark.parametrize("kind", ["fine", "app"])
def test_permissions_open_what_they_name(world: World, kind: str, permissions: dict | None, refused: set) -> None:
    """In a private repository each part has its own; a board is not found without its own."""
    world.repository("acme/rocket", visibility="PRIVATE")
    world.token("test-token", kind=kind, permissions=permissions)
    questions = {"issue": _ISSUE, "pull": _PULL, "branch": _BRANCH, "board": board("id")}

    words = {name: said(ask(Server(world), document)) for name, document in questions.items()}

    who = "integration" if kind == "app" else "personal access token"
    assert refused == {name for name, texts in words.items() if texts}
    assert {text for name in refused - {"board"} for text in words[name]} <= {f"Resource not accessible by {who}"}
    assert words["board"] in ([], ["Could not resolve to a ProjectV2 with the number 3."])


def test_what_is_public_needs_no_permission_to_read(world: World) -> None:
    """A token without any reads the issue, and may not comment on it."""
    world.token("test-token", kind="app", permissions={})
    server = Server(world)
    comment = 'mutation { addComment(input: {subjectId: "I_kw0000010000000012", body: "x"}) { subject { id } } }'

    assert ask(server, _ISSUE) == {"data": {"repository": {"issueOrPullRequest": {"__typename": "Issue"}}}}
    assert said(ask(server, comment)) == ["Resource not accessible by integration"]


@pytest.mark.parametrize(
    ("permissions", "refused"),
    [
        ({"contents": "write"}, {"pull", "comment"}),
        ({"pull_requests": "write"}, {"branch"}),
        ({"issues": "write"}, {"branch", "pull"}),
        ({"contents": "read", "pull_requests": "read"}, {"branch", "pull", "comment"}),
    ],
    ids=["contents", "pull requests", "issues", "read"],
)
def test_writing_needs_the_permission_for_it(world: World, permissions: dict, refused: set) -> None:
    """Branches, pull requests and comments are apart; a refusal is an error at the mutation, and nothing is done."""
    world.token("test-token", kind="fine", permissions=permissions)
    oid = world.repository("acme/rocket").git.branch("main").oid
    branch = "mutation($input: CreateRefInput!) { createRef(input: $input) { ref { id } } }"
    comment = "mutation($input: AddCommentInput!) { addComment(input: $input) { subject { id } } }"
    tried = {
        "branch": (branch, {"repositoryId": PULL["repositoryId"], "name": "refs/heads/new", "oid": oid}),
        "pull": (CREATE, PULL),
        "comment": (comment, {"subjectId": "PR_kw0000010000000013", "body": "x"}),
    }

    words = {name: said(ask(Server(world), text, input=given)) for name, (text, given) in tried.items()}

    refusal = ["Resource not accessible by personal access token"]
    assert refused == {name for name, texts in words.items() if texts == refusal}
    assert ("branch" in refused) is ("new" not in world.repository("acme/rocket").git.branches)


def test_a_job_s_own_token_is_for_one_repository_and_no_board(world: World) -> None:
    """It finds no board, is not told the boards of an issue, and writes nowhere else."""
    world.repository("acme/moon").issue(1, "Far")
    world.job_token("test-token", "acme/rocket", permissions={"contents": "read", "issues": "write"})
    server = Server(world)
    comment = 'mutation($id: ID!) { addComment(input: {subjectId: $id, body: "x"}) { subject { id } } }'

    assert said(ask(server, board("id"))) == ["Could not resolve to a ProjectV2 with the number 3."]
    boards = ask(server, of_repository("issue(number: 12) { projectItems(first: 1) { totalCount } }"))
    assert said(boards) == ["Resource not accessible by integration"]
    assert said(ask(server, comment, id="I_kw0000010000000012")) == []
    assert said(ask(server, comment, id="I_kw0000020000000001")) == ["Resource not accessible by integration"]
    world.repository("acme/moon", visibility="PRIVATE")
    assert said(ask(server, of_repository("id", "moon"))) == [
        "Could not resolve to a Repository with the name 'acme/moon'."
    ]
    assert ask(server, "{ viewer { login } }")["data"]["viewer"]["login"] == "github-actions[bot]"


def test_boards_that_a_token_does_not_see_are_bare_nulls(world: World) -> None:
    """They count, without an error, and are not found when they are asked for (github.com/cli/cli/issues/11703)."""
    issue = world.repository("acme/rocket").numbers[14]
    seen = next(iter(issue.cards))
    hidden = world.project("acme", 7).put(issue, "Done")
    world.token("test-token", unseen={"acme/7"})
    server = Server(world)

    asked = ask(server, of_repository("issue(number: 14) { projectItems(first: 9) { totalCount nodes { id } } }"))

    assert asked == {
        "data": {"repository": {"issue": {"projectItems": {"totalCount": 2, "nodes": [{"id": seen.id}, None]}}}}
    }
    assert said(ask(server, '{ organization(login: "acme") { projectV2(number: 7) { id } } }'))
    assert said(ask(server, f'{{ node(id: "{hidden.id}") {{ id }} }}'))


# Policies ------------------------------------------------------------------------------------------------

OAUTH = (
    "Although you appear to have the correct authorization credentials, the `acme` organization has enabled OAuth App "
    "access restrictions, meaning that data access to third-parties is limited. For more information on these "
    "restrictions, including how to enable this app, visit "
    "https://docs.github.com/articles/restricting-access-to-your-organization-s-data/"
)
ADDRESS = (
    "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list "
    "enabled, and your IP address is not permitted to access this resource."
)
CLASSIC = (
    "acme forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal "
    "access token with fine-grained permissions."
)
LIFETIME = (
    "The 'acme' organization forbids access via a fine-grained personal access tokens if the token's lifetime is "
    "greater than 366 days. Please adjust your token's lifetime at the following URL: "
    "https://github.com/settings/personal-access-tokens/1"
)
SIGN_ON = (
    "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this "
    "organization."
)


@pytest.mark.parametrize(
    ("refuses", "words", "kinds"),
    [
        ("oauth apps", OAUTH, {"oauth"}),
        ("addresses", ADDRESS, {"classic", "oauth", "fine", "app", "actions"}),
        ("classic tokens", CLASSIC, {"classic"}),
        ("long lifetimes", LIFETIME, {"fine"}),
        ("no sign-on", SIGN_ON, {"classic", "oauth"}),
        ("", "", set()),
    ],
    ids=["oauth apps", "addresses", "classic tokens", "long lifetimes", "no sign-on", "none"],
)
@pytest.mark.parametrize("kind", ["classic", "oauth", "fine", "app", "actions"])
def test_an_organisation_turns_tokens_away_from_all_that_it_owns(
    world: World, kind: str, refuses: str, words: str, kinds: set
) -> None:
    """Its boards, its repositories and their nodes; the owner itself is there, and what others own."""
    world.owner("acme").refuses = refuses
    world.repository("other/moon")
    world.token("test-token", kind=kind)
    server = Server(world)
    node = f'{{ node(id: "{world.project("acme", 3).id}") {{ id }} }}'
    answers = [ask(server, document) for document in (board("id"), of_repository("id"), node)]

    if kind in kinds:
        assert [said(answer) for answer in answers] == [[words]] * 3
        assert [answer["errors"][0]["path"] for answer in answers] == [
            ["repositoryOwner", "projectV2"],
            ["repository"],
            ["node"],
        ]
        assert {answer["errors"][0]["type"] for answer in answers} == {"FORBIDDEN"}
        assert answers[0]["data"] == {"repositoryOwner": {"projectV2": None}}
    else:
        assert not [answer for answer in answers if "errors" in answer]
    assert ask(
        server, '{ repository(owner: "other", name: "moon") { name } repositoryOwner(login: "acme") { id } }'
    ).keys() == {"data"}


def test_a_sign_on_is_to_be_had_at_the_page_of_the_owner_who_wants_it(world: World) -> None:
    """The header names it, for the owner that refused."""
    world.project("other", 5)
    world.owner("other").refuses = "no sign-on"
    body = json.dumps(
        {"query": '{ repositoryOwner(login: "other") { ... on ProjectV2Owner { projectV2(number: 5) { id } } } }'}
    )
    answer = Server(world).handle(body.encode(), {"authorization": "bearer test-token"})

    assert (
        answer.headers["x-github-sso"] == "required; url=https://github.com/orgs/other/sso?authorization_request=test"
    )
    assert json.loads(answer.body)["errors"][0]["extensions"] == {"saml_failure": True}
