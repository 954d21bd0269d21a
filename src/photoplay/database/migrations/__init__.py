"""The history of the tables: one file in `versions/` per change, run by Alembic.

A new file is called v0002_what_changes.py, names its predecessor in `down_revision`, and becomes
`schema.HEAD`. Changes go forward only.
"""
