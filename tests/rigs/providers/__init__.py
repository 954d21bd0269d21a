"""Hosted engines on this machine: strict servers that speak their providers' documented wire.

base.py        what all of them share: orders that end after a few looks, faults, downloads
drive.py       drives a dialect against one, in the simplest way that works
orders.py      what is bought in tests, and files for it
fal.py         fal's queue, storage and CDN
wavespeed.py   WaveSpeed
atlascloud.py  AtlasCloud
kwaivgi.py     the fields that the latter two take
"""
