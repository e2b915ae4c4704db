"""Owns where a plan goes; each module beside this one is one place, and returns the plan as it went.

Must not decide what is written (that is the plan's), nor whether a page may be (that is `PagePlan.is_writable`).
"""
