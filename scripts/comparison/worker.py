"""Owns one revision's process: reads jobs, a JSON line each, runs the command line many times, writes what came of it.

Started with the folder that holds the revision's package, and the folder to work in. Knows of the package only
`roadmap_sync.cli:main`. What a run prints is caught at the file descriptors, so that nothing can go past it. Bytes
travel as text, one character a byte.
"""

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

#: JSON, which has no narrower type: what a run is asked, and what it came to.
Value = dict[str, Any]
#: The command line: arguments in, exit code out.
Main = Callable[[list[str]], int]
#: A file's change of place, time or size: enough to tell that somebody wrote it.
_Stamp = tuple[int, int, int]

_MAIN = "import sys; from roadmap_sync.cli import main; sys.exit(main())"
_BYTES = "latin-1"


class Folder:
    """A folder with the files of a job, which can tell what was written in it, and put it back."""

    def __init__(self, path: Path, files: dict[str, bytes]) -> None:
        self.path = path
        self._files = files
        for name, data in files.items():
            self._put(name, data)
        self._stamps = self._look()

    def _put(self, name: str, data: bytes) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def _look(self) -> dict[str, _Stamp]:
        return {path: (seen.st_ino, seen.st_mtime_ns, seen.st_size) for path, seen in _walk(self.path)}

    def written(self, *, keeps: bool) -> Value:
        """Return what was written since the last look, by path; put all back unless the next run is to find it."""
        now = self._look()
        touched = [path for path in {**self._stamps, **now} if self._stamps.get(path) != now.get(path)]
        found = {os.path.relpath(path, self.path): _content(Path(path)) for path in sorted(touched)}
        if not keeps and touched:
            self._restore()
        self._stamps = self._look() if touched else now
        return found

    def _restore(self) -> None:
        known = {str(self.path / name) for name in self._files}
        for path, _ in list(_walk(self.path)):
            if path not in known:
                Path(path).unlink()
        for name, data in self._files.items():
            if not (self.path / name).is_file() or (self.path / name).read_bytes() != data:
                self._put(name, data)


def _walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git":
                    yield from _walk(Path(entry.path))
            else:
                yield entry.path, entry.stat(follow_symlinks=False)


def _content(path: Path) -> list[str] | None:
    """Return a file's mode and bytes; None where it is gone."""
    if not path.exists():
        return None
    return [oct(path.stat().st_mode), path.read_bytes().decode(_BYTES)]


class Catcher:
    """What stands in place of stdout and stderr while the command line runs."""

    def __init__(self) -> None:
        self._files = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115 - as long as the process
        for number, file in enumerate(self._files, 1):
            os.dup2(file.fileno(), number)

    def caught(self) -> list[bytes]:
        """Return what was printed since the last time, to stdout and to stderr."""
        sys.stdout.flush()
        sys.stderr.flush()
        return [_emptied(file) for file in self._files]


def _emptied(file: IO[bytes]) -> bytes:
    file.seek(0)
    data = file.read()
    file.seek(0)
    file.truncate()
    return data


def _warm(main: Main, argv: list[str], catcher: Catcher) -> tuple[Any, list[bytes]]:
    """Run in this process; the exit code is what the console script would end with."""
    code: Any
    try:
        code = int(main(argv))
    except SystemExit as error:
        code = f"SystemExit({error.code!r})"
    except Exception as error:  # noqa: BLE001 - whatever a revision does is a result
        code = f"raised {type(error).__name__}"
        traceback.print_exc()
    return code, catcher.caught()


def _cold(argv: list[str]) -> tuple[Any, list[bytes]]:
    """Run in a process of its own: imports happen in this command's order."""
    done = subprocess.run([sys.executable, "-c", _MAIN, *argv], capture_output=True, check=False)  # noqa: S603 - ours
    return done.returncode, [done.stdout, done.stderr]


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)  # noqa: S603, S607 - fixed words


def _committed(folder: Path, earlier: dict[str, bytes], repository: str) -> None:
    """Make a work tree whose one commit holds the files as they were earlier."""
    Folder(folder, earlier)
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "remote", "add", "origin", f"https://github.com/{repository}.git")
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "Write the page")


def _done(job: Value, root: Path, main: Main, catcher: Catcher) -> list[Value]:
    """Run all that a job asks, in a folder that holds its files."""
    path = root / "place"
    path.mkdir()
    if job["earlier"]:
        _committed(path, _bytes(job["earlier"]), job["repository"])
    folder = Folder(path, _bytes(job["files"]))
    os.chdir(path)
    results = [_result(run, folder, main, catcher) for run in job["runs"]]
    os.chdir(root)
    shutil.rmtree(path)
    gc.collect()
    return results


def _bytes(files: dict[str, str]) -> dict[str, bytes]:
    return {name: text.encode(_BYTES) for name, text in files.items()}


def _result(run: Value, folder: Folder, main: Main, catcher: Catcher) -> Value:
    before = {name: os.environ.get(name) for name in run["env"]}
    _set(run["env"])
    code, (out, err) = _cold(run["argv"]) if run["cold"] else _warm(main, run["argv"], catcher)
    _set(before)
    wrote = folder.written(keeps=run["keeps"])
    return {"code": code, "out": out.decode(_BYTES), "err": err.decode(_BYTES), "files": wrote}


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


def _own_main(package: Path) -> Main:
    """Return the command line of the revision; refuse any other that happens to be installed."""
    import roadmap_sync
    from roadmap_sync.cli import main

    own: Main = main
    if not Path(roadmap_sync.__file__).is_relative_to(package):
        msg = f"{roadmap_sync.__file__} was imported, not what lies in {package}"
        raise SystemExit(msg)
    return own


def serve(package: Path, root: Path) -> None:
    """Answer jobs until there are no more."""
    main = _own_main(package)
    answers, errors = (os.fdopen(os.dup(number), "w", encoding="utf-8") for number in (1, 2))
    catcher = Catcher()
    gc.freeze()
    gc.set_threshold(0)  # the garbage goes after each job: to look for it all the time takes longer
    try:
        for line in sys.stdin:
            print(json.dumps(_done(json.loads(line), root, main, catcher)), file=answers, flush=True)
    except Exception:  # noqa: BLE001 - what goes wrong here is to be seen, and stderr is caught
        traceback.print_exc(file=errors)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
