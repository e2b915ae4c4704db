"""Checks the packages in dist/: the wheel holds the program and its queries, the sdist the whole repository."""

import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

#: Of use in a git repository only.
NOT_PACKED = {".gitignore"}


def main() -> str:
    """Return what is wrong, empty where nothing is."""
    (wheel,), (sdist,) = Path("dist").glob("*.whl"), Path("dist").glob("*.tar.gz")
    listed = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True)  # noqa: S607 - git on PATH
    tracked = {*listed.stdout.splitlines()}
    program = {name.removeprefix("src/") for name in tracked if name.startswith("src/")}
    queries = {f"roadmap_sync/{name}" for name in tracked if name.startswith("queries/")}
    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    with tarfile.open(sdist) as archive:
        members = archive.getmembers()
    inside = {member.name.partition("/")[2] for member in members if member.isfile()} - {"PKG-INFO"}
    print(f"{wheel.name}: {len(packed & program)} files of the program, {len(packed & queries)} queries")
    print(f"{sdist.name}: {len(inside)} files")
    return "\n".join(
        [
            *(f"{wheel.name} lacks {name}" for name in sorted((program | queries) - packed)),
            *(f"{wheel.name} holds {name}" for name in sorted(packed - program - queries)),
            *(f"{sdist.name} lacks {name}" for name in sorted(tracked - NOT_PACKED - inside)),
            *(f"{sdist.name} holds {name}" for name in sorted(inside - tracked)),
        ]
    )


if __name__ == "__main__":
    sys.exit(main() or 0)
