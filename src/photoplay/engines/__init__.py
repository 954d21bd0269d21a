"""Engines: each renders a ClipRequest, each in a package of its own."""
