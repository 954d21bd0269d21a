"""Light that flickers without flashing.

A picture flashes where a quarter of it changes by 10 % of the screen's luminance and back, more
than three times a second: that can bring on seizures (ITU-R BT.1702-3, annex 1; WCAG 2.2, success
criterion 2.3.1). Flames flicker faster than that, so what may be changed is their reach.
"""

from __future__ import annotations

import numpy as np

from photoplay.frames import Field

_CHANGE = 0.08  # of the greatest luminance, from darkest to brightest: 0.1 with a margin
_AREA = 0.25  # of the picture
_EXTREME = 2.0  # deviations of a random curve of unit deviation that it seldom leaves
_GAMMA = 2.2


def harmless_level(luma: Field, swing: Field) -> float:
    """The greatest level at which a flickering gain is no flash.

    `luma` is 0–1 at the nodes, and `swing` the log gain there for one deviation of the curve.
    """
    brightness = luma**_GAMMA
    reach = _GAMMA * _EXTREME * swing
    change = np.minimum(brightness * np.exp(reach), 1.0) - brightness * np.exp(-reach)
    least = float(np.quantile(change, 1 - _AREA))
    return _CHANGE / max(least, 1e-6)
