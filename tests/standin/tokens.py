"""Owns what a token is allowed, by its kind, scopes and permissions; must not know what is asked of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SCOPES = ("read:org", "read:project", "repo")
#: What a scope grants besides itself (docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps).
_GRANTS = {
    "admin:org": {"write:org", "read:org"},
    "write:org": {"read:org"},
    "project": {"read:project"},
    "repo": {"public_repo"},
    "write:discussion": {"read:discussion"},
}
#: No `permissions:` of a workflow gives these to a job's own token
#: (docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions).
_NEVER_OF_A_JOB = ("members", "workflows")


@dataclass(slots=True)
class Token:
    """What one token may see and do.

    `kind` is `classic`, `oauth` (an OAuth app's, as `gh auth login` makes it), `fine`, `app` or `actions` (a
    job's own). The first two have `scopes`, the others `permissions` by GitHub's names
    (`{"contents": "write", "organization_projects": "read"}`), None for all that there are. `repositories` are
    those that such a token is for, None for all: others that are public it may read.

    `boards` says what comes of asking for one: `all`; `hidden` (not found); `empty` (found, without items and
    without an error). `unseen` are single boards that are not for it (`acme/7`). `private` tells whether private
    repositories are seen. `forbidden` and `hidden` are names of repositories; `saml` of owners. `bypasses_rules`
    puts it on the bypass list of every ruleset.
    """

    value: str = "test-token"
    login: str = "robot"
    kind: str = "classic"
    scopes: tuple[str, ...] = SCOPES
    boards: str = "all"
    private: bool = True
    forbidden: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    saml: frozenset[str] = frozenset()
    content: str = "all"
    may_write: bool = True
    permissions: Mapping[str, str] | None = None
    repositories: frozenset[str] | None = None
    unseen: frozenset[str] = frozenset()
    bypasses_rules: bool = False

    @property
    def has_scopes(self) -> bool:
        """Whether it is judged by scopes, not by permissions."""
        return self.kind in {"classic", "oauth"}

    def is_granted(self, scopes: Iterable[str]) -> bool:
        """Whether it has one of these scopes, or needs none."""
        held = {*self.scopes, *(each for scope in self.scopes for each in _GRANTS.get(scope, ()))}
        return not self.has_scopes or not held.isdisjoint(scopes)

    def may(self, permission: str, level: str = "read") -> bool:
        """Whether its permissions allow this; a token with scopes is not judged here."""
        if self.kind == "actions" and permission in _NEVER_OF_A_JOB:
            return False
        return self.has_scopes or self.permissions is None or self.permissions.get(permission) in {"write", level}

    @property
    def may_write_workflows(self) -> bool:
        """Whether it may change what runs a repository's jobs."""
        return self.is_granted(["workflow"]) if self.has_scopes else self.may("workflows", "write")

    def sees_private(self, full_name: str) -> bool:
        """Whether a repository shows itself that is not open to all."""
        return self.private and self.is_granted(["repo"]) and self.is_for(full_name)

    def is_for(self, full_name: str) -> bool:
        """Whether it was made for this repository among others."""
        return self.repositories is None or full_name.lower() in self.repositories

    @property
    def board_view(self) -> str:
        """Return what comes of asking for a board: `all`, `hidden` or `empty`."""
        return self.boards if self.may("organization_projects") else "hidden"
