"""Faults B9, B10 and B12: surroundings that are broken. Never a traceback, never "a bug": what is wrong is named.

The installed command runs in a process of its own, on a snapshot where GitHub would be asked in vain.
"""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from roadmap_sync.errors import Exit, InputError
from roadmap_sync.runner import event
from tests.support.checkouts import git
from tests.support.pulls import BASE, PATH, Pulled, pulled
from tests.support.runs import NAMES, PAGE, TICKED, Place, place

__all__ = ["place", "pulled"]

PROGRAM = str(Path(sys.executable).with_name("roadmap-sync"))
OFFLINE = "check --board board.json"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@dataclass(frozen=True, slots=True)
class Here:
    """A directory with the page, its config and a snapshot; `environ` has nothing of the machine that it needs not."""

    directory: Path
    environ: dict[str, str] = field(default_factory=dict)

    def run(self, line: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        """Run a line of a shell, `roadmap-sync` being the installed command."""
        done = subprocess.run(
            ["/bin/sh", "-c", f'roadmap_sync() {{ "{PROGRAM}" "$@"; }}; {line}'],
            cwd=self.directory,
            env=self.environ | environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert "this is a bug" not in done.stderr
        assert done.returncode != Exit.BUG
        return done


@pytest.fixture
def here(place: Place) -> Here:
    """Make the directory, and the snapshot in it."""
    assert place.run("snapshot", "board.json").code == 0
    left = {*NAMES, *PROXIES, *map(str.lower, PROXIES), "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"}
    environ = {name: value for name, value in os.environ.items() if name not in left}
    return Here(place.directory, environ | {"GH_TOKEN": "test-token"})


NAMED: dict[str, tuple[str, dict[str, str]]] = {
    "B9-socks-proxy": ("ALL_PROXY", {"ALL_PROXY": "socks://127.0.0.1:1"}),
    "B9-socks5-proxy": ("all_proxy", {"all_proxy": "socks5://127.0.0.1:1"}),
    "B9-proxy-of-nothing": ("HTTPS_PROXY", {"HTTPS_PROXY": "nonsense://"}),
    "B9-proxy-with-a-port-that-is-none": ("HTTPS_PROXY", {"HTTPS_PROXY": "http://proxy:port"}),
    "B9-no-proxy-with-an-ipv6-network": (
        "NO_PROXY",
        {"NO_PROXY": "localhost,fd00::/8", "ALL_PROXY": "http://127.0.0.1:1"},
    ),
    "B9-certificates-nowhere": ("SSL_CERT_FILE", {"SSL_CERT_FILE": "/nowhere/ca.pem"}),
    "B9-certificates-that-are-none": ("SSL_CERT_FILE", {"SSL_CERT_FILE": "roadmap-sync.toml"}),
    "B9-certificates-in-a-directory": ("SSL_CERT_FILE", {"SSL_CERT_FILE": "docs"}),
    "B9-key-log-nowhere": ("SSLKEYLOGFILE", {"SSLKEYLOGFILE": "/nowhere/keys"}),
    "B9-key-log-is-a-directory": ("SSLKEYLOGFILE", {"SSLKEYLOGFILE": "docs"}),
    "B9-server-with-a-bracket": ("GITHUB_SERVER_URL", {"GITHUB_SERVER_URL": "https://["}),
    "B9-endpoint-with-a-bracket": ("GITHUB_GRAPHQL_URL", {"GITHUB_GRAPHQL_URL": "https://["}),
    "B9-endpoint-with-a-blank": ("GITHUB_GRAPHQL_URL", {"GITHUB_GRAPHQL_URL": "https://api git hub.com/graphql"}),
    "B9-endpoint-with-a-tab": ("GITHUB_GRAPHQL_URL", {"GITHUB_GRAPHQL_URL": "https://api.github.com/graph\tql"}),
    "B9-endpoint-that-is-a-word": ("GITHUB_GRAPHQL_URL", {"GITHUB_GRAPHQL_URL": "graphql"}),
    "B9-endpoint-with-a-port-that-is-none": ("GITHUB_GRAPHQL_URL", {"GITHUB_GRAPHQL_URL": "https://github.com:99999/"}),
    "B9-endpoint-of-dots": ("GITHUB_GRAPHQL_URL", {"GITHUB_GRAPHQL_URL": "https://..../graphql"}),
    "B9-endpoint-of-long-labels": ("GITHUB_GRAPHQL_URL", {"GITHUB_GRAPHQL_URL": f"https://{'ü' * 80}.com/graphql"}),
    "B9-repository-that-is-a-word": ("GITHUB_REPOSITORY", {"GITHUB_REPOSITORY": "rocket"}),
    "B9-repository-with-three-parts": ("GITHUB_REPOSITORY", {"GITHUB_REPOSITORY": "acme/rocket/x"}),
    "B9-repository-with-a-line-break": ("GITHUB_REPOSITORY", {"GITHUB_REPOSITORY": "acme/rocket\n::error::x"}),
    "B9-token-with-a-line-break": ("GH_TOKEN", {"GH_TOKEN": "test\ntoken"}),
    "B9-token-that-is-no-text": ("GH_TOKEN", {"GH_TOKEN": "t\udcffken"}),
}


@pytest.mark.parametrize(("name", "environ"), NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("command", ["sync", "diff", "doctor"])
def test_a_variable_that_cannot_be_used(here: Here, command: str, name: str, environ: dict[str, str]) -> None:
    """Exit 2 that names the variable, before anything is sent; the page is as it was."""
    done = here.run(f"roadmap_sync {command}", **environ)

    assert done.returncode == Exit.INPUT, done.stderr
    assert name in done.stderr + (done.stdout if command == "doctor" else "")
    assert (here.directory / "docs/roadmap.md").read_bytes() == PAGE


@pytest.mark.parametrize("proxy", ["http://[", "http://127.0.0.1:1", "http://user:secret@127.0.0.1:1"])
def test_a_proxy_that_does_not_answer(here: Here, proxy: str) -> None:
    """B9: exit 3 that names the variable, and not the password in it."""
    done = here.run("roadmap_sync check --timeout 2", https_proxy=proxy)

    assert done.returncode == Exit.GITHUB, done.stderr
    assert "with the proxy of https_proxy" in done.stderr
    assert "secret" not in done.stderr


HARMLESS: dict[str, dict[str, str]] = {
    "B9-home-that-is-empty": {"HOME": ""},
    "B9-home-nowhere": {"HOME": "/nowhere"},
    "B9-home-is-a-file": {"HOME": "/etc/passwd"},
    "B9-settings-nowhere": {"XDG_CONFIG_HOME": "/nowhere", "GIT_CONFIG_GLOBAL": "/nowhere"},
    "B9-temporary-nowhere": {"TMPDIR": "/nowhere"},
    "B9-path-that-is-empty": {"PATH": ""},
    "B9-path-nowhere": {"PATH": "/nowhere::."},
    "B9-path-that-is-long": {"PATH": "/" + "x" * 5000},
    "B9-ascii": {"PYTHONIOENCODING": "ascii"},
    "B9-no-encoding": {
        "PYTHONIOENCODING": "ascii:strict",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    },
    "B9-posix": {"LC_ALL": "POSIX", "LANG": "xx_YY", "LANGUAGE": "xx"},
    "B9-columns-of-no-number": {"COLUMNS": "wide", "LINES": "-1", "TERM": "no-such-terminal"},
    "B9-columns-of-nothing": {"COLUMNS": "0"},
    "B9-columns-below-nothing": {"COLUMNS": "-40"},
    "B9-no-terminal-name": {"TERM": ""},
    "B9-summary-nowhere": {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "/nowhere/summary"},
    "B9-summary-is-a-directory": {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "docs"},
    "B9-summary-is-full": {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "/dev/full"},
    "B9-summary-has-a-long-name": {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "x" * 300},
    "B9-output-nowhere": {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "/nowhere/output"},
    "B9-output-is-full": {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "/dev/full"},
    "B9-output-is-a-pipe": {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "pipe"},
    "B9-workspace-in-a-circle": {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": "circle"},
    "B9-workspace-with-a-long-name": {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": "/" + "x" * 5000},
    "B9-workspace-that-is-relative": {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": "docs"},
    "B9-event-that-is-not-asked": {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": "docs"},
    "B9-commit-that-is-none": {"GITHUB_ACTIONS": "true", "GITHUB_SHA": "x", "GITHUB_RUN_ID": "x"},
    "B9-proxy-that-is-not-asked": {
        "ALL_PROXY": "socks://",
        "SSL_CERT_FILE": "/nowhere",
        "GITHUB_SERVER_URL": "https://[",
    },
    "B9-git-variables": {"GIT_DIR": "/nowhere", "GIT_CONFIG_COUNT": "many", "GIT_CEILING_DIRECTORIES": ":::"},
    "B9-many-settings-of-git": {"GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_0": "x"},
    "B9-time-zone": {"TZ": "Nowhere/At-All", "SOURCE_DATE_EPOCH": "soon"},
    "B9-no-colour": {"NO_COLOR": "", "CLICOLOR_FORCE": "x", "FORCE_COLOR": "x"},
}


@pytest.mark.parametrize("environ", HARMLESS.values(), ids=HARMLESS)
def test_a_variable_that_does_not_matter(here: Here, environ: dict[str, str]) -> None:
    """The run comes to what it would have come to; a report that cannot be written is a warning that names it."""
    os.mkfifo(here.directory / "pipe")
    (here.directory / "circle").symlink_to("circle")

    done = here.run(f"roadmap_sync {OFFLINE}", **environ)

    assert done.returncode == Exit.DIFFERS, done.stderr
    assert done.stdout.count("\n") == TICKED.count(b"[x]") - PAGE.count(b"[x]")
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        assert (f"::warning title=roadmap-sync::{name} cannot be written: " in done.stderr) == (name in environ)


STREAMS: dict[str, tuple[str, int, str]] = {
    "B9-stdout-closed": (f"roadmap_sync {OFFLINE} >&-", 2, "standard output: it is closed"),
    "B9-stdout-closed-and-diff": ("roadmap_sync diff --board board.json >&-", 2, "standard output: it is closed"),
    "B9-all-closed-and-diff": ("roadmap_sync diff --board board.json <&- >&- 2>&-", 2, ""),
    "B9-stdout-full": (
        f"roadmap_sync {OFFLINE} >/dev/full",
        2,
        "standard output: cannot be written: No space left on dev",
    ),
    "B9-help-into-a-full-disk": ("roadmap_sync --help >/dev/full", 2, "No space left on device"),
    "B9-version-into-a-full-disk": ("roadmap_sync --version >/dev/full", 2, "No space left on device"),
    "B9-help-closed": ("roadmap_sync --help >&-", 0, ""),
    "B9-stderr-closed": (f"roadmap_sync {OFFLINE} 2>&-", 1, ""),
    "B9-stderr-full": (f"roadmap_sync {OFFLINE} 2>/dev/full", 1, ""),
    "B9-all-closed": (f"roadmap_sync {OFFLINE} <&- >&- 2>&-", 2, ""),
    "B9-stdin-closed": (f"roadmap_sync {OFFLINE} <&-", 1, ""),
    "B9-stdin-is-a-directory": (f"roadmap_sync {OFFLINE} <docs", 1, ""),
    "B9-an-error-with-stderr-closed": ("roadmap_sync check nowhere.md 2>&-", 2, ""),
    "B9-an-error-with-stderr-full": ("roadmap_sync check nowhere.md 2>/dev/full", 2, ""),
    "B9-help-in-ascii": ("PYTHONIOENCODING=ascii LC_ALL=C roadmap_sync sync --help", 0, ""),
    "B9-completion-of-no-shell": ("_ROADMAP_SYNC_COMPLETE=nonsense roadmap_sync", 1, ""),
    "B9-no-working-directory": (
        f"mkdir x && cd x && rmdir ../x && roadmap_sync {OFFLINE}",
        2,
        "the working directory is gone",
    ),
    "B9-no-working-directory-and-no-argument": (
        "mkdir x && cd x && rmdir ../x && roadmap_sync",
        2,
        "the working directory i",
    ),
    "B9-no-working-directory-on-a-runner": (
        f"mkdir x && cd x && rmdir ../x && GITHUB_ACTIONS=true roadmap_sync {OFFLINE}",
        2,
        "::error title=roadmap-sync::the working directory is gone",
    ),
    "B9-no-working-directory-and-debug": ("mkdir x && cd x && rmdir ../x && roadmap_sync --help", 0, ""),
    "B9-file-size-limit": (
        "(unset COVERAGE_PROCESS_CONFIG COVERAGE_PROCESS_START; ulimit -f 0; roadmap_sync diff --board board.json --out plan.json)",
        2,
        "cannot be written",
    ),
    "B9-name-that-is-no-text": ("roadmap_sync check --board board.json \"$(printf 'docs/\\377.md')\"", 2, "\\udcff.md"),
    "B9-name-with-an-escape": (
        "roadmap_sync check --board board.json \"$(printf 'docs/\\033[2J.md')\"",
        2,
        "\\x1b[2J.md",
    ),
}


@pytest.mark.parametrize(("line", "code", "said"), STREAMS.values(), ids=STREAMS)
def test_a_stream_or_a_place_that_is_gone(here: Here, line: str, code: int, said: str) -> None:
    """A result that went nowhere is exit 2; what is said to nobody is no error."""
    done = here.run(line)

    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Exception ignored" not in done.stderr


def test_nothing_is_said_on_stdout_where_stderr_is_closed(here: Here) -> None:
    """The result alone stands there: a program reads it."""
    done = here.run("roadmap_sync diff --board board.json 2>&-")

    assert done.stdout.startswith("--- a/docs/roadmap.md")


def test_a_page_is_written_though_nobody_hears_of_it(here: Here) -> None:
    """`sync` has written before it tells; the exit code says that the telling failed."""
    done = here.run("roadmap_sync sync --board board.json >/dev/full")

    assert done.returncode == Exit.INPUT
    assert (here.directory / "docs/roadmap.md").read_bytes() == TICKED


#: Root may write everywhere, unless that power is taken from it (https://man7.org/linux/man-pages/man1/setpriv.1.html).
POWERLESS = "setpriv --bounding-set=-dac_override" if os.geteuid() == 0 else ""


@pytest.mark.skipif(bool(POWERLESS) and not shutil.which("setpriv"), reason="root may write everywhere")
@pytest.mark.parametrize("command", ["sync", "snapshot board2.json", "diff --out plan.json"])
def test_a_directory_that_may_not_be_written(here: Here, command: str) -> None:
    """B9: exit 2 that names the file."""
    for folder in (here.directory, here.directory / "docs"):
        folder.chmod(0o555)

    done = here.run(f'{POWERLESS} "{PROGRAM}" {command} --board board.json')

    assert done.returncode == Exit.INPUT
    assert "cannot be written: Permission denied" in done.stderr


DOTENVS = {
    "binary": b"\xff\xfe\0\1",
    "zeros": b"\0" * 100,
    "no-sense": b"= = =\n'''\nexport\n\"",
    "token-with-a-break": b'GH_TOKEN="a\\nb"\n',
    "token-of-many": b"GH_TOKEN=" + b"x" * 100_000 + b"\n",
}


@pytest.mark.parametrize("data", DOTENVS.values(), ids=DOTENVS)
def test_an_odd_dotenv(here: Here, data: bytes) -> None:
    """B9: on a snapshot it does not matter; where it is needed, it is named."""
    (here.directory / ".env").write_bytes(data)

    assert here.run(f"roadmap_sync {OFFLINE}").returncode == Exit.DIFFERS
    done = here.run("roadmap_sync check --timeout 0.1", GH_TOKEN="", HTTPS_PROXY="http://127.0.0.1:9")
    assert done.returncode in {Exit.INPUT, Exit.GITHUB}


EVENTS = {
    "empty": "",
    "no-json": "{",
    "null": "null",
    "list": "[]",
    "text": '"pull_request"',
    "number": "7",
    "nothing-in-it": "{}",
    "another-event": '{"repository": {"full_name": "acme/rocket"}, "push": {}}',
    "no-number": '{"repository": {"full_name": "a/b"}, "pull_request": {"number": "x", "base": {"sha": "1"}, "head": {}}}',
    "number-that-is-none": '{"repository": {"full_name": "a/b"}, "pull_request": {"number": null}}',
    "number-without-end": '{"repository": {"full_name": "a/b"}, "pull_request": {"number": Infinity}}',
    "a-list-for-a-pull-request": '{"repository": {"full_name": "a/b"}, "pull_request": [1]}',
    "a-list-for-a-repository": '{"repository": [], "pull_request": {}}',
    "deep": "[" * 100_000,
    "deep-in-the-event": '{"repository": ' + '{"a":' * 100_000,
}


@pytest.mark.parametrize("text", EVENTS.values(), ids=EVENTS)
def test_an_odd_event(text: str) -> None:
    """B9: exit 2 that names the variable."""
    with pytest.raises(InputError, match=r"^GITHUB_EVENT_PATH: "):
        event.from_text(text, "GITHUB_EVENT_PATH")


@pytest.mark.parametrize("data", [b"\xff\xfe{}", b"\0" * 9], ids=["not-utf-8", "zeros"])
def test_an_event_that_is_no_text(place: Place, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """B9: the same for its bytes."""
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(place.write("event.json", data)))

    ran = place.run("diff", "--to", "comment")

    assert ran.code == Exit.INPUT
    assert ran.err.startswith("roadmap-sync: GITHUB_EVENT_PATH: ")


# A certificate authority of one's own ----------------------------------------------------------------------------


_SELF_SIGNED = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"),
    *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
)


@pytest.fixture
def private_server(tmp_path: Path) -> Iterator[tuple[str, Path, list[int]]]:
    """Serve TLS with a certificate that nobody knows; yield the address, its file, and the connections so far."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = subprocess.run(
        [*_SELF_SIGNED, "-keyout", str(key), "-out", str(certificate)],
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    calls: list[int] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # closed: the test is over
            calls.append(1)
            try:
                with context.wrap_socket(connection, server_side=True) as talk:
                    talk.recv(65536)
                    talk.sendall(b"HTTP/1.1 401 x\r\nContent-Length: 2\r\n\r\n{}")
            except OSError:
                connection.close()  # the client hung up on the certificate

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://localhost:{listener.getsockname()[1]}/graphql", certificate, calls
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_a_private_certificate_authority(here: Here, private_server: tuple[str, Path, list[int]]) -> None:
    """B10: one try, exit 3, and the variable that helps; with it, the server is reached."""
    url, certificate, calls = private_server

    done = here.run("roadmap_sync check", GITHUB_GRAPHQL_URL=url)

    assert done.returncode == Exit.GITHUB, done.stderr
    assert "its certificate is not trusted: self" in done.stderr
    assert "SSL_CERT_FILE" in done.stderr
    assert len(calls) == 1

    done = here.run("roadmap_sync check", GITHUB_GRAPHQL_URL=url, SSL_CERT_FILE=str(certificate))
    assert done.returncode == Exit.GITHUB
    assert "GitHub does not accept the token" in done.stderr


# A preview without a token ---------------------------------------------------------------------------------------


def without_token(pulled: Pulled) -> str:
    """Save the board, and take the tokens away, as in a job for a fork's pull request."""
    pulled.place.run("snapshot", "board.json")
    for name in ("ROADMAP_SYNC_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"):
        pulled.monkeypatch.delenv(name, raising=False)
    return "board.json"


@pytest.mark.parametrize(
    ("option", "code"), [((), Exit.OK), (("--exit-code",), Exit.DIFFERS)], ids=["plain", "exit-code"]
)
def test_a_fork_s_preview_in_a_shallow_checkout(
    pulled: Pulled, tmp_path: Path, option: tuple[str, ...], code: int
) -> None:
    """B12: the whole plan stands in log and summary, unsplit, with why; exit as it should be."""
    board = without_token(pulled)
    directory = pulled.place.directory
    git(directory, "init", "-q")
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "-m", "merged")
    summary = tmp_path / "summary"
    pulled.monkeypatch.setenv("GITHUB_ACTIONS", "true")
    pulled.monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    ran = pulled.run("--board", board, *option)

    assert ran.code == code, ran.err
    assert ran.out.startswith(b"docs/roadmap.md: 2 ticks;")
    said = "What the pull request causes is not told apart: no revision"
    assert said in ran.err
    assert said in summary.read_text()
    assert "fetch-depth: 0" in ran.err
    assert "No comment: there is no GITHUB_TOKEN to make one with" in ran.err


def test_a_fork_s_preview_with_its_base(pulled: Pulled) -> None:
    """B12: where git has the base, what was due before is told apart, as ever."""
    board = without_token(pulled)
    directory = pulled.place.directory
    git(directory, "init", "-q")
    pulled.place.write(PATH, BASE)
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "-m", "base")
    base = git(directory, "rev-parse", "HEAD").strip()
    pulled.place.write(PATH, PAGE)
    pulled.event(
        pull_request={
            "number": 40,
            "base": {"sha": base},
            "head": {"sha": "1" * 40, "repo": {"full_name": "them/rocket"}},
        }
    )

    ran = pulled.run("--board", board)

    assert ran.code == Exit.OK
    assert ran.out.startswith(b"docs/roadmap.md: 1 tick; 1 change was due before;")
    assert "not told apart" not in ran.err


def test_a_fork_s_preview_that_git_refuses(pulled: Pulled) -> None:
    """B12: the same where git itself gives no answer: its words say why."""
    board = without_token(pulled)
    (pulled.place.directory / ".git").mkdir()
    (pulled.place.directory / ".git/HEAD").write_text("nonsense")

    ran = pulled.run("--board", board)

    assert ran.code == Exit.OK
    assert "What the pull request causes is not told apart: git failed" in ran.err
