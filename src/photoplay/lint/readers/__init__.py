"""Readers of source code, one for each language: they find who is asked for what."""
