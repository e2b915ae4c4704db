"""Makes git repositories with the page of `tests.support.runs` in them, whose history holds a deleted line."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.standin import Server, World
from tests.support.runs import CONFIG, PAGE, Place, Ran, small_world

#: A person took this line away: it stays away.
DELETED = b"- [ ] [Paint the hull](https://github.com/acme/rocket/issues/16)\n"
#: This one never stood on the page: it is added.
NEW = b"[Sand the hull](https://github.com/acme/rocket/issues/20)"
BEFORE = PAGE.replace(b"## Hull\n\n", b"## Hull\n\n" + DELETED)

AREAS = (
    CONFIG.replace("done =", 'add = ["Backlog"]\ndone =') + '[[pages.areas]]\nheading = "Hull"\nfilter = "label:hull"\n'
)


def git(directory: Path, *arguments: str) -> str:
    """Run git as somebody, without anybody's settings."""
    settings = ("user.name=nobody", "user.email=nobody@example.com", "init.defaultBranch=main")
    settings += ("protocol.file.allow=always", "commit.gpgSign=false")
    command = ["git", "-C", str(directory), *(word for one in settings for word in ("-c", one)), *arguments]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environ).stdout


def world() -> World:
    """Make the small world with two items for the area: one whose line was deleted, one that is new."""
    made = small_world()
    rocket = made.repository("acme/rocket")
    rocket.issue(16, labels=("hull",))
    made.project("acme", 3).put(rocket.issue(20, "Sand the hull", labels=("hull",)), "Backlog")
    return made


def as_nobody(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git find no settings of whoever runs the tests, and GitHub know the items of `world`."""
    place.server = Server(world())
    home = place.directory.parent / "home"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith(("GIT_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def commit(directory: Path, message: str = "a change") -> None:
    """Commit all that is there."""
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "--allow-empty", "-m", message)


def with_deleted_line(directory: Path, page: str = "docs/roadmap.md") -> None:
    """Make a repository of a directory: the page with the line, then without it."""
    file = directory / page
    file.parent.mkdir(parents=True, exist_ok=True)
    git(directory, "init", "-q")
    file.write_bytes(BEFORE)
    commit(directory, "the page")
    file.write_bytes(PAGE)
    commit(directory, "a line less")


@dataclass(frozen=True, slots=True)
class Added:
    """What a run of `sync` added to the page, and what it said."""

    ran: Ran
    page: bytes

    @property
    def is_deleted_back(self) -> bool:
        """Whether the line that a person deleted stands there again."""
        return b"issues/16" in self.page

    @property
    def is_new_there(self) -> bool:
        """Whether the new item was added."""
        return NEW in self.page


def synced(place: Place, page: str = "docs/roadmap.md") -> Added:
    """Run `sync` in the working directory on a page of it, with areas."""
    Path("roadmap-sync.toml").write_text(
        AREAS.replace('"docs/roadmap.md"', json.dumps(page, ensure_ascii=False)), encoding="utf-8"
    )
    ran = place.run("sync", "--notes", "all")
    return Added(ran, Path(page).read_bytes())
