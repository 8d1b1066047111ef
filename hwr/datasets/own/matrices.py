"""Arrays in files: idx as MNIST and EMNIST have, NumPy's .npy and .npz, and MATLAB's .mat."""

import math
import struct
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support import zips
from hwr._support.arrays import images_of
from hwr.datasets.archive import DataError
from hwr.datasets.own.containers import MAX_BYTES

Array = NDArray[Any]
_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_MAT_HEADER, _MAT_COMPRESSED = 128, 15


def parse_idx(content: bytes, name: str) -> Array:
    """Return the array of an idx file; the header says its type and shape.

    Raises
    ------
    DataError
        If the content is not as long as the header says.
    """
    dimensions = content[3]
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise DataError(f"{name} is an idx file that was cut off: copy or download it again.")
    dtype = np.dtype(_IDX_TYPES[content[2]])
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    expected, found = math.prod(shape) * dtype.itemsize, len(content) - start
    if expected != found:
        sizes = " x ".join(f"{side:,}" for side in shape)
        raise DataError(
            f"{name} is an idx file of {sizes} values, but {found:,} bytes follow its header "
            f"instead of {expected:,}: copy or download it again."
        )
    return np.frombuffer(content, dtype, offset=start).reshape(shape)


def parse_npy(content: bytes, name: str) -> Array:
    """Return the array of a .npy file; one of Python objects is refused, never unpickled."""
    try:
        loaded: Array = np.load(BytesIO(content), allow_pickle=False)
    except Exception as error:  # a damaged header can raise nearly anything
        if "allow_pickle" in str(error):
            raise DataError(
                f"{name} holds Python objects, a pickle, which is never opened because opening one "
                "can run any program: save plain arrays with numpy.savez."
            ) from None
        raise DataError(f"{name} is a damaged array: save or copy it again.") from None
    return loaded


def parse_mat(content: bytes, name: str) -> dict[str, Array]:
    """Return the arrays of a MATLAB file, those in structures as ``'dataset.train.images'``."""
    from scipy.io import loadmat

    try:
        loaded = loadmat(BytesIO(_inflate(content, name)), simplify_cells=True)
    except DataError:
        raise
    except Exception:  # scipy raises a dozen types of errors for damaged files
        raise DataError(
            f"{name} is a damaged MATLAB file: save it again with save -v7, or copy it again."
        ) from None
    return _flatten({key: value for key, value in loaded.items() if not key.startswith("__")})


def _inflate(content: bytes, name: str) -> bytes:
    """Return a MATLAB file with its variables unpacked, as far as the limit allows."""
    order = "<" if content[126:128] == b"IM" else ">"
    parts, size, at = [content[:_MAT_HEADER]], 0, _MAT_HEADER
    while at + 8 <= len(content):
        kind, length = struct.unpack_from(f"{order}II", content, at)
        end = at + 8 + length
        if kind == _MAT_COMPRESSED:
            most = zips.plausible(length)
            unpacking = zlib.decompressobj()
            part = unpacking.decompress(content[at + 8 : end], min(MAX_BYTES - size, most) + 1)
            if len(part) > most:
                raise DataError(f"A variable in {name} {zips.IMPLAUSIBLE}.")
        else:
            part = content[at:end]
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            limit = f"{MAX_BYTES / 1e6:,.0f} MB"
            raise DataError(f"{name} has more than {limit} when it is unpacked: give a part of it.")
        at = end
    return b"".join(parts)


def _flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Array]:
    found: dict[str, Array] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            found |= _flatten(value, f"{prefix}{key}.")
        elif isinstance(value, np.ndarray):
            found[prefix + key] = value
    return found


def to_images(array: Array, name: str, count: int | None = None) -> NDArray[np.uint8]:
    """Return images as uint8 (n, 28, 28), whatever their type and shape were.

    Parameters
    ----------
    array : ndarray
        Of shape (n, 784), (n, 28, 28), with one channel before or after, or, if ``count`` says so,
        (784, n). Grey levels by the rule of :func:`hwr._support.arrays.images_of`.
    name : str
        What to call it in a message.
    count : int, optional
        The number of labels.

    Raises
    ------
    DataError
        If the shape, the type or the range is another.
    """
    if array.ndim == 2 and array.shape[0] == 784 and array.shape[1] == count:
        array = array.T
    if array.shape[1:] not in ((784,), (28, 28), (28, 28, 1), (1, 28, 28)):
        raise DataError(
            f"{name} has the shape {array.shape}, but images of 28 x 28 pixels, (n, 28, 28) or "
            "(n, 784), were expected: save pictures of another size as files, in a folder for each "
            "character."
        )
    try:
        images = images_of(f"images in {name}", array.reshape(-1, 28, 28))
    except ValueError as error:
        raise DataError(str(error)) from None
    return np.require(images, requirements=["C", "W"])  # those of an idx file can only be read


PARSERS: dict[str, Callable[[bytes, str], Array]] = {"idx": parse_idx, "npy": parse_npy}
