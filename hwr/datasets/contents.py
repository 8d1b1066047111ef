"""What a file is, told by how it begins, never by its name: data that can be read, or a sentence.

Nothing is run or unpacked here; a few hundred bytes are enough.
"""

import struct

HEAD = 1024
"""Number of bytes by which a file is told."""

_TAR = 257
_HDF5 = b"\x89HDF"
_HDF5_PLACES = 0, 512
"""Where it stands: at the beginning, or after the header of a MATLAB 7.3 file."""
_MARKS = {
    "mat": (b"MATLAB 5.0 MAT-file",),
    "npy": (b"\x93NUMPY",),
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "picture": (
        *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"P4\n", b"P5\n"),
        b"P6\n",
    ),
}
_AS_TABLE = "save it as a CSV file with the label and the 784 grey levels of an image in each row"
_AS_NPZ = "open it in the program that wrote it and save images and labels with numpy.savez"
_UNPACK = "unpack it and give the folder"
_AGAIN = "copy or download it again"
_FOREIGN: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    ((b"PAR1",), "a Parquet table", _AS_TABLE),
    ((b"ARROW1", b"FEA1"), "an Arrow table", _AS_TABLE),
    ((b"SQLite format 3",), "an SQLite database", _AS_TABLE),
    ((b"\xd0\xcf\x11\xe0",), "an Office document (Word or Excel)", _AS_TABLE),
    ((b"%PDF",), "a PDF document", "save each character as a picture, in a folder of its name"),
    ((b"{\\rtf",), "an RTF document", _AS_TABLE),
    ((b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd"), "an archive", _UNPACK),
    ((b"version https://git-lfs",), "a Git LFS pointer without its file", "run 'git lfs pull'"),
    ((b"\x7fELF", b"MZ", b"#!"), "a program", "give the file that holds the images"),
)
_PICKLE = "a Python pickle, which is never opened because opening one can run any program"
EXPECTED = (
    "CSV, .npz, MATLAB's .mat, idx files as EMNIST's, drawings that a pad saved, "
    "or a folder of pictures for each character"
)
OFFICE = {
    "word/": f"a Word document: give {EXPECTED}",
    "ppt/": f"a PowerPoint document: give {EXPECTED}",
    "xl/": f"an Excel workbook: {_AS_TABLE}",
}
"""What a zip archive with a folder of this name is, and what to do."""


def kind(head: bytes) -> str:
    """Return what a file holds that can be read; '' if it is something else.

    Parameters
    ----------
    head : bytes
        The first ``HEAD`` bytes, unpacked if the file is gzipped.

    Returns
    -------
    {'idx', 'mat', 'npy', 'zip', 'picture', 'drawings', 'table', ''}
        ``'table'`` is any text that begins with a few numbers or names between commas.
    """
    if head[:2] == b"\0\0" and head[2:3] in b"\x08\x09\x0b\x0c\x0d\x0e" and 1 <= head[3] <= 4:
        return "idx"
    bmp = head[:2] == b"BM" and head[6:10] == bytes(4)
    if bmp or head[8:12] == b"WEBP" or head[4:8] == b"ftyp":  # the last: HEIC and AVIF
        return "picture"
    if any(head[place:].startswith(_HDF5) for place in _HDF5_PLACES):
        return ""  # also where it begins as MATLAB's other files do
    for name, marks in _MARKS.items():
        if head.startswith(marks):
            return name
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{") and b'"' in text:
        return "drawings"
    return "table" if not foreign(head) and _first_line(head).count(",") >= 2 else ""


def _first_line(head: bytes) -> str:
    """Return a text's first line with commas between its fields; '' if it is not text."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in head and not wide:
        return ""
    text = head[: len(head) // 2 * 2].decode("utf-16" if wide else "utf-8", "replace")
    line = text.lstrip("\ufeff\r\n ").split("\n")[0]
    return line.replace(";", ",").replace("\t", ",")


def foreign(head: bytes) -> str:
    """Return what a file is that cannot be read, and what to do, as 'an X: do Y'; '' if unknown."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    hdf5 = any(head[place:].startswith(_HDF5) for place in _HDF5_PLACES)
    answers = (
        (not head, f"empty: {_AGAIN}"),
        (start.startswith(b"<"), f"a web page, perhaps a download's error page, or XML: {_AGAIN}"),
        (_is_pickle(head), f"{_PICKLE}: {_AS_NPZ}"),
        (hdf5, f"an HDF5 file, as MATLAB's save -v7.3 writes too: {_AS_NPZ}, or with save -v7"),
        (head[_TAR : _TAR + 5] == b"ustar", f"a tar archive: {_UNPACK}"),
        (_is_tfrecord(head), f"a TFRecord file: {_AS_NPZ}"),
        (start.startswith((b"[", b"{")), f"JSON text that no pad saved: give {EXPECTED}"),
        *((head.startswith(marks), f"{what}: {remedy}") for marks, what, remedy in _FOREIGN),
    )
    return next((answer for holds, answer in answers if holds), "")


def _is_pickle(head: bytes) -> bool:
    if head[:1] == b"\x80":
        return head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
    return head.startswith((b"(lp", b"(dp", b"cnumpy", b"c__builtin__", b"ccopy_reg"))


def _is_tfrecord(head: bytes) -> bool:
    """Return whether a length below 16 MB, its checksum and a Protocol Buffers field come first."""
    return len(head) > 12 and head[12] == 10 and 0 < struct.unpack("<Q", head[:8])[0] < 1 << 24


def describe(head: bytes) -> str:
    """Return what a file is that was expected to be data, and what to do, as 'an X: do Y'."""
    if kind(head) == "zip":
        return f"a zip archive within another, or one without data: {_UNPACK}"
    if kind(head) == "picture":
        return (
            "a single picture: put pictures into one folder for each character, or read it with "
            "'python -m hwr read'"
        )
    if what := foreign(head):
        return what
    is_text = b"\0" not in head and not any(byte < 9 for byte in head)
    what = "text without a table" if is_text else "of a kind that is not known here"
    return f"{what}: give {EXPECTED}"
