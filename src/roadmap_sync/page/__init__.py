"""Owns the page: bytes are located as sections, lists, boxes and references, spliced, and proved.

It takes bytes and rules and gives values. It must not know boards, verdicts or files.
"""
