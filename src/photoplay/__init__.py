"""Photoplay turns a still image and a sentence into a film clip with sound."""
