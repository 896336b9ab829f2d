"""Small true files of each kind, and files that lie."""

import io
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
JPG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x20\x01\x01\x11\x00\xff\xd9"
)
EXE = b"MZ\x90\x00" + b"\x00" * 200 + b"This program cannot be run in DOS mode"
MSG = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + b"\x00" * 600
    + "__properties_version1.0".encode("utf-16-le")
)


def png(width: int = 32, height: int = 16) -> bytes:
    """A picture of one colour whose header says this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\x00" * 600)), (b"IEND", b"")]
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def office(folder: str = "word", more: dict[str, bytes] | None = None) -> bytes:
    """The least that is a document of this folder, with further entries."""
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(f"{folder}/document.xml", "<document/>")
        for name, data in (more or {}).items():
            packed.writestr(name, data)
    return content.getvalue()


TRUE = {
    "plan.pdf": PDF,
    "photo.JPEG": JPG,
    "shot.png": png(),
    "plan.docx": office("word"),
    "figures.xlsx": office("xl"),
    "talk.pptx": office("ppt"),
    "mail.msg": MSG,
    "dates.csv": "Lieferant;Tage\nMüller;3\n".encode("cp1252"),
    "note.txt": b"Late again, 3 days\n",
    "wide.txt": "Spät\n".encode("utf-16"),
}


def upload(name: str = "plan.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    """An uploaded file as a form hands it over."""
    return SimpleUploadedFile(name, TRUE[name] if content is None else content)
