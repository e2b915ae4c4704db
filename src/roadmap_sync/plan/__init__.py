"""Owns the plan: the difference between a page and a board, each change with its reason, guarded and proved.

Each kind of change is one module. The plan must not know files, GitHub, or how it is shown.
"""
