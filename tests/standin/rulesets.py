"""Owns what the rules of a repository forbid on its branches, in GitHub's words; must not know mutations or tokens.

Rules have the names of GitHub's API (docs.github.com/en/rest/repos/rules). The words are those that a push is
refused with (GH013), except for a pattern: those are not on record, and here as another stand-in has them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.standin.git import Commit


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule for the branches whose names fit: `Rule("commit_message_pattern", pattern="^docs: ")`.

    `creation`, `update`, `pull_request`, `non_fast_forward`, `required_signatures`, `required_linear_history` and
    `commit_message_pattern` are played.
    """

    kind: str
    branches: str = "*"
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a branch: the commits that are new to it, and whether it is made or forced."""

    branch: str
    commits: tuple[Commit, ...] = ()
    creates: bool = False
    forces: bool = False


def violations(rules: Iterable[Rule], change: Change) -> list[str]:
    """Return what each rule has against a change, none where it may be."""
    judged = ((rule, *_RULES[rule.kind]) for rule in rules if fnmatchcase(change.branch, rule.branches))
    return [words.format(rule.pattern) for rule, is_broken, words in judged if is_broken(rule, change)]


def _is_unlike(rule: Rule, change: Change) -> bool:
    """Whether a message fits in none of its lines (github/docs, data/reusables/repositories/rulesets-commit-regex.md)."""
    return not all(re.search(rule.pattern, commit.message, re.MULTILINE) for commit in change.commits)


_RULES: dict[str, tuple[Callable[[Rule, Change], bool], str]] = {
    "creation": (lambda _, change: change.creates, "Cannot create ref due to creations being restricted."),
    "update": (lambda _, change: not change.creates, "Cannot update this protected ref."),
    "pull_request": (lambda _, change: not change.creates, "Changes must be made through a pull request."),
    "non_fast_forward": (lambda _, change: change.forces, "Cannot force-push to this branch"),
    "required_signatures": (
        lambda _, change: not all(commit.signed for commit in change.commits),
        "Commits must have verified signatures.",
    ),
    "required_linear_history": (
        lambda _, change: any(len(commit.parents) > 1 for commit in change.commits),
        "This branch must not contain merge commits.",
    ),
    "commit_message_pattern": (_is_unlike, "Commit message must match a given regex pattern: {}"),
}
