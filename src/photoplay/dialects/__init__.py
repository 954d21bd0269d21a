"""Providers' wire languages, as pure translation: no network, no files, no jobs."""
