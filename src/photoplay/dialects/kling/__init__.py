"""The wire languages of Kling's own platform: the current design and the older one, and webhooks.

`KlingNew` has the model in the path and an API key; `KlingOld` has `model_name` in the body and, as
a rule, a signed token. They are two designs of one service: the same clips, hosts and error codes.
"""

from photoplay.dialects.kling.new import KlingNew
from photoplay.dialects.kling.old import KlingOld
from photoplay.dialects.kling.platform import DEFAULT_URL

__all__ = ["DEFAULT_URL", "KlingNew", "KlingOld"]
