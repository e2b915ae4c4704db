"""Lets `python -m roadmap_sync` do what the console script does; owns nothing else."""

import sys

from roadmap_sync.cli import main

if __name__ == "__main__":
    sys.exit(main())
