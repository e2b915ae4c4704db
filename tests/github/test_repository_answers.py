"""Tests of what GitHub's JSON says of a repository's pull requests."""

import pytest

from roadmap_sync.github.repository_answers import RepositoryState
from roadmap_sync.pull_request.memory import Record
from roadmap_sync.reading.answers import understood


def state(**changes):
    """A repository with one pull request from our branch."""
    pull = {
        "id": "PR_1",
        "number": 1,
        "url": "https://x/1",
        "state": "OPEN",
        "isDraft": False,
        "title": "Roadmap",
        "body": Record(serial=7).text,
        "baseRefName": "main",
        "headRefOid": "a" * 40,
        "isCrossRepository": False,
        "mergeable": "MERGEABLE",
        "viewerDidAuthor": True,
    }
    nodes = [pull | changes, None]
    known = {"id": "R_1", "nameWithOwner": "acme/rocket", "url": "https://x", "branch": None}
    return understood(RepositoryState, known | {"pullRequests": {"nodes": nodes}})


@pytest.mark.parametrize(
    ("changes", "records"),
    [
        pytest.param({}, [Record(serial=7)], id="ours"),
        pytest.param({"viewerDidAuthor": False}, [None], id="a stranger's with a copy of our record"),
        pytest.param({"body": "Words"}, [None], id="ours without a record"),
        pytest.param({"isCrossRepository": True}, [], id="a fork's branch of the same name"),
    ],
)
def test_only_our_own_pull_requests_remember(changes, records):
    """What anybody may write into a body decides nothing."""
    assert [pull.record for pull in state(**changes).pulls] == records
