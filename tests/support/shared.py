"""Knows where the real pages are: data under their authors' licences, which is no part of this project."""

import os
from pathlib import Path

#: The folder that holds `corpus` and `seed`.
SHARED = Path(os.environ.get("ROADMAP_SYNC_SHARED") or Path(__file__).parents[3] / "shared")

#: The files in `laws` whose pages are not at hand.
LEFT_OUT = [
    *(["test_areas.py", "test_corpus.py", "test_pins.py"] if not (SHARED / "corpus" / "index.tsv").is_file() else []),
    *(
        ["test_seed.py", "test_seed_areas.py", "test_seed_config.py"]
        if not (SHARED / "seed" / "roadmap.md").is_file()
        else []
    ),
]
