"""Jobs: what they are, where they are kept, and who runs them.

Empty, so that a child process which renders imports no database.
"""
