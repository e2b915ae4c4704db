"""A pull request on the small world's repository, and the event that makes a runner run for it."""

import json
from dataclasses import dataclass

import pytest

from tests.standin.git import Git
from tests.standin.world import PullRequest
from tests.support.runs import PAGE, Place

PATH = "docs/roadmap.md"
#: The base is behind already: PR 15 is merged, and its box is open.
BASE = PAGE.replace(b"- [ ] [Fly](https://github.com/acme/rocket/issues/12)\n", b"")


@dataclass
class Pulled:
    """A pull request: where it is looked at, and its runner's variables."""

    place: Place
    pull: PullRequest
    monkeypatch: pytest.MonkeyPatch

    @property
    def git(self) -> Git:
        """The repository's branches and commits."""
        return self.pull.repository.git

    @property
    def comments(self):
        """What is said in the pull request."""
        return self.pull.comments

    @property
    def threads(self):
        """What is said on its lines."""
        return self.place.server.world.threads.get(self.pull.id, ())

    @property
    def writes(self) -> int:
        """How many mutations GitHub was sent."""
        return sum(request.is_mutation for request in self.place.server.log)

    def push(self, page: bytes) -> None:
        """Put a page on the pull request's branch, and into the checkout."""
        self.pull.head_repository.git.commit(self.pull.head, {PATH: page}, "Edit the page")
        self.place.write(PATH, page)
        self.event()

    def event(self, **more) -> None:
        """Tell the runner of the pull request as it is now."""
        heads = self.pull.head_repository
        said = {
            "repository": {"full_name": self.pull.repository.full_name},
            "pull_request": {
                "number": self.pull.number,
                "base": {"sha": self.git.branches["main"]},
                "head": {"sha": heads.git.branches[self.pull.head], "repo": {"full_name": heads.full_name}},
            },
        }
        self._tell(said | more)

    def run_event(self, **more) -> None:
        """Tell the runner that a workflow has run for the pull request."""
        heads = self.pull.head_repository
        run = {
            "event": "pull_request",
            "head_sha": heads.git.branches[self.pull.head],
            "head_branch": self.pull.head,
            "head_repository": {"full_name": heads.full_name},
        }
        self._tell({"repository": {"full_name": self.pull.repository.full_name}, "workflow_run": run | more})

    def _tell(self, said) -> None:
        self.monkeypatch.setenv("GITHUB_EVENT_PATH", str(self.place.write("event.json", json.dumps(said))))

    def run(self, *arguments: str):
        """Run `diff --to comment` here."""
        return self.place.run("diff", "--to", "comment", *arguments)


@pytest.fixture
def pulled(place: Place, monkeypatch: pytest.MonkeyPatch) -> Pulled:
    """A pull request that adds a line whose issue is done to a page that was behind already."""
    world = place.server.world
    rocket = world.repository("acme/rocket")
    rocket.git.commit("main", {PATH: BASE}, "Write the page")
    rocket.git.branch("fly", rocket.git.branches["main"])
    made = Pulled(place, rocket.pull(40, "Add a line", head="fly"), monkeypatch)
    world.token("test-token")
    world.token("job-token", kind="actions", login="github-actions[bot]", boards="hidden")
    monkeypatch.setenv("ROADMAP_SYNC_TOKEN", "test-token")
    monkeypatch.setenv("GITHUB_TOKEN", "job-token")
    made.push(PAGE)
    return made
