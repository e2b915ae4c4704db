"""Owns what GitHub says of a board and its items, as plain values, and how an item is judged.

It must not know how GitHub is asked, nor what a page looks like.
"""
