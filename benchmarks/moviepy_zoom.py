"""A plain zoom with MoviePy, for `benchmarks.animate --peer`: STILL OUTPUT SECONDS.

Runs in an interpreter that has MoviePy; Photoplay does not need it.
"""

from __future__ import annotations

import sys

from moviepy import ImageClip


def main() -> None:
    """Zoom in on the still by a fifth and write it with x264's veryfast."""
    still, output, seconds = sys.argv[1:4]
    duration_s = float(seconds)
    clip = ImageClip(still).with_duration(duration_s).resized((1440, 1440))
    zoomed = clip.resized(lambda time_s: 1 + 0.2 * time_s / duration_s)
    framed = zoomed.cropped(x_center=720, y_center=720, width=1440, height=1440)
    framed.write_videofile(output, fps=24, codec="libx264", preset="veryfast", logger=None)


if __name__ == "__main__":
    main()
