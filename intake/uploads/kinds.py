"""What a file is, told by its content and never by what its name says alone.

Nothing is unpacked or decoded into a picture: headers and tables of contents are enough.
"""

import re
import struct
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile

import filetype

from intake.uploads.limits import MEGABYTE

HEAD = 8192
# A picture of more pixels than this is made to fill somebody's memory.
MOST_PIXELS = 100_000_000
MOST_ENTRIES = 5_000
MOST_UNPACKED = 200 * MEGABYTE
MOST_CONTENTS = MEGABYTE  # of a zip's own table of contents
END_OF_ZIP = b"PK\x05\x06"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = re.compile(rb"\s*<(!doctype|!--|html|head|body|svg|script|iframe|\?xml|\?php)", re.I)
CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
OFFICE = {
    "docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "csv": "text/csv",
    "txt": "text/plain",
    "msg": "application/vnd.ms-outlook",
    **{extension: kind for extension, (_, kind) in OFFICE.items()},
}


class BombError(Exception):
    """It would become far larger when opened."""


def extension_of(name: str) -> str:
    """The extension as we name it: "jpeg" is "jpg"; empty for none."""
    extension = PurePosixPath(name.lower()).suffix.removeprefix(".")
    return "jpg" if extension == "jpeg" else extension


def holds_what_it_says(content: IO[bytes], extension: str) -> bool:
    """Whether the content is of this kind. Raise BombError for one that is made to burst."""
    content.seek(0)
    head = content.read(HEAD)
    check = CHECKS.get(extension)
    found = check is not None and check(content, head, extension)
    content.seek(0)
    return found


def _is_signed(content: IO[bytes], head: bytes, extension: str) -> bool:
    guessed = filetype.guess(head)
    return guessed is not None and guessed.extension == extension


def _is_picture(content: IO[bytes], head: bytes, extension: str) -> bool:
    if not _is_signed(content, head, extension):
        return False
    width, height = _png_size(head) if extension == "png" else _jpg_size(content)
    if width * height > MOST_PIXELS:
        raise BombError
    return width * height > 0


def _png_size(head: bytes) -> tuple[int, int]:
    """Width and height, which the first chunk tells; none when it is cut off."""
    if len(head) < 24 or head[12:16] != b"IHDR":
        return 0, 0
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _jpg_size(content: IO[bytes]) -> tuple[int, int]:
    """Width and height from the frame header, walking from segment to segment."""
    content.seek(2)
    for _ in range(500):
        marker = content.read(4)
        if len(marker) < 4 or marker[0] != 0xFF:
            break
        kind, length = marker[1], int.from_bytes(marker[2:], "big")
        # Frame headers are C0 to CF, without the tables among them.
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            frame = content.read(5)
            return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
        content.seek(max(length - 2, 0), 1)
    return 0, 0


def _is_office(content: IO[bytes], head: bytes, extension: str) -> bool:
    """An Office file is a zip; its table of contents is measured before it is read."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    _refuse_long_contents(content)
    try:
        with ZipFile(content) as packed:
            entries = packed.infolist()
    except (BadZipFile, NotImplementedError, OSError, ValueError, struct.error):
        return False
    if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > MOST_UNPACKED:
        raise BombError
    names = {entry.filename for entry in entries}
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    folder = OFFICE[extension][0]
    is_whole = "[Content_Types].xml" in names and any(n.startswith(folder) for n in names)
    return is_whole and not has_macros


def _refuse_long_contents(content: IO[bytes]) -> None:
    """Raise BombError when the end of the zip announces more entries than a document has."""
    size = content.seek(0, 2)
    content.seek(max(size - 65_557, 0))
    tail = content.read()
    end = tail.rfind(END_OF_ZIP)
    if end >= 0 and len(tail) >= end + 22:
        count, contents = struct.unpack("<HI", tail[end + 10 : end + 16])
        if count > MOST_ENTRIES or contents > MOST_CONTENTS:
            raise BombError
    content.seek(0)


def _is_text(content: IO[bytes], head: bytes, extension: str) -> bool:
    """Readable text in a usual encoding, and no markup that a browser would run."""
    content.seek(0)
    raw = content.read()
    if MARKUP.match(raw.removeprefix(b"\xef\xbb\xbf")) or filetype.guess(head) is not None:
        return False
    text = _decoded(raw)
    return text is not None and not CONTROL.search(text)


def _decoded(raw: bytes) -> str | None:
    utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_mail(content: IO[bytes], head: bytes, extension: str) -> bool:
    """A mail of Outlook: a compound file that holds the properties of a message."""
    if not head.startswith(OLE):
        return False
    content.seek(0)
    return "__properties_version1.0".encode("utf-16-le") in content.read()


CHECKS: dict[str, Callable[[IO[bytes], bytes, str], bool]] = {
    "pdf": _is_signed,
    "png": _is_picture,
    "jpg": _is_picture,
    "csv": _is_text,
    "txt": _is_text,
    "msg": _is_mail,
    **dict.fromkeys(OFFICE, _is_office),
}
