"""Media of callers and of renders: kept by content, named unguessably, taken in with suspicion.

store.py      what is kept, under which name, for how long
blobs.py      where bytes can be kept, …
folder.py     … in a local folder …
bucket.py     … or in an S3-compatible bucket; the only importer of obstore
staging.py    bytes on their way in: counted, hashed and looked at while they are written
multipart.py  uploads of callers, whole or in parts
intake.py     what a request points at: data URIs, our own URLs, other people's URLs
data_uri.py   files inside a URL
guard.py      HTTP to hosts that strangers choose, …
addresses.py  … to which addresses, …
pinned.py     … and to no other, nor for longer than allowed
sniff.py      what kind of file it is, by its first bytes
naming.py     what a file is called when it is downloaded
"""
