"""What a provider's replies mean, as errors that name it: the same sentences for all providers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from photoplay.dialects.provider import Reply
from photoplay.dialects.replies import message_of, retry_after_s
from photoplay.errors import (
    ContentRefused,
    FeatureNotSupported,
    OutcomeUnclear,
    PhotoplayError,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
    ProviderUnavailable,
    SettingInvalid,
)

# HTTP statuses that say of themselves that nothing was done. 408 and 409 do not.
PROVING = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422, 429})
_OF_KEYS = frozenset({401, 402, 403})
_MODERATED = re.compile(
    r"content.{0,20}(polic|moderat|violat|flagg)|moderation|nsfw|sensitive (content|information)"
    r"|safety (polic|filter|system)|prohibited content|risk control",
    re.IGNORECASE,
)
_UNPAID = re.compile(r"(insufficient|not enough|exhausted) (\w+ )?(balance|credit|fund)", re.I)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Errors of one provider, each with its own words in it.

    `name` is what people call it, `provider` the word that users pick it by, `keys` what holds its
    key.
    """

    name: str
    provider: str
    keys: str

    def of_status(
        self, status: int, words: str, retry_after_s: float | None = None
    ) -> PhotoplayError:
        """What this status says of a call that it turns down."""
        if status == 429:
            return self.busy(words, retry_after_s)
        if status in _OF_KEYS or (status in PROVING and _UNPAID.search(words)):
            return self.key_refused(words)
        if status in PROVING:
            return self.moderated(words) if sounds_moderated(words) else self.refused(words)
        return self.unavailable(words)

    def of_look(self, reply: Reply) -> ProviderBusy | ProviderUnavailable:
        """What a reply other than 2xx says to the question how far a clip is: nothing about it.

        Not even a key that is no longer valid ends a clip that has been paid for.
        """
        words = message_of(reply)
        if reply.status == 429:
            return self.busy(words, retry_after_s(reply))
        return self.unavailable(words)

    def refused(self, words: str) -> ProviderRefused:
        """It does not take such a request."""
        return ProviderRefused(
            f"{self.name} refused the request: {words}",
            rule="nothing was accepted, and nothing is charged",
            fix="Change what it names, or use another engine",
        )

    def moderated(self, words: str) -> ContentRefused:
        """Its content policy is against it."""
        return ContentRefused(
            f"{self.name} refused the content: {words}",
            rule="its content policy decides what it makes",
            fix="Change the prompt or the files",
        )

    def key_refused(self, words: str) -> ProviderKeyRefused:
        """There is no key, it is not valid, or its account is empty or locked."""
        return ProviderKeyRefused(
            f"{self.name} did not let us in: {words}",
            rule="it serves a valid key whose account can pay",
            fix=f"Check {self.keys}, and the account at {self.name}",
        )

    def busy(self, words: str, retry_after_s: float | None = None) -> ProviderBusy:
        """It takes no more for now."""
        return ProviderBusy(
            f"{self.name} takes no more for now: {words}",
            rule="nothing was accepted, so the same may be sent again",
            fix="Wait a little, or set at_once lower for it",
            retry_after_s=retry_after_s,
        )

    def unavailable(self, words: str) -> ProviderUnavailable:
        """Its answer says nothing."""
        return ProviderUnavailable(
            f"{self.name} gave no useful answer: {words}",
            rule="asking again is free",
            fix="Try again later",
        )

    def failed(self, words: str, charged_usd: Decimal | None = None) -> ProviderFailed:
        """It took the request, and made no clip."""
        return ProviderFailed(
            f"{self.name} made no clip: {words}",
            rule="it had taken the request",
            fix="Submit it again, or use another engine",
            charged_usd=charged_usd,
        )

    def gone(self) -> ProviderFailed:
        """It no longer knows what it took."""
        return ProviderFailed(
            f"{self.name} no longer knows the request",
            rule="the provider no longer knows it after a time, and its clip is then gone",
            fix="Submit it again",
        )

    def unclear(self, words: str) -> OutcomeUnclear:
        """Nobody knows whether it took the request."""
        return OutcomeUnclear(
            f"{self.name} did not say whether it took the request: {words}",
            rule="what may have been paid for is not sent again",
            fix=f"Look at the latest requests of the account at {self.name}",
        )

    def unspeakable(self, asked: str, rule: str, fix: str) -> FeatureNotSupported:
        """It has no words for what is asked; `fix` says who has."""
        return FeatureNotSupported(f"{self.provider} was asked for {asked}", rule=rule, fix=fix)

    def check_no_model(self, model: str) -> None:
        """Raise SettingInvalid if an installation names a model: the endpoint names it here."""
        if model:
            raise SettingInvalid(
                f"the model of {self.provider} is {model[:100]!r}",
                rule="each endpoint of the catalogue has its own model there",
                fix=f"Leave model out of the setting providers.{self.provider}",
            )


def sounds_moderated(words: str) -> bool:
    """Whether a provider's message is about its content policy."""
    return _MODERATED.search(words) is not None
