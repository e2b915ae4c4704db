"""A small world, a page about it, a config for it, and a way to run the command line on them, in process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import respx

from roadmap_sync import cli
from tests.standin import Server, World, install

PAGE = b"""\
# Roadmap

Words of a person.

## Engines

- [ ] [Fly](https://github.com/acme/rocket/issues/12)
- [x] [Land](https://github.com/acme/rocket/issues/13)
- [ ] [Hover](https://github.com/acme/rocket/issues/14)
- [ ] Orbit, see https://github.com/acme/rocket/pull/15
  over two lines

## Hull

- [ ] Paint the whole hull
- [ ] ~~[Gold](https://github.com/acme/rocket/issues/12)~~
- [ ] [Left](https://github.com/acme/rocket/issues/12) <!-- roadmap-sync: ignore -->
- [ ] [Both](https://github.com/acme/rocket/issues/12) and https://github.com/acme/rocket/issues/13

| a | table |
| - | ----- |
"""

#: What `sync` makes of it: two boxes, one byte each.
TICKED = PAGE.replace(b"[ ] [Fly]", b"[x] [Fly]").replace(b"[ ] Orbit", b"[x] Orbit")

CONFIG = """\
[board]
url = "https://github.com/orgs/acme/projects/3"

[statuses]
done = ["Shipped"]

[[pages]]
path = "docs/roadmap.md"
repository = "acme/rocket"
"""

NAMES = ("ROADMAP_SYNC_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "GITHUB_SERVER_URL", "GITHUB_GRAPHQL_URL")
NAMES += ("GITHUB_REPOSITORY", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_WORKSPACE", "NO_COLOR")


def small_world() -> World:
    """Make the world that the page is about."""
    world = World()
    rocket = world.repository("acme/rocket")
    board = world.project("acme", 3, statuses=("Backlog", "Shipped"))
    board.put(rocket.issue(12, "Fly", state="CLOSED", reason="COMPLETED", closed_at="2024-06-26T10:00:00Z"), "Shipped")
    board.put(rocket.issue(13, "Land"), "Backlog")
    rocket.issue(14, "Hover", state="CLOSED", reason="NOT_PLANNED", closed_at="2024-05-01T10:00:00Z")
    rocket.pull(15, "Orbit", state="MERGED", merged_at="2024-03-02T10:00:00Z")
    board.put(rocket.issue(16, "Paint the hull"), "Backlog")
    vault = world.repository("acme/vault", visibility="PRIVATE")
    board.put(vault.issue(1, "Paint the whole hull, secretly"), "Backlog")
    return world


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run came to."""

    code: int
    out: bytes
    err: str


@dataclass(slots=True)
class Place:
    """A directory with a page and a config, and the GitHub that answers there."""

    directory: Path
    server: Server
    capture: pytest.CaptureFixture[bytes]

    @property
    def page(self) -> Path:
        """Return the page's file."""
        return self.directory / "docs/roadmap.md"

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file of the place."""
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def run(self, *arguments: str) -> Ran:
        """Run the command line here."""
        with answering(self.server):
            code = cli.main(list(arguments))
        out, err = self.capture.readouterr()
        return Ran(code, out, err.decode())


@contextmanager
def answering(server: Server) -> Iterator[Any]:
    """Let the stand-in answer for GitHub, and nobody for anybody else."""
    with respx.mock(assert_all_called=False) as router:
        install(router, server)
        yield router


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Place:
    """Make a directory with the page and its config, a token in the environment, and stand in it."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GH_TOKEN", "test-token")
    monkeypatch.setattr(sys, "argv", ["roadmap-sync"])
    made = Place(tmp_path / "place", Server(small_world()), capfdbinary)
    made.write("docs/roadmap.md", PAGE)
    made.write("roadmap-sync.toml", CONFIG)
    monkeypatch.chdir(made.directory)
    return made
