"""Endpoint and token: where a token may go, and that nobody sees it."""

import dataclasses
import os
import traceback
from pathlib import Path

import pytest

from roadmap_sync.errors import InputError
from roadmap_sync.github import access
from roadmap_sync.github.access import Token

GHE = {
    "GITHUB_SERVER_URL": "https://ghe.example.com",
    "GITHUB_GRAPHQL_URL": "https://ghe.example.com/api/graphql",
}
OWN = "https://api.github.com/graphql"

ENDPOINTS = {
    "github.com": ("github.com", {}, OWN),
    "other case": ("GitHub.com", {}, OWN),
    "data residency": ("acme.ghe.com", {}, "https://api.acme.ghe.com/graphql"),
    "as the runner says": (
        "github.com",
        {"GITHUB_GRAPHQL_URL": "https://proxy.example/graphql"},
        "https://proxy.example/graphql",
    ),
    "empty is unset": ("github.com", {"GITHUB_SERVER_URL": "", "GITHUB_GRAPHQL_URL": ""}, OWN),
    "enterprise server": ("ghe.example.com", GHE, "https://ghe.example.com/api/graphql"),
    "enterprise server with a port": (
        "ghe.example.com:8443",
        {"GITHUB_SERVER_URL": "https://GHE.example.com:8443/", "GITHUB_GRAPHQL_URL": "https://ghe.example.com/g"},
        "https://ghe.example.com/g",
    ),
    "a runner of another server": ("github.com", GHE, OWN),
    "a runner of another server, data residency": ("acme.ghe.com", GHE, "https://api.acme.ghe.com/graphql"),
    "loopback": (
        "github.com",
        {"GITHUB_GRAPHQL_URL": "http://127.0.0.1:8000/graphql"},
        "http://127.0.0.1:8000/graphql",
    ),
    "loopback, v6": ("github.com", {"GITHUB_GRAPHQL_URL": "http://[::1]:8000/graphql"}, "http://[::1]:8000/graphql"),
    "localhost": ("github.com", {"GITHUB_GRAPHQL_URL": "http://localhost/graphql"}, "http://localhost/graphql"),
}


@pytest.mark.parametrize(("host", "environ", "endpoint"), ENDPOINTS.values(), ids=ENDPOINTS)
def test_endpoint(host: str, environ: dict[str, str], endpoint: str) -> None:
    """The environment speaks for its own server; otherwise only GitHub's own hosts are known."""
    assert access.find_endpoint(host, environ) == endpoint


@pytest.mark.parametrize(
    ("host", "environ"),
    [
        ("ghe.example.com", {}),
        ("ghe.example.com", {"GITHUB_GRAPHQL_URL": "https://ghe.example.com/api/graphql"}),
        ("ghe.example.com", GHE | {"GITHUB_SERVER_URL": "https://other.example.com"}),
        ("ghe.example.com", GHE | {"GITHUB_GRAPHQL_URL": ""}),
        ("ghe.com", {}),
        ("github.com.evil.example", {}),
        ("evil.example.ghe.com", {}),
        ("notghe.com", {}),
        ("127.0.0.1:80", {}),
    ],
)
def test_a_host_that_nobody_vouches_for(host: str, environ: dict[str, str]) -> None:
    """A board on any other host is an error with the line to set."""
    with pytest.raises(InputError) as raised:
        access.find_endpoint(host, environ)

    assert str(raised.value) == (
        f"nothing says how to reach {host}\n"
        f"  If you trust it, set GITHUB_SERVER_URL=https://{host} GITHUB_GRAPHQL_URL=https://{host}/api/graphql"
    )


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://api.github.com/graphql",
        "http://127.0.0.1.example.com/graphql",
        "http://localhost.example.com/",
        "http://10.0.0.1/graphql",
        "http://[::2]/",
        "ftp://127.0.0.1/",
        "api.github.com/graphql",
        "https://user:secret@github.com/graphql",
        "https:///graphql",
        "https://github.com:port/graphql",
        "https://[::1/graphql",
    ],
)
def test_an_endpoint_that_gets_no_token(endpoint: str) -> None:
    """Plain http goes to this machine only, nothing odd is tried, and no password in it is shown."""
    with pytest.raises(InputError) as raised:
        access.find_endpoint("github.com", {"GITHUB_GRAPHQL_URL": endpoint})

    assert str(raised.value) == (
        "GITHUB_GRAPHQL_URL: this is no address to send a token to\n"
        "  It begins with https://; plain http:// is for this machine only (127.0.0.1, localhost)."
    )


TOKENS = {
    "ours first": ({"GITHUB_TOKEN": "c", "GH_TOKEN": "b", "ROADMAP_SYNC_TOKEN": "a"}, {}, "a", "ROADMAP_SYNC_TOKEN"),
    "then gh's": ({"GITHUB_TOKEN": "c", "GH_TOKEN": "b"}, {}, "b", "GH_TOKEN"),
    "then the job's": ({"GITHUB_TOKEN": "c"}, {}, "c", "GITHUB_TOKEN"),
    "empty is unset": ({"ROADMAP_SYNC_TOKEN": "", "GITHUB_TOKEN": "c"}, {}, "c", "GITHUB_TOKEN"),
    "environment before .env": ({"GITHUB_TOKEN": "c"}, {"ROADMAP_SYNC_TOKEN": "a"}, "c", "GITHUB_TOKEN"),
    ".env": ({"GH_TOKEN": ""}, {"GITHUB_TOKEN": "c", "GH_TOKEN": "b"}, "b", "GH_TOKEN in .env"),
}


@pytest.mark.parametrize(("environ", "dotenv", "value", "source"), TOKENS.values(), ids=TOKENS)
def test_token(environ: dict[str, str], dotenv: dict[str, str], value: str, source: str) -> None:
    """Three names in this order, the environment before .env, an empty one not set."""
    assert access.find_token(environ, dotenv) == Token(value, source)


def test_token_to_write_with() -> None:
    """The job's own token writes where there is one; else the one that reads."""
    both = {"GITHUB_TOKEN": "job", "ROADMAP_SYNC_TOKEN": "app"}

    assert access.find_write_token(both, {}) == Token("job", "GITHUB_TOKEN")
    assert access.find_write_token({"GH_TOKEN": "b"}, {"GITHUB_TOKEN": "c"}) == Token("c", "GITHUB_TOKEN in .env")
    assert access.find_write_token({"GH_TOKEN": "b"}, {}) == Token("b", "GH_TOKEN")
    assert access.find_write_token({}, {}) is None


BAD = {
    "line break": ("test\ntoken", "the token holds a line break"),
    "line break at its end": ("test-token\n", "the token holds a line break"),
    "carriage return": ("test-token\r", "the token holds a line break"),
    "blank": ("test token", "the token holds a blank or another character that no token has"),
    "only a blank": (" ", "the token holds a blank or another character that no token has"),
    "tab": ("test\ttoken", "the token holds a blank or another character that no token has"),
    "no ASCII": ("test-tökén", "the token holds a blank or another character that no token has"),
}


@pytest.mark.parametrize(("value", "what"), BAD.values(), ids=BAD)
def test_a_token_that_no_header_can_carry(value: str, what: str) -> None:
    """It is said which variable is wrong, and the token is not in the message."""
    with pytest.raises(InputError) as raised:
        access.find_token({"GH_TOKEN": value}, {})

    assert str(raised.value) == f"GH_TOKEN: {what}\n  Copy it again, without blanks and line breaks around it."


def test_dotenv_is_read_for_tokens_only(tmp_path: Path) -> None:
    """A .env may not say where the token goes, nor reach the environment of this process."""
    (tmp_path / ".env").write_text(
        "GITHUB_GRAPHQL_URL=https://evil.example/graphql\nGITHUB_SERVER_URL=https://evil.example\n"
        "export GH_TOKEN='test-token'\nGITHUB_TOKEN=${PATH}\nROADMAP_SYNC_TOKEN=\n"
    )
    before = dict(os.environ)

    assert access.read_dotenv(tmp_path) == {"GH_TOKEN": "test-token", "GITHUB_TOKEN": "${PATH}"}
    found = access.find_access("github.com", {}, tmp_path, is_terminal=False)
    assert found == access.Access(OWN, Token("test-token", "GH_TOKEN in .env"))
    assert dict(os.environ) == before


def test_dotenv_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    """None is no error; one that cannot be read is."""
    assert access.read_dotenv(tmp_path) == {}
    (tmp_path / ".env").write_bytes(b"GH_TOKEN=\xff\n")

    with pytest.raises(InputError, match=r"^\.env: not UTF-8: byte 9"):
        access.read_dotenv(tmp_path)


def test_no_token(tmp_path: Path) -> None:
    """The way to one is said."""
    with pytest.raises(InputError) as raised:
        access.find_access("github.com", {}, tmp_path, is_terminal=False)

    assert str(raised.value) == (
        "no token for github.com\n"
        "  Set ROADMAP_SYNC_TOKEN (or GH_TOKEN) to a token that may read the project (scope read:project), or run: gh auth login"
    )


def test_a_foreign_host_is_refused_before_a_token_is_looked_for(tmp_path: Path) -> None:
    """A config that names a stranger's host meets no token at all."""
    (tmp_path / ".env").write_text("GH_TOKEN=test-token\nGITHUB_GRAPHQL_URL=https://evil.example/graphql\n")

    with pytest.raises(InputError, match=r"^nothing says how to reach evil\.example\n"):
        access.find_access("evil.example", {}, tmp_path, is_terminal=True)


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a gh of our own first in PATH; it writes down what it was asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "gh"
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/asked\necho test-token-of-gh\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def test_gh_is_asked_at_a_terminal(gh: Path, tmp_path: Path) -> None:
    """It is asked for the token of the board's host, when no variable has one."""
    found = access.find_access("acme.ghe.com", {"GH_TOKEN": ""}, tmp_path, is_terminal=True)

    assert found.token == Token("test-token-of-gh", "gh auth token")
    assert (gh / "asked").read_text() == "auth token --hostname acme.ghe.com\n"


GH_SILENT = {
    "no terminal": ({}, False),
    "another endpoint than the host's own": ({"GITHUB_GRAPHQL_URL": "https://proxy.example/graphql"}, True),
}


@pytest.mark.parametrize(("environ", "is_terminal"), GH_SILENT.values(), ids=GH_SILENT)
def test_gh_is_not_asked(gh: Path, tmp_path: Path, environ: dict[str, str], is_terminal: bool) -> None:
    """A runner has no gh login, and a token of gh goes to nobody but the host that it is for."""
    with pytest.raises(InputError, match=r"^no token for github\.com"):
        access.find_access("github.com", environ, tmp_path, is_terminal=is_terminal)
    assert not (gh / "asked").exists()


@pytest.mark.parametrize("script", [None, "exit 1", "echo", "echo test-token; exit 4"])
def test_gh_that_knows_no_token(gh: Path, tmp_path: Path, script: str | None) -> None:
    """No gh, or one that is not logged in, is the same as no token."""
    if script is None:
        (gh / "gh").unlink()
    else:
        (gh / "gh").write_text(f"#!/bin/sh\n{script}\n")

    with pytest.raises(InputError, match=r"^no token for github\.com"):
        access.find_access("github.com", {}, tmp_path, is_terminal=True)


def test_a_token_shows_itself_to_nobody() -> None:
    """Neither str, repr, format nor a traceback of what holds it has the token in it."""
    found = access.Access(OWN, Token("test-token", "GH_TOKEN"))
    lines = traceback.format_exception(ValueError(found, found.token))

    shown = f"{found} {found!r} {found.token} {found.token!r} {lines}"
    assert "test-token" not in shown
    assert found.token.value == "test-token"
    assert dataclasses.replace(found).token.source == "GH_TOKEN"


def test_hide_tokens(tmp_path: Path) -> None:
    """What a bug prints is searched for tokens known from the environment and .env, and for their usual shape."""
    (tmp_path / ".env").write_text("GH_TOKEN=test-two\n")
    shaped = "ghp_" + "x" * 36

    text = access.hide_tokens(
        f"a test-one b test-two c {shaped} d", {"GITHUB_TOKEN": "test-one", "GH_TOKEN": ""}, tmp_path
    )

    assert text == "a *** b *** c *** d"
    (tmp_path / ".env").write_bytes(b"\xff")
    assert access.hide_tokens("test-one", {"GITHUB_TOKEN": "test-one"}, tmp_path) == "***"
