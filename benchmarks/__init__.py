"""Measurements. Each prints what it measures and ends with one JSON document."""
