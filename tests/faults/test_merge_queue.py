"""A preview that is a required check passes in a merge queue (C17)."""

import json

import pytest

from tests.support.runs import PAGE, Place, place

__all__ = ["place"]

REPOSITORY = {"full_name": "acme/rocket"}
GROUP = {"head_sha": "0" * 40, "head_ref": "refs/heads/gh-readonly-queue/main/pr-40-0", "base_ref": "refs/heads/main"}


@pytest.mark.parametrize(
    ("event", "code", "said"),
    [
        pytest.param(
            {"action": "checks_requested", "merge_group": GROUP}, 0, "Nothing to preview: a merge", id="queue"
        ),
        pytest.param({"ref": "refs/heads/main"}, 2, "this job does not run for a pull request", id="push"),
    ],
)
def test_event(place: Place, monkeypatch: pytest.MonkeyPatch, event: dict[str, object], code: int, said: str) -> None:
    """C17: `merge_group` is no fault, and asks GitHub nothing; an event that is about no pull request stays one."""
    file = place.write("event.json", json.dumps({**event, "repository": REPOSITORY}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(file))
    ran = place.run("diff", "--to", "comment")
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert (place.page.read_bytes(), list(place.server.log)) == (PAGE, [])
