"""Webhooks: what they say, how they are signed, and their delivery from an outbox."""

from photoplay.webhooks.deliveries import PRIVATE_HINT, Deliveries, Delivery
from photoplay.webhooks.payload import body
from photoplay.webhooks.signing import Signer

__all__ = ["PRIVATE_HINT", "Deliveries", "Delivery", "Signer", "body"]
