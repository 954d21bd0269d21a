"""Hosted engines on this machine: strict servers that speak their providers' documented wire.

acme.py           none that exists: for the tests of the driver
atlascloud.py     AtlasCloud
base.py           what all of them share: orders that end after a few looks, faults, downloads
drive.py          drives a dialect against one, in the simplest way that works
fal.py            fal
kling.py          what Kling's two designs share
kling_new.py      Kling's current API
kling_old.py      Kling's older API
kwaivgi.py        what WaveSpeed and AtlasCloud share
openai_videos.py  the shape of OpenAI's Videos API, strict or with the words of self-hosted engines
recorded.py       plays recorded replies to a dialect's flow
runway.py         Runway, as the types of its SDK have it
wavespeed.py      WaveSpeed
"""
