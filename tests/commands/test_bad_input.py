"""Bad input of every kind: what a person reads, the exit code, and the page as it was.

Each case runs the whole command line; the stand-in answers for GitHub.
"""

import os
import re
import shutil
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from roadmap_sync.worktree import Worktree
from tests.standin import World
from tests.support.runs import CONFIG, PAGE, Place, place

__all__ = ["place"]

AGAIN = "Make it again with: roadmap-sync snapshot FILE"


def world_of(place: Place) -> World:
    """Return the world that the place's GitHub has."""
    return place.server.world


CONFIGS = {
    "wrong TOML": (
        '[board]\nurl = "https://github.com\n',
        (
            "roadmap-sync.toml:2: not TOML: illegal character '\\n'\n"
            "  https://toml.io shows how values are written. Text stands in quotes."
        ),
    ),
    "unknown key": (
        CONFIG + 'sektions = ["Hull"]\n',
        'roadmap-sync.toml:10: unknown key "sektions" in [[pages]]\n  Did you mean "sections"?',
    ),
    "heading that is not there": (
        CONFIG + 'sections = ["Hulls"]\n',
        'roadmap-sync.toml:10: no heading "Hulls" in docs/roadmap.md\n  Did you mean "Roadmap > Hull" (line 13)?',
    ),
    "heading that is not unique": (
        CONFIG.replace("roadmap.md", "twice.md") + 'sections = ["Engines"]\n',
        (
            'roadmap-sync.toml:10: "Engines" names 2 headings in docs/twice.md\n'
            '  Write more of the path: "A > Engines" (line 3), "B > Engines" (line 5).'
        ),
    ),
    "page that is missing": (
        CONFIG.replace("roadmap.md", "gone.md"),
        "docs/gone.md: no such file\n  Paths are relative to the working directory.",
    ),
    "page that is a directory": (
        CONFIG.replace("docs/roadmap.md", "docs"),
        "docs: is a directory, not a file\n  Name a file in it.",
    ),
    "page that is not UTF-8": (
        CONFIG.replace("roadmap.md", "latin.md"),
        "docs/latin.md:1: not UTF-8: byte 0xe9 at offset 7\n  Save the page as UTF-8; nothing was changed.",
    ),
    "page above the directory": (
        CONFIG.replace("docs/roadmap.md", "../roadmap.md"),
        (
            "../roadmap.md: is not inside the working directory\n"
            "  Name a file inside the git work tree: without `..`, and no link that leads out."
        ),
    ),
    "page behind a link out of the tree": (
        CONFIG.replace("docs/roadmap.md", "link.md"),
        (
            "link.md: leads out of the work tree\n"
            "  Name a file inside the git work tree: without `..`, and no link that leads out."
        ),
    ),
    "Status that the board has not": (
        CONFIG.replace('"Shipped"', '"Shiped"'),
        (
            'roadmap-sync.toml:5: no option "Shiped" in the board\'s field "Status"\n'
            '  Did you mean "Shipped"? The options are "Backlog", "Shipped".'
        ),
    ),
    "filter that is none, where nothing is added": (
        CONFIG + '[[pages.areas]]\nheading = "Hull"\nfilter = \'lable:"offline\'\n',
        ("roadmap-sync.toml:12: filter, column 7: a quote that is not closed\n  Close it with the same kind of quote."),
    ),
    "no board": (
        CONFIG[CONFIG.index("[statuses]") :],
        (
            "roadmap-sync.toml: no board to compare with\n"
            '  Add: [board] with url = "https://github.com/orgs/NAME/projects/N", or pass --board URL.'
        ),
    ),
    "no page": (
        CONFIG[: CONFIG.index("[[pages]]")],
        'roadmap-sync.toml: the config names no page\n  Add: [[pages]] with path = "…"',
    ),
    "board on a foreign host": (
        CONFIG.replace("github.com", "evil.example"),
        (
            "nothing says how to reach evil.example\n  If you trust it, set GITHUB_SERVER_URL=https://evil.example "
            "GITHUB_GRAPHQL_URL=https://evil.example/api/graphql"
        ),
    ),
}


@pytest.mark.parametrize("command", ["sync", "diff", "check"])
@pytest.mark.parametrize(("text", "message"), CONFIGS.values(), ids=CONFIGS)
def test_config_and_page(place: Place, text: str, message: str, command: str) -> None:
    """What the config says or names is wrong: file, line, what, the way out; exit 2."""
    outside = place.directory.parent / "outside.md"
    outside.write_bytes(PAGE)
    (place.directory / "link.md").symlink_to(outside)
    place.write("docs/twice.md", "# A\n\n## Engines\n# B\n## Engines\n- [ ] https://github.com/acme/rocket/issues/12\n")
    place.write(
        "docs/latin.md", b"- [ ] \xc3\xa9\xe9 https://github.com/acme/rocket/issues/12\n".replace(b"\xc3\xa9", b"e")
    )
    place.write("roadmap-sync.toml", text)
    ran = place.run(command)

    assert ran.code == 2
    assert f"roadmap-sync: {message}\n" in ran.err
    assert "Traceback" not in ran.err
    assert place.page.read_bytes() == outside.read_bytes() == PAGE


def test_no_config_and_no_page(place: Place) -> None:
    """The shortest command that would do something is said."""
    (place.directory / "roadmap-sync.toml").unlink()
    ran = place.run("diff")

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err == (
        "roadmap-sync: no config here, and no page named\n"
        "  Name both: roadmap-sync diff --board https://github.com/orgs/NAME/projects/N docs/roadmap.md\n"
    )


def test_a_config_further_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a directory inside the work tree, the one to go to is said; above the tree nothing is looked for."""
    place.write("docs/deep/x.md", "")
    monkeypatch.chdir(place.directory / "docs/deep")
    assert "Name both" in place.run("diff").err
    subprocess.run(["git", "init", "-q"], cwd=place.directory, check=True)
    ran = place.run("diff")

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err == (
        "roadmap-sync: no config here, and no page named\n"
        "  There is one further up; paths are relative to it: cd ../..\n"
    )


TOKENS = {
    "missing": (
        {},
        (
            "no token for github.com\n"
            "  Set ROADMAP_SYNC_TOKEN (or GH_TOKEN) to a token that may read the project (scope read:project), or run: gh auth login"
        ),
    ),
    "empty": ({"GH_TOKEN": ""}, "no token for github.com\n"),
    "with a line break": (
        {"GH_TOKEN": "test-token\n"},
        "GH_TOKEN: the token holds a line break\n  Copy it again, without blanks and line breaks around it.",
    ),
    "with a blank": ({"GITHUB_TOKEN": "test token"}, "GITHUB_TOKEN: the token holds a blank or another character"),
    "plain http": (
        {"GH_TOKEN": "test-token", "GITHUB_GRAPHQL_URL": "http://api.github.com/graphql"},
        (
            "GITHUB_GRAPHQL_URL: this is no address to send a token to\n"
            "  It begins with https://; plain http:// is for this machine only (127.0.0.1, localhost)."
        ),
    ),
}


@pytest.mark.parametrize(("environ", "message"), TOKENS.values(), ids=TOKENS)
def test_token_and_endpoint(
    place: Place, environ: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with them is said before a request, and the token is not in it."""
    monkeypatch.delenv("GH_TOKEN")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    ran = place.run("sync")

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith(f"roadmap-sync: {message}")
    assert "test" not in ran.err
    assert place.server.log == []
    assert place.page.read_bytes() == PAGE


@pytest.fixture
def stranger() -> Iterator[tuple[str, list[bytes]]]:
    """Listen on loopback for whoever calls a stranger's host; yield its address and what it heard."""
    heard: list[bytes] = []

    class Listener(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            heard.append(self.request.recv(65536))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}", heard
        server.shutdown()
        thread.join()


def test_a_foreign_host_hears_nothing(place: Place, stranger: tuple[str, list[bytes]]) -> None:
    """Neither a config nor a `.env` can send the token anywhere: not one connection is made."""
    host, heard = stranger
    url = f"http://{host}"
    place.write(".env", f"GITHUB_SERVER_URL={url}\nGITHUB_GRAPHQL_URL={url}/graphql\nGH_HOST={host}\n")
    place.write("roadmap-sync.toml", CONFIG.replace("https://github.com", url))
    ran = place.run("sync")
    assert ran.code == 2
    assert ran.err.startswith(f"roadmap-sync: nothing says how to reach {host}\n")

    place.write("roadmap-sync.toml", CONFIG)
    assert place.run("diff").code == 0
    assert len(place.server.log) == 1
    assert heard == []


def test_a_token_that_github_refuses(place: Place) -> None:
    """Exit 3, and what to do about it."""
    world_of(place).token("another-token")
    ran = place.run("sync")

    assert (ran.code, ran.out) == (3, b"")
    assert "test-token" not in ran.err
    assert re.sub(r" \(request [0-9A-F:]+\)", "", ran.err) == (
        "roadmap-sync: api.github.com: GitHub does not accept the token\n"
        "  It may have expired or been revoked: make a new one, or gh auth login.\n"
    )
    assert place.page.read_bytes() == PAGE


@pytest.mark.parametrize("options", [(), ("--board", "board.json")], ids=["GitHub", "a snapshot"])
def test_a_filter_that_is_none_is_the_configs(place: Place, options: tuple[str, ...]) -> None:
    """The config's line is named, also where a snapshot would have to be judged by it."""
    text = CONFIG.replace("done =", 'add = ["Backlog"]\ndone =')
    place.write("roadmap-sync.toml", text + '[[pages.areas]]\nheading = "Hull"\nfilter = \'label:"offline\'\n')
    place.write("board.json", b'{"version": 1}')

    ran = place.run("sync", *options)

    assert ran.code == 2
    assert ran.err.startswith("roadmap-sync: roadmap-sync.toml:13: filter, column 7: a quote that is not closed\n")


SNAPSHOTS = {
    "missing": (None, "board.json: no such file"),
    "not UTF-8": (b"\xff", "board.json: not UTF-8: byte 0"),
    "no JSON": (b"hello", f"board.json:1:1: this is no JSON: Expecting value\n  {AGAIN}"),
    "of another version": (
        b'{"version": 2}',
        f"board.json: version: this snapshot has version 2; this program reads version 1\n  {AGAIN}",
    ),
    "no snapshot": (b"{}", f"board.json: this is no snapshot: it has no version\n  {AGAIN}"),
    "unknown key": (
        b'{"version": 1, "itms": []}',
        "board.json: itms: no such key\n  Correct it by hand, or make the snapshot again.",
    ),
    "of another board": (
        b'{"version": 1, "board": {"url": "https://github.com/orgs/acme/projects/4"}}',
        (
            "board.json: this is a snapshot of https://github.com/orgs/acme/projects/4, "
            f"not of https://github.com/orgs/acme/projects/3\n  {AGAIN}"
        ),
    ),
}


@pytest.mark.parametrize(("data", "message"), SNAPSHOTS.values(), ids=SNAPSHOTS)
def test_snapshot(place: Place, data: bytes | None, message: str) -> None:
    """A snapshot that is none is said with its place; exit 2."""
    if data is not None:
        place.write("board.json", data)
    ran = place.run("sync", "--board", "board.json")

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith(f"roadmap-sync: {message}")
    assert place.page.read_bytes() == PAGE


def test_a_truncated_snapshot(place: Place) -> None:
    """Cut at any place it is refused with the place, and never taken for a smaller board."""
    place.run("snapshot", "board.json")
    whole = (place.directory / "board.json").read_bytes().rstrip()

    for length in range(1, len(whole), 97):
        place.write("board.json", whole[:length])
        ran = place.run("sync", "--board", "board.json")
        assert (ran.code, ran.out) == (2, b"")
        assert ran.err.startswith("roadmap-sync: board.json:")
        assert ran.err.endswith(f"\n  {AGAIN}\n")
    assert place.page.read_bytes() == PAGE


def empty_board(world: World) -> None:
    """Let the token see a board without items, as GitHub does without an error."""
    world.token("test-token", boards="empty")


def hide_board(world: World) -> None:
    """Let the token see no board at all."""
    world.token("test-token", boards="hidden")


def rename_field(world: World) -> None:
    """Call the Status field something else."""
    status = next(one for one in world.project("acme", 3).fields if one.name == "Status")
    status.name = "Stage"


def rename_option(world: World) -> None:
    """Call the option that means done something else."""
    status = next(one for one in world.project("acme", 3).fields if one.name == "Status")
    status.offer("Backlog", "Released")


BOARDS: dict[str, tuple[Callable[[World], None], int, str]] = {
    "empty": (
        empty_board,
        3,
        (
            "https://github.com/orgs/acme/projects/3: this token sees an empty board\n"
            "  A token of another owner reads a board as empty: give one of acme with Projects: read. "
            "After many changes at once GitHub shows an empty board for some minutes: then run again."
        ),
    ),
    "not found": (
        hide_board,
        3,
        (
            "https://github.com/orgs/acme/projects/3: GitHub shows this token no project 3 of acme\n"
            "  Either the number is wrong, or GitHub hides the project because the job's token cannot see organisation "
            "projects: GITHUB_TOKEN never can. Set ROADMAP_SYNC_TOKEN to a classic token with read:project, or to one of "
            "acme (fine-grained, or an app's) with Projects: read."
        ),
    ),
    "Status field renamed": (
        rename_field,
        2,
        (
            'https://github.com/orgs/acme/projects/3: the board has no field "Status"\n'
            '  Set status_field under [board] to one of its single selects: "Stage". Other fields: "Title".'
        ),
    ),
    "option missing": (
        rename_option,
        2,
        (
            'roadmap-sync.toml:5: no option "Shipped" in the board\'s field "Status"\n'
            '  The options are "Backlog", "Released".'
        ),
    ),
}


@pytest.mark.parametrize(("change", "code", "message"), BOARDS.values(), ids=BOARDS)
def test_board(place: Place, change: Callable[[World], None], code: int, message: str) -> None:
    """A board that is not what the config says, or that cannot be seen, changes no page."""
    change(world_of(place))
    for command in ("sync", "diff", "check"):
        ran = place.run(command)

        assert (ran.code, ran.out) == (code, b""), ran.err
        assert re.sub(r" \(request [0-9A-F:]+\)", "", ran.err) == f"roadmap-sync: {message}\n"
    assert place.page.read_bytes() == PAGE


def test_a_page_that_changed_while_the_board_was_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person saved meanwhile stays; exit 4."""
    edited = PAGE + b"\nSaved just now.\n"
    replace = Worktree.replace

    def late(tree: Worktree, path: str, old: bytes, new: bytes) -> None:
        place.write("docs/roadmap.md", edited)
        replace(tree, path, old, new)

    monkeypatch.setattr(Worktree, "replace", late)
    ran = place.run("sync")

    assert ran.code == 4
    assert ran.err == (
        "roadmap-sync: docs/roadmap.md: the page changed while the board was read\n  Nothing was written. Run again.\n"
    )
    assert ran.out.startswith(b"docs/roadmap.md: the page changed while the board was read\n")
    assert place.page.read_bytes() == edited


@pytest.fixture
def unprivileged(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Move the place to where one may be without root's rights, and give those up for a while.

    The program itself may lie where only root may enter: it is run once before, so that all of it is loaded.
    """
    for command in (("snapshot", "board.json"), ("diff",), ("sync", "--board", "board.json")):
        assert place.run(*command).code == 0
    place.page.write_bytes(PAGE)
    place.server.log.clear()
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(place.directory, folder, dirs_exist_ok=True)
    is_root = os.geteuid() == 0
    if is_root:
        for file in (folder, *folder.rglob("*")):
            os.chown(file, 65534, 65534)
        os.seteuid(65534)
    monkeypatch.chdir(folder)
    place.directory = folder
    yield place
    if is_root:
        os.seteuid(0)
    shutil.rmtree(folder)


def test_a_page_that_is_not_writable(unprivileged: Place) -> None:
    """Said when it is to be written, with the way out; showing the plan needs no such right."""
    unprivileged.page.chmod(0o444)
    assert unprivileged.run("diff", "--board", "board.json").code == 0
    ran = unprivileged.run("sync", "--board", "board.json")

    assert ran.code == 2
    assert ran.err == (
        "roadmap-sync: docs/roadmap.md: cannot be written: it is read-only\n"
        "  Nothing was changed. Try: chmod u+w docs/roadmap.md\n"
    )
    assert unprivileged.page.read_bytes() == PAGE


def test_a_page_that_is_not_readable(unprivileged: Place) -> None:
    """It is said, and nothing is asked for it."""
    unprivileged.page.chmod(0o000)
    ran = unprivileged.run("sync")

    assert ran.code == 2
    assert "roadmap-sync: docs/roadmap.md: cannot be read: Permission denied\n" in ran.err
    assert unprivileged.server.log == []


DIRECTIVES = {
    "no directive": (b"<!-- roadmap-sync: skip -->", '"skip" is no roadmap-sync directive'),
    "short pin without a repository": (b"<!-- roadmap-sync: #7 -->", 'the pin "#7" needs to know its repository'),
}


@pytest.mark.parametrize(("comment", "what"), DIRECTIVES.values(), ids=DIRECTIVES)
def test_a_directive_that_is_none(place: Place, comment: bytes, what: str) -> None:
    """A comment to us that we cannot read is an error with its line, not a page half understood."""
    page = PAGE.replace(b"issues/13)\n", b"issues/13) " + comment + b"\n", 1)
    place.write("docs/roadmap.md", page)
    place.write("roadmap-sync.toml", CONFIG.replace('repository = "acme/rocket"\n', ""))
    ran = place.run("sync")

    assert ran.code == 2
    assert f"roadmap-sync: docs/roadmap.md:8: {what}\n  " in ran.err
    assert place.page.read_bytes() == page


def test_another_file_where_the_config_should_be(place: Place) -> None:
    """--config names a file that is not there, or is a page."""
    assert place.run("diff", "--config", "nope.toml").err == (
        "roadmap-sync: nope.toml: no such file\n"
        '  Without --config, ".github/roadmap-sync.toml", "roadmap-sync.toml", "config.toml" are looked for.\n'
    )
    ran = place.run("diff", "--config", "docs/roadmap.md")
    assert ran.code == 2
    assert ran.err.startswith("roadmap-sync: docs/roadmap.md:3: not TOML: ")
