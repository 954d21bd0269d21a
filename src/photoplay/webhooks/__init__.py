"""Webhooks: what they say, how they are signed, and their delivery from an outbox."""

from photoplay.webhooks.deliveries import Deliveries, Delivery
from photoplay.webhooks.payload import body
from photoplay.webhooks.signing import Signer

__all__ = ["Deliveries", "Delivery", "Signer", "body"]
