"""The stand-in for GitHub refuses what rulesets forbid, and what a token may not do to workflows."""

import base64

import pytest

from tests.standin import Rule, Server, World
from tests.standin.asking import ask, sample
from tests.standin.world import Repository

CREATION = Rule("creation", branches="roadmap-*")
UPDATE = Rule("update", branches="roadmap-*")
REVIEWED = Rule("pull_request")
SIGNED = Rule("required_signatures")
LINEAR = Rule("required_linear_history")
WORDED = Rule("commit_message_pattern", pattern="^docs: ")
STEADY = Rule("non_fast_forward")

WORDS = {
    CREATION: "Cannot create ref due to creations being restricted.",
    UPDATE: "Cannot update this protected ref.",
    REVIEWED: "Changes must be made through a pull request.",
    SIGNED: "Commits must have verified signatures.",
    LINEAR: "This branch must not contain merge commits.",
    WORDED: "Commit message must match a given regex pattern: ^docs: ",
    STEADY: "Cannot force-push to this branch",
}


@pytest.fixture
def world() -> World:
    """Return a world whose base has an unsigned commit that our branch lacks."""
    made = sample()
    git = made.repository("acme/rocket").git
    start = git.commit("main", {"page.md": "a\nb\n"}, "docs: begin").oid
    git.branch("roadmap-sync", start)
    git.commit("main", {"other.md": "x"}, "Work on something", signed=False)
    return made


@pytest.fixture
def rocket(world: World) -> Repository:
    """Return its repository."""
    return world.repository("acme/rocket")


def write(world: World, mutation: str, **given: object) -> dict:
    """Send one mutation and return its answer."""
    kind = mutation[0].upper() + mutation[1:]
    document = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ clientMutationId }} }}"
    return ask(Server(world), document, input=given)


def create(world: World, rocket: Repository, oid: str = "", name: str = "roadmap-new") -> dict:
    """Make a branch."""
    oid = oid or rocket.git.head("main").oid
    return write(world, "createRef", repositoryId=rocket.id, name=f"refs/heads/{name}", oid=oid)


def commit(world: World, rocket: Repository, headline: str = "Tick", path: str = "page.md") -> dict:
    """Commit to our branch."""
    added = {"path": path, "contents": base64.b64encode(b"A\nb\n").decode()}
    branch = {"repositoryNameWithOwner": rocket.full_name, "branchName": "roadmap-sync"}
    head, changes = rocket.git.head("roadmap-sync").oid, {"additions": [added]}
    message = {"headline": headline, "body": "More\n\ndocs: no"}
    return write(
        world, "createCommitOnBranch", branch=branch, expectedHeadOid=head, message=message, fileChanges=changes
    )


def merge(world: World, rocket: Repository) -> dict:
    """Merge the base into our branch."""
    return write(
        world, "mergeBranch", repositoryId=rocket.id, base="roadmap-sync", head="main", commitMessage="docs: merge"
    )


def move(world: World, rocket: Repository, oid: str = "") -> dict:
    """Move our branch to where the base is."""
    moved = {"refId": "REF_kw000001roadmap-sync", "oid": oid or rocket.git.head("main").oid, "force": bool(oid)}
    return write(world, "updateRef", **moved)


@pytest.mark.parametrize(
    ("act", "refused_by"),
    [
        (create, {CREATION}),
        (commit, {UPDATE, REVIEWED}),
        (merge, {UPDATE, REVIEWED, SIGNED, LINEAR, WORDED}),
        (move, {UPDATE, REVIEWED, SIGNED, WORDED}),
    ],
    ids=["createRef", "createCommitOnBranch", "mergeBranch", "updateRef"],
)
def test_each_rule_refuses_what_it_is_about_and_nothing_is_done(
    world: World, rocket: Repository, act: object, refused_by: set
) -> None:
    """The error has the rule's words and the mutation's path; the branch stays where it was."""
    for rule, words in WORDS.items():
        before = dict(rocket.git.branches)
        rocket.rules = (rule,)
        answer = act(world, rocket)
        if rule in refused_by:
            error = answer["errors"][0]
            assert answer["data"] == dict.fromkeys(error["path"])
            assert (error["type"], error["message"]) == (
                "FORBIDDEN",
                f"Repository rule violations found\n\n{words}\n\n",
            )
            assert before == rocket.git.branches
        else:
            assert "errors" not in answer, rule
        rocket.git.branches = before


def test_a_message_fits_by_any_of_its_lines(world: World, rocket: Repository) -> None:
    """A pattern is looked for line by line, so a body can answer for the headline."""
    rocket.rules = (Rule("commit_message_pattern", pattern=r"\Adocs: "),)

    assert commit(world, rocket, "Tick")["errors"]
    assert "errors" not in commit(world, rocket, "docs: tick")
    rocket.rules = (WORDED,)
    assert "errors" not in commit(world, rocket, "Tick")


def test_a_host_that_signs_nothing_has_its_own_commits_refused(world: World, rocket: Repository) -> None:
    """As a GitHub Enterprise Server does that was not told to sign."""
    rocket.rules = (SIGNED,)

    assert "errors" not in commit(world, rocket)
    world.signs_commits = False
    assert WORDS[SIGNED] in commit(world, rocket)["errors"][0]["message"]


def test_a_branch_can_only_be_forced_where_nothing_forbids_it(world: World, rocket: Repository) -> None:
    """A rule says no, its bypass list yes."""
    commit(world, rocket)
    rocket.rules = (STEADY,)
    start = rocket.git.root.oid

    assert WORDS[STEADY] in move(world, rocket, start)["errors"][0]["message"]
    world.token("test-token", bypasses_rules=True)
    assert "errors" not in move(world, rocket, start)
    assert start == rocket.git.head("roadmap-sync").oid


def test_rules_are_for_the_branches_they_name_and_add_up(world: World, rocket: Repository) -> None:
    """All that are broken are told."""
    rocket.rules = (LINEAR, SIGNED, Rule("update", branches="main"))

    words = merge(world, rocket)["errors"][0]["message"]
    assert words == f"Repository rule violations found\n\n{WORDS[LINEAR]}\n\n{WORDS[SIGNED]}\n\n"
    rocket.rules = (CREATION,)
    assert "errors" not in create(world, rocket, name="other")


def test_what_another_branch_holds_is_not_new_to_a_branch_that_is_made(world: World, rocket: Repository) -> None:
    """So an unsigned commit of the base stands in nobody's way."""
    rocket.rules = (SIGNED,)

    assert "errors" not in create(world, rocket)


# Workflows -----------------------------------------------------------------------------------------------

WORKFLOW = ".github/workflows/ci.yml"


@pytest.mark.parametrize(
    ("powers", "who", "lacks"),
    [
        ({"kind": "actions"}, "a GitHub App", "`workflows` permission"),
        ({"kind": "app", "permissions": {"contents": "write"}}, "a GitHub App", "`workflows` permission"),
        ({"kind": "fine", "permissions": {"contents": "write"}}, "a Personal Access Token", "`workflows` permission"),
        ({"kind": "app"}, "", ""),
        ({"kind": "fine", "permissions": {"contents": "write", "workflows": "write"}}, "", ""),
        ({"kind": "classic"}, "", ""),
    ],
    ids=["job", "app", "fine-grained", "app with all", "fine-grained with it", "classic"],
)
def test_a_merge_that_brings_workflows_needs_the_permission_for_them(
    world: World, rocket: Repository, powers: dict, who: str, lacks: str
) -> None:
    """Our branch would get the base's workflow; a classic token may do that, since another branch has the same."""
    rocket.git.commit("main", {WORKFLOW: "on: push"})
    world.token("test-token", **powers)
    before = rocket.git.head("roadmap-sync").oid
    answer = merge(world, rocket)

    if who:
        words = f"refusing to allow {who} to create or update workflow `{WORKFLOW}` without {lacks}"
        assert [(error["path"], error["message"]) for error in answer["errors"]] == [(["mergeBranch"], words)]
        assert before == rocket.git.head("roadmap-sync").oid
    else:
        assert "errors" not in answer


@pytest.mark.parametrize(
    ("kind", "scopes", "who"),
    [
        ("classic", ("repo",), "a Personal Access Token"),
        ("oauth", ("repo",), "an OAuth App"),
        ("classic", ("repo", "workflow"), ""),
    ],
    ids=["classic", "oauth", "with the scope"],
)
def test_a_new_workflow_needs_the_scope_for_it(
    world: World, rocket: Repository, kind: str, scopes: tuple, who: str
) -> None:
    """A page beside it does not, and one that is there may stay."""
    world.token("test-token", kind=kind, scopes=scopes)
    answer = commit(world, rocket, path=WORKFLOW)

    words = f"refusing to allow {who} to create or update workflow `{WORKFLOW}` without `workflow` scope"
    assert [words] * bool(who) == [error["message"] for error in answer.get("errors", ())]
    rocket.git.commit("roadmap-sync", {WORKFLOW: "on: push"})
    assert "errors" not in commit(world, rocket)
