"""Owns what made a GitHub runner start a job, as far as a pull request is concerned.

The event is a JSON file beside the job (https://docs.github.com/en/webhooks/webhook-events-and-payloads). What a
fork's author chose in it (branch names) is only ever compared or sent as a variable. Must not know what is done next.
"""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from roadmap_sync.errors import InputError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PullRequestEvent:
    """A pull request was opened or got new commits. `base` and `head` are commits, names are `owner/repo`."""

    repository: str
    number: int
    base: str
    head: str
    head_repository: str

    @property
    def is_fork(self) -> bool:
        """Whether it comes from another repository, or from a deleted one: its jobs may not write here."""
        return self.head_repository.lower() != self.repository.lower()


@dataclass(frozen=True, slots=True)
class RunEvent:
    """A `workflow_run` event. For a fork, GitHub does not tell which pull request it belongs to."""

    repository: str
    head: str
    head_branch: str
    head_repository: str


def from_text(text: str, where: str) -> PullRequestEvent | RunEvent | None:
    """Return the event in the text of a runner's event file, called `where`; None for a merge queue's `merge_group`.

    Raises InputError where it is not the event of a pull request.
    """
    try:
        event = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", where=where) from None
    try:
        repository = _checked(event["repository"]["full_name"], str)
        if "pull_request" in event:
            return _pull_request(event["pull_request"], repository)
        if "merge_group" in event:
            return None
        if event["workflow_run"]["event"] in {"pull_request", "pull_request_target"}:
            return _run(event["workflow_run"], repository)
    except (KeyError, TypeError):
        pass  # another event, or one without what GitHub documents: both are refused below
    raise InputError(
        "this job does not run for a pull request, so there is nothing to comment on",
        where=where,
        hint="Start the workflow on pull_request, or on workflow_run after a workflow that does.",
    )


def _pull_request(given: dict[str, Any], repository: str) -> PullRequestEvent:
    return PullRequestEvent(
        repository=repository,
        number=_checked(given["number"], int),
        base=_checked(given["base"]["sha"], str),
        head=_checked(given["head"]["sha"], str),
        head_repository=_checked((given["head"]["repo"] or {"full_name": ""})["full_name"], str),
    )


def _run(given: dict[str, Any], repository: str) -> RunEvent:
    return RunEvent(
        repository=repository,
        head=_checked(given["head_sha"], str),
        head_branch=_checked(given["head_branch"], str),
        head_repository=_checked((given["head_repository"] or {"full_name": ""})["full_name"], str),
    )


def _checked(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        raise TypeError(f"no {kind.__name__}")
    return value
