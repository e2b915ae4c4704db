"""Owns the commands. Each takes an Invocation and gives an Outcome; `cli.py` prints that and tells the runner.

A module is named as its command: sync, diff, check, explain, link, init, doctor, snapshot. `sync_on_github` is
`sync --to pull-request` and `--to branch`; `diff_comment` is `diff --to comment`. The others are what they share:
`outcome` (what a command takes and gives), `desk` (the config, pages and board that it works on), `base_revision`
(`check --base`), `progress` (the bar on a terminal).
"""
