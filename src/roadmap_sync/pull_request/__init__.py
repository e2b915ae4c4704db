"""Owns what is to be done next about the one pull request, from what GitHub says of it.

Values in, values out: it must not know how GitHub is asked, nor the words of a body.
"""
