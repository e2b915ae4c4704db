"""Owns how a question becomes GraphQL documents, and their answers become a board.

It composes texts and reads answers; it must not know sockets, tokens or files. Snapshots are read here too.
"""
