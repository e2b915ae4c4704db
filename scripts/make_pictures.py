"""Owns the pictures of docs/: the terminal and the comment, drawn from what the program prints for the example page.

Run it when a report looks different: `python scripts/make_pictures.py`. The terminal's is run in a pseudo-terminal, so
that it has the colours that a person sees; the comment's is what `diff --to comment` prints in a job that may not
comment. Needs git, and the package with its `dev` extra.
"""

import argparse
import html
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
_PAGE = "examples/roadmap.md"
#: Lines that the pull request of the picture adds: their boxes are due with it, the others were before.
_ADDED = ("pull/57", "pull/61")
_WIDTH = 108
_FONTS = re.compile(r"\s*@font-face \{.*?\n    \}", re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\(https://redirect\.github\.com/[^)]*\)")
_FOLD = re.compile(r"<details>\n<summary>(.*?)</summary>\n.*?</details>\n", re.DOTALL)


def terminal() -> str:
    """Return what a person sees of `roadmap-sync diff` at a terminal, colours included."""
    command = [sys.executable, "-m", "roadmap_sync", "diff", "--board", "examples/board.json"]
    head, tail = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "GITHUB_ACTIONS"}}
    with subprocess.Popen(command, cwd=ROOT, stdout=tail, stderr=subprocess.DEVNULL, env=plain) as running:  # noqa: S603 - ours
        os.close(tail)
        shown = b"".join(_read(head))
        running.wait()
    os.close(head)
    return shown.decode().replace("\r\n", "\n")


def _read(end: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(end, 65536)
        except OSError:  # the other end is closed: that is how a pseudo-terminal ends
            return
        if not part:
            return
        yield part


def comment() -> str:
    """Return the comment on a pull request that adds lines whose pull requests are merged already."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "examples", place / "examples")
        shutil.copy(ROOT / "config.toml", place)
        page = place / _PAGE
        whole = page.read_bytes()
        lines = whole.splitlines(keepends=True)
        page.write_bytes(b"".join(line for line in lines if not any(one.encode() in line for one in _ADDED)))
        base = _committed(place)
        page.write_bytes(whole)
        return _previewed(place, base)


def _committed(place: Path) -> str:
    who = ["-c", "user.name=ann", "-c", "user.email=ann@tidemark.example", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "Write the page"]):
        _git(place, *words)
    return _git(place, "rev-parse", "HEAD").strip()


def _git(place: Path, *words: str) -> str:
    command = ["git", "-C", str(place), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - fixed words


def _previewed(place: Path, base: str) -> str:
    home = {"full_name": "tidemark-example/tidemark"}
    pull = {"number": 71, "base": {"sha": base}, "head": {"sha": base, "repo": home}}
    event = place / "event.json"
    event.write_text(json.dumps({"repository": home, "pull_request": pull}))
    tokens = {"ROADMAP_SYNC_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "GITHUB_ACTIONS"}
    environment = {name: value for name, value in os.environ.items() if name not in tokens}
    command = [sys.executable, "-m", "roadmap_sync", "diff", "--to", "comment", "--board", "examples/board.json"]
    done = subprocess.run(  # noqa: S603 - ours
        command, cwd=place, env=environment | {"GITHUB_EVENT_PATH": str(event)}, capture_output=True, check=True
    )
    return done.stdout.decode()


def drawn(shown: RenderableType) -> Console:
    """Return a console on which the thing is shown, ready to be exported."""
    console = Console(record=True, width=_WIDTH, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115, PTH123 - its own
    console.print(shown)
    console.file.close()
    return console


def as_terminal(text: str) -> RenderableType:
    """Return a terminal's text as rich shows it."""
    return Text.from_ansi(text)


def as_comment(text: str) -> RenderableType:
    """Return a comment as GitHub shows it at first sight: folds are closed."""
    seen = _LINK.sub(r"\1", _FOLD.sub(r"▸ \1\n", text))
    return Markdown(html.unescape(re.sub(r"</?sub>", "", seen)).replace("\u200b", ""))


def pictures() -> Iterator[tuple[str, str, RenderableType]]:
    """Yield each picture: its file, its title, what is in it."""
    yield "terminal.svg", "roadmap-sync diff", as_terminal(terminal())
    yield "comment.svg", "The comment on a pull request", as_comment(comment())


def main() -> None:
    """Draw every picture."""
    parser = argparse.ArgumentParser(description="Draw the pictures of docs/ from real output.")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, title, shown in pictures():
        svg = drawn(shown).export_svg(title=title, unique_id=name.removesuffix(".svg"))
        # The fonts would be fetched from elsewhere by whoever looks at the page; theirs will do.
        (folder / name).write_text(_FONTS.sub("", svg), encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main()
