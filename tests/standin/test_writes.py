"""The stand-in for GitHub keeps branches, merges, pull requests and comments as GitHub does."""

import base64
import json

import pytest

from tests.standin import Link, Server, World, faults
from tests.standin.asking import ask, of_repository, sample


@pytest.fixture
def world() -> World:
    """Return a world with one of everything."""
    return sample()


# Writing -------------------------------------------------------------------------------------------------

COMMIT = """mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid message author { user { login } } } ref { name } }
}"""


def commit_input(head: str, text: str, branch: str = "main") -> dict:
    """Return the input for a commit of the page."""
    page = {"path": "docs/roadmap.md", "contents": base64.b64encode(text.encode()).decode()}
    return {
        "branch": {"repositoryNameWithOwner": "acme/rocket", "branchName": branch},
        "expectedHeadOid": head,
        "message": {"headline": "Tick #12", "body": "Shipped"},
        "fileChanges": {"additions": [page]},
    }


def test_a_commit_needs_the_head_it_was_made_on(world: World) -> None:
    """A stale one changes nothing, and says so in GitHub's words."""
    git = world.repository("acme/rocket").git
    old = git.commit("main", {"docs/roadmap.md": "- [ ] one\n"}).oid
    server = Server(world)

    made = ask(server, COMMIT, input=commit_input(old, "- [x] one\n"))["data"]["createCommitOnBranch"]
    stale = ask(server, COMMIT, input=commit_input(old, "- [x] two\n"))

    commit = {"oid": git.head("main").oid, "message": "Tick #12\n\nShipped", "author": {"user": {"login": "robot"}}}
    assert {"commit": commit, "ref": {"name": "main"}} == made
    assert stale["data"] == {"createCommitOnBranch": None}
    assert (stale["errors"][0]["type"], stale["errors"][0]["path"]) == ("STALE_DATA", ["createCommitOnBranch"])
    assert f'Expected branch to point to "{old}" but it did not.  Pull and try again.' == stale["errors"][0]["message"]
    assert git.read("main", "docs/roadmap.md") == b"- [x] one\n"


def test_a_page_is_read_with_its_head_and_its_history(world: World) -> None:
    """A file by expression, the commits that touched it, and no others."""
    git = world.repository("acme/rocket").git
    git.commit("main", {"docs/roadmap.md": "one\n"}, "First", author="writer")
    git.commit("main", {"other.md": "x"}, "Other")
    git.commit("main", {"docs/roadmap.md": "two\n"}, "Second", author="editor")
    document = of_repository(
        'defaultBranchRef { name target { oid ... on Commit { history(first: 9, path: "docs/roadmap.md") '
        '{ totalCount nodes { messageHeadline author { user { login } } file(path: "docs/roadmap.md") '
        "{ object { ... on Blob { text } } } } } } } } "
        'now: object(expression: "HEAD:docs/roadmap.md") { ... on Blob { text isBinary } } '
        'gone: object(expression: "main:nope.md") { oid }'
    )

    got = ask(Server(world), document)["data"]["repository"]

    history = got["defaultBranchRef"]["target"]["history"]
    assert (git.head("main").oid, 2) == (got["defaultBranchRef"]["target"]["oid"], history["totalCount"])
    assert [node["messageHeadline"] for node in history["nodes"]] == ["Second", "First"]
    assert [node["author"]["user"]["login"] for node in history["nodes"]] == ["editor", "writer"]
    assert [node["file"]["object"]["text"] for node in history["nodes"]] == ["two\n", "one\n"]
    assert got["now"] == {"text": "two\n", "isBinary": False}
    assert None is got["gone"]


def test_a_symbolic_link_holds_where_it_leads_to(world: World) -> None:
    """It is a file of its own mode; a folder is listed one level deep, and nothing follows a link."""
    git = world.repository("acme/rocket").git
    git.commit("main", {"ROADMAP.md": "# Page", "docs/roadmap.md": Link("../ROADMAP.md"), "old": Link("docs")})
    entry = "{ mode type object { __typename ... on Blob { text isBinary byteSize } } }"
    names = {"page": "ROADMAP.md", "link": "docs/roadmap.md", "folder": "docs", "way": "old", "below": "old/roadmap.md"}
    files = " ".join(f'{name}: file(path: "{path}") {entry}' for name, path in names.items())
    tree = "tree { entries { path mode object { ... on Tree { entries { path mode } } } } }"
    document = of_repository(
        f'ref(qualifiedName: "main") {{ target {{ ... on Commit {{ {files} {tree} }} }} }} '
        'object(expression: "main:docs/roadmap.md") { ... on Blob { text } }'
    )

    got = ask(Server(world), document)["data"]["repository"]

    commit = got["ref"]["target"]
    link = {"__typename": "Blob", "text": "../ROADMAP.md", "isBinary": False, "byteSize": 13}
    assert commit["link"] == {"mode": 0o120000, "type": "blob", "object": link}
    assert commit["page"]["mode"] == 0o100644
    assert (commit["way"]["mode"], commit["way"]["object"]["text"]) == (0o120000, "docs")
    assert commit["folder"] == {"mode": 0o040000, "type": "tree", "object": {"__typename": "Tree"}}
    assert None is commit["below"]
    assert got["object"] == {"text": "../ROADMAP.md"}
    assert commit["tree"]["entries"] == [
        {"path": "ROADMAP.md", "mode": 0o100644, "object": {}},
        {"path": "docs", "mode": 0o040000, "object": {"entries": [{"path": "docs/roadmap.md", "mode": 0o120000}]}},
        {"path": "old", "mode": 0o120000, "object": {}},
    ]


def test_a_link_that_becomes_a_file_of_the_same_bytes_has_changed(world: World) -> None:
    """So has a file that becomes a link."""
    git = world.repository("acme/rocket").git
    git.commit("main", {"page.md": Link("x")})
    git.commit("main", {"page.md": "x"})
    git.commit("main", {"page.md": Link("x")})

    assert len(list(git.history(git.head("main").oid, "page.md"))) == 3


MERGE = "mutation($input: MergeBranchInput!) { mergeBranch(input: $input) { mergeCommit { parents(first: 2) { totalCount } } } }"


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        ("A\nb\nc\nd\n", "a\nb\nc\nD\n", b"A\nb\nc\nD\n"),
        ("a\nb\nc\nd\n", "a\nb\nc\nD\n", b"a\nb\nc\nD\n"),
        ("X\nb\nc\nd\n", "X\nb\nc\nD\n", b"X\nb\nc\nD\n"),
        ("A\nb\nc\nd\n", "B\nb\nc\nd\n", None),
        ("A\nb\nc\nd\n", "a\nB\nc\nd\n", None),
    ],
    ids=["apart", "one side", "same on both", "same line", "next to each other"],
)
def test_a_merge_takes_both_sides_or_conflicts(world: World, ours: str, theirs: str, merged: bytes | None) -> None:
    """Lines apart come together; the same line, or one that touches it, is a conflict and leaves the branch alone."""
    repository = world.repository("acme/rocket")
    git = repository.git
    start = git.commit("main", {"page.md": "a\nb\nc\nd\n"}).oid
    git.branch("roadmap-sync", start)
    git.commit("roadmap-sync", {"page.md": ours})
    git.commit("main", {"page.md": theirs})
    before = git.head("roadmap-sync").oid

    answer = ask(Server(world), MERGE, input={"repositoryId": repository.id, "base": "roadmap-sync", "head": "main"})

    if merged is None:
        assert answer["errors"][0]["type"] == "MERGE_CONFLICT"
        assert before == git.head("roadmap-sync").oid
    else:
        assert answer["data"]["mergeBranch"]["mergeCommit"]["parents"]["totalCount"] == 2
        assert merged == git.read("roadmap-sync", "page.md")


CREATE = "mutation($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { id number isDraft } } }"


def pull_input(world: World, **more: object) -> dict:
    """Return the input for a pull request from a branch with one commit."""
    repository = world.repository("acme/rocket")
    start = repository.git.branch("main").oid
    repository.git.branch("roadmap-sync", start)
    repository.git.commit("roadmap-sync", {"page.md": "x"})
    names = {"baseRefName": "main", "headRefName": "roadmap-sync", "title": "Roadmap: 1 tick"}
    return {"repositoryId": repository.id, **names, **more}


def test_a_pull_request_lives_from_opening_to_closing(world: World) -> None:
    """It is found by its branch while open; who closed it is on record."""
    server = Server(world)
    made = ask(server, CREATE, input=pull_input(world, draft=True))["data"]["createPullRequest"]["pullRequest"]
    again = ask(server, CREATE, input=pull_input(world))["errors"][0]
    search = (
        'pullRequests(first: 5, headRefName: "roadmap-sync", baseRefName: "main", states: [OPEN]) { totalCount nodes '
        "{ title mergeable viewerDidAuthor headRefName commits(first: 9) { nodes { commit { messageHeadline } } } } }"
    )
    found = ask(server, of_repository(search))["data"]["repository"]["pullRequests"]
    close = "mutation($id: ID!) { closePullRequest(input: {pullRequestId: $id}) { pullRequest { state timelineItems(first: 9, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor { login } } } } } } }"
    closed = ask(server, close, id=made["id"])["data"]["closePullRequest"]["pullRequest"]

    assert (made["number"], made["isDraft"]) == (15, True)
    assert again["message"] == "A pull request already exists for acme:roadmap-sync."
    assert found["totalCount"] == 1
    assert (found["nodes"][0]["mergeable"], found["nodes"][0]["viewerDidAuthor"]) == ("MERGEABLE", True)
    assert [node["commit"]["messageHeadline"] for node in found["nodes"][0]["commits"]["nodes"]] == ["Edit", "Edit"]
    assert closed == {"state": "CLOSED", "timelineItems": {"nodes": [{"actor": {"login": "robot"}}]}}


@pytest.mark.parametrize(
    ("token", "more", "message"),
    [
        ({"may_write": False, "kind": "app"}, {}, "Resource not accessible by integration"),
        ({"kind": "actions"}, {}, "GitHub Actions is not permitted to create or approve pull requests"),
        ({}, {"body": "x" * 65_537}, "Body is too long (maximum is 65536 characters)"),
        ({}, {"headRefName": "main"}, "No commits between main and main"),
    ],
    ids=["read only", "setting off", "body too long", "nothing to merge"],
)
def test_a_pull_request_that_github_refuses(world: World, token: dict, more: dict, message: str) -> None:
    """Nothing is made, and the words tell the causes apart."""
    world.token("test-token", **token)
    world.repository("acme/rocket").pull_requests_by_actions = False
    answer = ask(Server(world), CREATE, input=pull_input(world, **more))

    assert answer["data"] == {"createPullRequest": None}
    assert message == answer["errors"][0]["message"]
    assert 15 not in world.repository("acme/rocket").numbers


def test_pull_requests_of_forks_are_found_by_the_branch_s_name(world: World) -> None:
    """However many there are, ours is among them; a fork may be gone since."""
    rocket = world.repository("acme/rocket")
    rocket.pulls_of_forks(250, "roadmap-sync")
    rocket.pulls_of_forks(1, "roadmap-sync", first=20, gone=True)
    rocket.pull(15, head="roadmap-sync", state="CLOSED")
    rows = "totalCount pageInfo { hasNextPage } nodes { number isCrossRepository headRefOid headRepository { nameWithOwner } }"
    search = 'pullRequests(first: 100, headRefName: "roadmap-sync", states: [CLOSED], orderBy: {field: CREATED_AT, direction: %s})'
    server = Server(world)

    newest, oldest = (
        ask(server, of_repository(f"{search % direction} {{ {rows} }}"))["data"]["repository"]["pullRequests"]
        for direction in ("DESC", "ASC")
    )

    assert newest["totalCount"] == 252
    assert newest["pageInfo"]["hasNextPage"]
    assert all(node["isCrossRepository"] for node in newest["nodes"])
    assert [(node["number"], node["isCrossRepository"]) for node in oldest["nodes"][:3]] == [
        (15, False),
        (20, True),
        (1000, True),
    ]
    homes = [node["headRepository"] for node in oldest["nodes"][:3]]
    assert homes == [{"nameWithOwner": "acme/rocket"}, None, {"nameWithOwner": "stranger-1000/rocket"}]


def test_a_branch_of_ours_that_is_deleted_closes_no_fork_s_pull_request(world: World) -> None:
    """The name is the same, the branch is not."""
    rocket = world.repository("acme/rocket")
    rocket.git.branch("roadmap-sync")
    ours = rocket.pull(15, head="roadmap-sync")
    (theirs,) = rocket.pulls_of_forks(1, "roadmap-sync", state="OPEN")
    theirs.head_repository.git.branch("roadmap-sync")
    ask(Server(world), 'mutation { deleteRef(input: {refId: "REF_kw000001roadmap-sync"}) { clientMutationId } }')

    assert (ours.state, theirs.state) == ("CLOSED", "OPEN")


def test_what_was_merged_into_a_branch_keeps_its_name_when_the_branch_gets_another(world: World) -> None:
    """Open pull requests follow, the old name is nobody's, and one from the branch is closed."""
    rocket = world.repository("acme/rocket", default_branch="master")
    oid = rocket.git.commit("master", {"page.md": "x"}).oid
    rocket.pull(20, base="master", state="MERGED")
    rocket.pull(21, base="master")
    rocket.pull(22, base="next", head="master")
    rocket.rename_branch("master", "main")
    fields = "state baseRefName headRefOid baseRef { name }"
    pulls = " ".join(f"p{n}: pullRequest(number: {n}) {{ {fields} }}" for n in (20, 21, 22))
    got = ask(
        Server(world),
        of_repository(
            f'{pulls} old: ref(qualifiedName: "refs/heads/master") {{ name }} defaultBranchRef {{ name target {{ oid }} }}'
        ),
    )["data"]["repository"]

    assert (got["p20"]["state"], got["p20"]["baseRefName"], got["p20"]["baseRef"]) == ("MERGED", "master", None)
    assert (got["p21"]["state"], got["p21"]["baseRefName"], got["p21"]["baseRef"]) == ("OPEN", "main", {"name": "main"})
    assert (got["p22"]["state"], got["p22"]["headRefOid"]) == ("CLOSED", oid)
    assert (got["old"], got["defaultBranchRef"]) == (None, {"name": "main", "target": {"oid": oid}})


def test_a_branch_is_made_once(world: World) -> None:
    """A name that is taken and a commit that is not there are refused."""
    repository = world.repository("acme/rocket")
    document = "mutation($input: CreateRefInput!) { createRef(input: $input) { ref { name target { oid } } } }"
    given = {"repositoryId": repository.id, "name": "refs/heads/roadmap-sync", "oid": repository.git.root.oid}
    server = Server(world)

    assert {"name": "roadmap-sync", "target": {"oid": given["oid"]}} == ask(server, document, input=given)["data"][
        "createRef"
    ]["ref"]
    assert (
        (ask(server, document, input=given)["errors"][0]["message"])
        == 'A ref named "refs/heads/roadmap-sync" already exists in the repository.'
    )
    missing = {**given, "name": "refs/heads/x", "oid": "0" * 40}
    assert ask(server, document, input=missing)["errors"][0]["type"] == "UNPROCESSABLE"


def test_comments_are_added_and_edited(world: World) -> None:
    """A comment knows whether we wrote it."""
    pull = world.repository("acme/rocket").numbers[13]
    world.comment(pull, "From a person", "writer")
    server = Server(world)
    add = "mutation($id: ID!, $body: String!) { addComment(input: {subjectId: $id, body: $body}) { commentEdge { node { id } } } }"
    edit = 'mutation($id: ID!) { updateIssueComment(input: {id: $id, body: "New"}) { issueComment { body } } }'
    made = ask(server, add, id=pull.id, body="Old")["data"]["addComment"]["commentEdge"]["node"]["id"]
    ask(server, edit, id=made)
    rows = "comments(first: 9) { nodes { body viewerDidAuthor } }"
    got = ask(server, of_repository(f"pullRequest(number: 13) {{ {rows} }}"))["data"]["repository"]["pullRequest"]

    assert [(c["body"], c["viewerDidAuthor"]) for c in got["comments"]["nodes"]] == [
        ("From a person", False),
        ("New", True),
    ]
    assert [request.is_mutation for request in server.log] != [False, False, True]
    assert [request.is_mutation for request in server.log] == [True, True, False]


def test_an_answer_to_a_mutation_can_be_lost_after_it_was_done(world: World) -> None:
    """The client knows nothing, the branch has moved."""
    git = world.repository("acme/rocket").git
    old = git.commit("main", {"docs/roadmap.md": "a"}).oid
    server = Server(world, faults=[faults.lost_answer()])
    body = json.dumps({"query": COMMIT, "variables": {"input": commit_input(old, "b")}}).encode()

    assert server.handle(body, {"authorization": "bearer test-token"}).wire == "reset"
    assert old != git.head("main").oid
