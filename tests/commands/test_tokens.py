"""The tokens are in nothing that leaves the program: output, tracebacks, files, comments, what GitHub is sent."""

import json
from pathlib import Path

import pytest

from roadmap_sync.github.client import GitHub, Timing
from roadmap_sync.publishers import branch, pull_request
from tests.standin import Server, faults
from tests.support.days import at_once
from tests.support.pulls import Pulled, pulled
from tests.support.runs import CONFIG, Place, place

__all__ = ["place", "pulled"]

BOARD, JOB = "board-token-that-nobody-may-see", "job-token-that-nobody-may-see"


def echo() -> faults.Fault:
    """A host that puts what it was sent into its answer, as a badly made proxy does."""

    def instead(server, request):
        said = {"message": f"cannot use {request.headers['authorization']}, {BOARD} or {JOB}"}
        return server.respond(request, 403, said)

    return faults.Fault("echo", instead=instead)


def error_echo() -> faults.Fault:
    """The same within an answer that is otherwise good."""
    return faults.extra_error(f"odd: {BOARD} {JOB}")


COMMANDS = {
    "sync": ("sync", "-v"),
    "pull request": ("sync", "--to", "pull-request", "-v"),
    "branch": ("sync", "--to", "branch", "-v"),
    "init": ("init", "--board", "https://github.com/orgs/acme/projects/3", "docs/roadmap.md"),
    "diff": ("diff", "-v", "--out", "plan.json"),
    "diff json": ("diff", "--format", "json"),
    "diff markdown": ("diff", "--format", "markdown", "--notes", "all"),
    "comment": ("diff", "--to", "comment", "-v"),
    "check": ("check", "-v"),
    "explain": ("explain", "docs/roadmap.md:7"),
    "snapshot": ("snapshot", "board.json", "-v"),
    "doctor": ("doctor", "-v"),
    "link": ("link",),
    "debug": ("diff", "--debug"),
    "bad option": ("diff", "--config", "nowhere.toml", "--debug"),
}
TROUBLES = {
    "well": list,
    "refused": lambda: [faults.bad_credentials().always()],
    "echoed": lambda: [echo().always()],
    "echoed beside data": lambda: [error_echo().always()],
    "a refusal echoed": lambda: [faults.failing("Mutation.*", "FORBIDDEN", f"not with {BOARD} or {JOB}").always()],
    "reset": lambda: [faults.reset().always()],
    "no JSON": lambda: [faults.invalid_json().always()],
}


def leaks(*texts: str | bytes) -> list[str]:
    """Where a token is in a text, cut or whole."""
    parts = (BOARD, JOB, "that-nobody-may-see")
    shown = [text.decode(errors="replace") if isinstance(text, bytes) else text for text in texts]
    return [text[:300] for text in shown if any(part in text for part in parts)]


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("in_file", [False, True], ids=["environment", "file"])
def test_no_token_leaves(pulled: Pulled, tmp_path: Path, monkeypatch, command, trouble, in_file) -> None:
    """Whatever is run, and whatever goes wrong: 0 occurrences outside the header that carries the token."""
    world = pulled.place.server.world
    world.tokens.clear()
    world.token(BOARD)
    world.token(JOB, login="github-actions[bot]")
    monkeypatch.delenv("GH_TOKEN")
    secrets = {"ROADMAP_SYNC_TOKEN": BOARD, "GITHUB_TOKEN": JOB}
    for name, value in secrets.items():
        monkeypatch.delenv(name) if in_file else monkeypatch.setenv(name, value)
    if in_file:
        pulled.place.write(".env", "".join(f"{name}={value}\n" for name, value in secrets.items()))
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setitem(GitHub.__init__.__kwdefaults__, "timing", Timing(at_once))
    for waits in (pull_request.keep, branch.keep):
        monkeypatch.setitem(waits.__kwdefaults__, "sleep", at_once)
    server = pulled.place.server = Server(world, trouble())

    ran = pulled.place.run(*command, "--timeout", "3")

    files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file() and file.name != ".env"]
    said = [comment.body for comment in pulled.comments] + [thread.body for thread in pulled.threads]
    said += [f"{number.title} {number.body}" for number in pulled.pull.repository.numbers.values()]
    said += [f"{commit.message} {commit.files}" for commit in pulled.git.commits.values()]
    sent = [json.dumps([request.document, request.variables]) for request in server.log]
    others = [str({k: v for k, v in request.headers.items() if k != "authorization"}) for request in server.log]
    assert leaks(ran.out, ran.err, *files, *said, *sent, *others) == []


def test_each_token_is_sent_only_where_it_is_needed(pulled: Pulled) -> None:
    """The board is read with the one, comments are written with the other, and neither does the other's work."""
    pulled.run()

    sent = {(request.is_mutation, "projectV2(" in request.document): set() for request in pulled.place.server.log}
    for request in pulled.place.server.log:
        sent[request.is_mutation, "projectV2(" in request.document].add(request.headers["authorization"])
    assert sent[True, False] == {"Bearer job-token"}
    assert sent[False, True] == {"Bearer test-token"}


def test_the_guard_can_fail(place: Place) -> None:
    """A token in a page would be found."""
    assert leaks(b"x " + BOARD.encode(), CONFIG) == [f"x {BOARD}"]
