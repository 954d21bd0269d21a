"""Requests as people write them to files, read before anything is sent."""

from photoplay.preflight.arguments import parse_arguments, read_arguments, read_file

__all__ = ["parse_arguments", "read_arguments", "read_file"]
