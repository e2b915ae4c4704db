"""Measures what the project promises: each benchmark prints its figures beside what they are held against."""
