"""Zip archives that are not what they say."""

import io
import struct
import zipfile
from pathlib import Path

FLAGS, METHOD, SIZE = (8, "<H"), (10, "<H"), (24, "<I")
"""Where the directory of a zip archive has a member's flags, method and size, and how."""


def zipped(members: dict[str, bytes]) -> bytes:
    """Return an archive of packed members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def altered(archive: bytes, field: tuple[int, str], value: int) -> bytes:
    """Return an archive whose directory says something else of every member."""
    changed, at = bytearray(archive), 0
    while (at := changed.find(b"PK\1\2", at)) >= 0:
        struct.pack_into(field[1], changed, at + field[0], value)
        at += 4
    return bytes(changed)


def left(folder: Path) -> list[str]:
    """Return the files in a folder and below it, but for the lock of ``fetch``."""
    return [file.name for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock"]
