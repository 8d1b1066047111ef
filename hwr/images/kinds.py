"""What a file is, told by its content: its name may say anything."""

from io import BufferedReader, BytesIO, FileIO
from pathlib import Path
from typing import IO, NamedTuple

from hwr._support.deadline import check

Source = str | Path | bytes
ENDS = 65_536
"""Bytes at the beginning and at the end of a file that are looked at."""


class Kind(NamedTuple):
    """What a file is, to complete "it is", and what to do with it."""

    what: str
    advice: str


class UnreadableError(ValueError):
    """A file is not read; the text is the sentence that says why."""


_SAVE = "save it as PNG or JPEG"
_EXPORT = "export it as PNG"
_PAGE = "save the page as PDF"
_FRAME = "give a single picture of it, for example a screenshot"
_UNPACK = "unpack it and give a picture that is in it"
_ARRAY = "load it with NumPy and give the array"
_DEVELOP = "export it as JPEG with the camera's program"

_RAW = Kind("a camera's raw file", _DEVELOP)
_VIDEO = Kind("a video, not a picture", _FRAME)
_SOUND = Kind("a sound, not a picture", "give a PNG or JPEG file")
_PROGRAM = Kind("a program, not a picture", "give a PNG or JPEG file")
_POSTSCRIPT = Kind(
    "an EPS or PostScript drawing, not a picture of pixels", "export it as PDF or PNG"
)
_OFFICE = Kind("an Office document, not a picture", _PAGE)

READ = {
    "PNG": [(0, b"\x89PNG")],
    "JPEG": [(0, b"\xff\xd8")],
    "GIF": [(0, b"GIF8")],
    "TIFF": [
        (0, order + version)
        for order in (b"II", b"MM")
        for version in (b"*\0", b"\0*", b"+\0", b"\0+")
    ],
    "WebP": [(8, b"WEBP")],
    "BMP": [(0, b"BM")],
    "AVIF": [(4, b"ftypavif"), (4, b"ftypavis")],
    "HEIC": [(4, b"ftyp" + brand) for brand in (b"hei", b"hev", b"mif1", b"msf1")],
    "PDF": [(0, b"%PDF-")],
}
"""The formats that are read, with their first bytes and where they stand."""

OTHER = (
    (0, b"AT&TFORM", Kind("a DjVu document, not a picture", "export its page as PNG")),
    (0, b"%!PS", _POSTSCRIPT),
    (0, b"\xc5\xd0\xd3\xc6", _POSTSCRIPT),
    (0, b"8BPS", Kind("a Photoshop file", _EXPORT)),
    (0, b"gimp xcf", Kind("a GIMP file", _EXPORT)),
    (0, b"{\\rtf", _OFFICE),
    (0, b"\xd0\xcf\x11\xe0", _OFFICE),
    (0, b"\0\0\0\x0cJXL ", Kind("a JPEG XL picture, which is not read here", _SAVE)),
    (0, b"\xff\x0a", Kind("a JPEG XL picture, which is not read here", _SAVE)),
    (0, b"\0\0\0\x0cjP  ", Kind("a JPEG 2000 picture, which is not read here", _SAVE)),
    (0, b"\xff\x4f\xff\x51", Kind("a JPEG 2000 picture, which is not read here", _SAVE)),
    (0, b"\0\0\1\0", Kind("an icon, which is not read here", _SAVE)),
    (0, b"icns", Kind("an icon, which is not read here", _SAVE)),
    (0, b"\xd7\xcd\xc6\x9a", Kind("a Windows metafile, not a picture of pixels", _EXPORT)),
    (40, b" EMF", Kind("a Windows metafile, not a picture of pixels", _EXPORT)),
    (0, b"#?RADIANCE", Kind("a Radiance picture, which is not read here", _SAVE)),
    (0, b"\x76\x2f\x31\x01", Kind("an OpenEXR picture, which is not read here", _SAVE)),
    (0, b"SIMPLE  =", Kind("a FITS file, which is not read here", _SAVE)),
    (128, b"DICM", Kind("a DICOM file, which is not read here", _SAVE)),
    (8, b"CR\2", _RAW),
    (4, b"ftypcrx", _RAW),
    (0, b"FUJIFILMCCD-RAW", _RAW),
    (0, b"IIRO", _RAW),
    (0, b"IIRS", _RAW),
    (0, b"MMOR", _RAW),
    (0, b"IIU\0", _RAW),
    (0, b"FOVb", _RAW),
    (0, b"\0MRM", _RAW),
    (4, b"ftypM4A", _SOUND),
    (4, b"ftyp", _VIDEO),
    (4, b"moov", _VIDEO),
    (4, b"mdat", _VIDEO),
    (8, b"AVI ", _VIDEO),
    (0, b"\x1a\x45\xdf\xa3", _VIDEO),
    (0, b"FLV\1", _VIDEO),
    (0, b"OggS", _SOUND),
    (0, b"\0\0\1\xba", _VIDEO),
    (0, b"\0\0\1\xb3", _VIDEO),
    (0, b"\x30\x26\xb2\x75", _VIDEO),
    (8, b"WAVE", _SOUND),
    (0, b"ID3", _SOUND),
    (0, b"fLaC", _SOUND),
    (0, b"\x1f\x8b", Kind("a gzip file, not a picture", _UNPACK)),
    (0, b"BZh", Kind("a bzip2 file, not a picture", _UNPACK)),
    (0, b"\xfd7zXZ", Kind("an xz file, not a picture", _UNPACK)),
    (0, b"7z\xbc\xaf", Kind("a 7z archive, not a picture", _UNPACK)),
    (0, b"Rar!", Kind("a RAR archive, not a picture", _UNPACK)),
    (257, b"ustar", Kind("a tar archive, not a picture", _UNPACK)),
    (0, b"\x93NUMPY", Kind("a NumPy array, not a picture", _ARRAY)),
    (0, b"\x89HDF", Kind("an HDF5 file, not a picture", "load its arrays and give one of them")),
    (0, b"MATLAB", Kind("a MATLAB file, not a picture", "load its arrays and give one of them")),
    (0, b"SQLite format 3", Kind("a database, not a picture", "give a PNG or JPEG file")),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"MZ", _PROGRAM),
)
"""What is not read: where bytes stand, the bytes, and what the file is."""

IN_ZIP = (
    (b"word/", _OFFICE),
    (b"ppt/", _OFFICE),
    (b"xl/", _OFFICE),
    (b"vnd.oasis.opendocument", _OFFICE),
    (b".iwa", _OFFICE),
    (b"epub", Kind("an e-book, not a picture", _PAGE)),
    (b"image/openraster", Kind("an OpenRaster file", _EXPORT)),
    (b"application/x-krita", Kind("a Krita file", _EXPORT)),
    (b".npy", Kind("a file of NumPy arrays, not a picture", _ARRAY)),
    (b"PK", Kind("a zip archive, not a picture", _UNPACK)),
)
"""What a zip archive is, by words in it."""

IN_TEXT = (
    ("version https://git-lfs", "", Kind("a pointer of Git LFS", "fetch the file: git lfs pull")),
    ("<!doctype html", "", Kind("a web page, not a picture", "save the picture that is on it")),
    ("<html", "", Kind("a web page, not a picture", "save the picture that is on it")),
    ("<", "<svg", Kind("an SVG drawing, not a picture of pixels", _EXPORT)),
    ("<", "<html", Kind("a web page, not a picture", "save the picture that is on it")),
    ("<", "", Kind("an XML file, not a picture", "give a PNG or JPEG file")),
    ("{", '"nbformat"', Kind("a notebook, not a picture", "open it in JupyterLab")),
    ("{", '"strokes"', Kind("a file of drawings", "load it with hwr.datasets.load_drawings")),
    ("{", "", Kind("a JSON file, not a picture", "give a PNG or JPEG file")),
    ("", "", Kind("a text, not a picture", "give a PNG or JPEG file")),
)
"""What a text is, by how it begins and by a word in it."""


def format_of(source: Source) -> str:
    """Return the name of a file's format if it is one that is read; else an empty string."""
    head, _ = _ends(source)
    if head[4:12] in (b"ftypmif1", b"ftypmsf1") and b"avi" in head[16:64]:
        return "AVIF"
    for name, marks in READ.items():
        if any(head.startswith(mark, at) for at, mark in marks):
            return name
    return "PDF" if b"%PDF-" in head[:1024] else ""


def refusal(source: Source) -> UnreadableError:
    """Return why a file that could not be read as a picture is refused: what it is, what to do."""
    name = name_of(source)
    kind = _kind(*_ends(source))
    if kind is not None:
        return UnreadableError(f"{name} is {kind.what}: {kind.advice}.")
    known = format_of(source)
    if known:
        return UnreadableError(
            f"{name} is a damaged or incomplete {known} file, which cannot be read as a picture: "
            "copy it again, or give one that opens elsewhere."
        )
    return UnreadableError(
        f"{name} cannot be read as a picture: give a PNG or JPEG file that opens elsewhere."
    )


def raw(source: Source) -> UnreadableError:
    """Return the refusal of a camera's raw file that looks like TIFF."""
    return UnreadableError(f"{name_of(source)} is {_RAW.what}: {_RAW.advice}.")


def name_of(source: Source) -> str:
    """Return how a sentence names a file."""
    return "The file" if isinstance(source, bytes) else " ".join(Path(source).name.split())


def missing(source: Source) -> UnreadableError | None:
    """Return the refusal of what is no file; None if it is one."""
    name = name_of(source)
    empty = UnreadableError(f"{name} is empty: copy or save it again.")
    if isinstance(source, bytes):
        return None if source else empty
    path = Path(source)
    try:
        if path.is_dir():
            return UnreadableError(f"{name or path} is a folder: give the name of a picture in it.")
        if path.exists() and not path.is_file():
            return UnreadableError(f"{name} is a device, not a file: give a PNG or JPEG file.")
        with path.open("rb") as file:
            return None if file.read(1) else empty
    except PermissionError:
        return UnreadableError(f"{name} may not be opened: ask its owner for the right to read it.")
    except (OSError, ValueError):  # a name that no file can have
        return UnreadableError(f"There is no file {name}: check its name.")


class _TimedFile(BufferedReader):
    """A file that keeps a time limit: a small one may have millions of parts, each read alone."""

    def read(self, size: int | None = -1, /) -> bytes:
        check()
        return super().read(size)


def binary(source: Source) -> IO[bytes]:
    """Return a file to read bytes from; it keeps a :func:`hwr._support.deadline.time_limit`."""
    return _TimedFile(BytesIO(source) if isinstance(source, bytes) else FileIO(source))


def size_of(source: Source) -> int:
    """Return a file's size in bytes."""
    return len(source) if isinstance(source, bytes) else Path(source).stat().st_size


def _ends(source: Source) -> tuple[bytes, bytes]:
    """Return the first and the last bytes of a file."""
    with binary(source) as file:
        head = file.read(ENDS)
        file.seek(max(0, file.seek(0, 2) - ENDS))
        return head, file.read(ENDS)


def _kind(head: bytes, tail: bytes) -> Kind | None:
    """Return what a file is that is not read; None if it is nothing known."""
    for marks in READ.values():
        if any(head.startswith(mark, at) for at, mark in marks if len(mark) > 2):
            return None
    if head.startswith(b"PK"):
        return next(kind for word, kind in IN_ZIP if word in head + tail)
    for at, mark, kind in OTHER:
        if head.startswith(mark, at):
            return kind
    if not any(head) and not any(tail):
        return Kind("empty but for zeros", "copy or save it again")
    return _kind_of_text(head, tail)


def _kind_of_text(head: bytes, tail: bytes) -> Kind | None:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if wide else "utf-8-sig"
    text = head.decode(encoding, "replace").rstrip("\ufffd")  # a character may be cut at the end
    strange = sum(not letter.isprintable() and not letter.isspace() for letter in text)
    if strange + text.count("\ufffd") > len(text) / 20:
        return None
    start = text.lstrip().lower()
    whole = start + tail.decode("utf-8", "replace").lower()
    return next(k for begin, word, k in IN_TEXT if start.startswith(begin) and word in whole)
