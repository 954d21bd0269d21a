"""Hosted engines on this machine: strict servers that speak their providers' documented wire.

base.py    what all of them share: orders that end after a few looks, faults, downloads
drive.py   drives a dialect against one, in the simplest way that works
"""
