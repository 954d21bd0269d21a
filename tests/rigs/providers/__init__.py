"""Hosted engines on this machine: strict servers that speak their providers' documented wire.

base.py       what all of them share: orders that end after a few looks, faults, downloads
drive.py      drives a dialect against one, in the simplest way that works
kling.py      what Kling's two designs share
kling_new.py  Kling's current API
kling_old.py  Kling's older API
"""
