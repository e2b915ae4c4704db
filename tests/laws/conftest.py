"""Says once where the real pages are, and leaves their tests out where they are not."""

import os
from pathlib import Path

#: The folder that holds `corpus` and `seed`: data under their authors' licences, which is not part of this project.
SHARED = Path(os.environ.get("ROADMAP_SYNC_SHARED") or Path(__file__).parents[3] / "shared")

collect_ignore = [
    *(["test_areas.py", "test_corpus.py"] if not (SHARED / "corpus" / "index.tsv").is_file() else []),
    *(["test_seed.py"] if not (SHARED / "seed" / "roadmap.md").is_file() else []),
]


def pytest_terminal_summary(terminalreporter):
    """Say what was left out."""
    if collect_ignore:
        terminalreporter.write_line(f"without real pages (ROADMAP_SYNC_SHARED): {', '.join(collect_ignore)} left out")
