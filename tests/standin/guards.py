"""Owns what stands before a change of a branch: rules, and the permission for workflows; must not know mutations."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.standin import problems
from tests.standin.access import Visit
from tests.standin.git import Git
from tests.standin.rulesets import Change, violations
from tests.standin.world import Repository

_WORKFLOWS = ".github/workflows/"


@contextmanager
def guarded(visit: Visit, repository: Repository, branch: str) -> Iterator[None]:
    """Let a branch be changed; takes the change back and raises where it may not be."""
    git, before = repository.git, repository.git.branches.get(branch)
    yield
    try:
        _judge(visit, repository, branch, before)
    except problems.Problem:
        if before is None:
            del git.branches[branch]
        else:
            git.branches[branch] = before
        raise


def _judge(visit: Visit, repository: Repository, branch: str, before: str | None) -> None:
    change = _change(repository.git, branch, before)
    found = violations(repository.rules, change)
    if found and not visit.token.bypasses_rules:
        raise problems.rules_violated(found)
    path = _workflow(repository.git, change, before)
    if path and not (visit.token.may_write_workflows or _is_elsewhere(visit, repository.git, branch, path)):
        raise problems.workflow(visit.token.kind, path)


def _change(git: Git, branch: str, before: str | None) -> Change:
    """Return what happened to a branch; a new one has as new what no other branch holds."""
    oid = git.branches[branch]
    if before is None:
        known = {c.oid for name, other in git.branches.items() if name != branch for c in git.history(other)}
        return Change(branch, tuple(c for c in git.history(oid) if c.oid not in known), creates=True)
    return Change(branch, tuple(git.ahead(before, oid)), forces=bool(git.ahead(oid, before)))


def _workflow(git: Git, change: Change, before: str | None) -> str:
    """Return a workflow that new commits change on the branch, empty for none."""
    old = git.commits[before].files if before else {}
    new = git.head(change.branch).files if change.commits else {}
    return next((path for path in sorted(new) if path.startswith(_WORKFLOWS) and new[path] != old.get(path)), "")


def _is_elsewhere(visit: Visit, git: Git, branch: str, path: str) -> bool:
    """Whether another branch has the same file: then a token with scopes needs none for it.

    So GitHub's documentation of scopes says. An app is refused a merge of what its base has
    (github.com/Mergifyio/mergify/issues/5055); whether for this very reason is not on record.
    """
    others = (git.head(name).files.get(path) for name in git.branches if name != branch)
    return visit.token.has_scopes and git.head(branch).files[path] in others
