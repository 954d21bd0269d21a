"""Hosted engines on this machine: strict servers that speak their providers' documented wire.

base.py           what all of them share: orders that end after a few looks, faults, downloads
drive.py          drives a dialect against one, in the simplest way that works
openai_videos.py  the shape of OpenAI's Videos API, strict or with the words of self-hosted engines
recorded.py       plays recorded replies to a dialect's flow
runway.py         Runway, as the types of its SDK have it
"""
