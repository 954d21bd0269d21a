"""Buying clips."""
