"""RGB to the planes that are rendered and encoded: BT.709, limited range, 4:2:0."""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.frames import I420, RGB, Plane, split_planes

# ITU-R BT.709-6, items 3.2–3.4 and 4.6: full-range R'G'B' 0–255 to Y 16–235 and U, V 16–240.
_KR, _KB = 0.2126, 0.0722
_LUMA = np.array([_KR, 1 - _KR - _KB, _KB])
_U = (np.array([0, 0, 1]) - _LUMA) / (2 * (1 - _KB))
_V = (np.array([1, 0, 0]) - _LUMA) / (2 * (1 - _KR))
_TO_YUV = np.stack([_LUMA * 219, _U * 224, _V * 224]) / 255
_OFFSET = np.array([[16], [128], [128]])


def to_planes(picture: RGB) -> tuple[Plane, Plane, Plane]:
    """Planes Y (H, W), U and V (H/2, W/2) of an RGB picture with even sides.

    Chroma is sited as `frames` says: low-passed by 1-2-1 along the row and averaged over two rows.
    """
    yuv = cv2.transform(picture, np.hstack([_TO_YUV, _OFFSET]))
    return (np.ascontiguousarray(yuv[..., 0]), halve_chroma(yuv[..., 1]), halve_chroma(yuv[..., 2]))


def halve_chroma(full: Plane) -> Plane:
    """One chroma plane, or a matte, at half size on the chroma sites."""
    rows = cv2.sepFilter2D(
        np.ascontiguousarray(full),
        -1,
        np.array([0.25, 0.5, 0.25], np.float32),
        np.array([1], np.float32),
        borderType=cv2.BORDER_REFLECT_101,
    )
    even = np.ascontiguousarray(rows[:, ::2])
    height, width = even.shape
    return np.asarray(cv2.resize(even, (width, height // 2), interpolation=cv2.INTER_AREA))


def to_i420(picture: RGB) -> I420:
    """One I420 buffer (H·3/2, W) of an RGB picture."""
    planes = to_planes(picture)
    return np.concatenate([plane.ravel() for plane in planes]).reshape(-1, picture.shape[1])


def to_rgb(frame: I420) -> RGB:
    """The picture that an I420 buffer shows; the way back of `to_i420`, chroma interpolated."""
    luma, *chroma = split_planes(frame)
    height, width = luma.shape
    # Where in a chroma plane a luma pixel lies, as `frames` says: x / 2, y / 2 - 1 / 4.
    sites = np.array([[0.5, 0, 0], [0, 0.5, -0.25]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    full = [
        cv2.warpAffine(plane, sites, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)
        for plane in (plane.astype(np.float32) for plane in chroma)
    ]
    yuv = np.stack([luma.astype(np.float32), *full], axis=2) - _OFFSET.ravel().astype(np.float32)
    rgb = cv2.transform(yuv, np.linalg.inv(_TO_YUV))
    return np.asarray((rgb + np.float32(0.5)).clip(0, 255), np.uint8)
