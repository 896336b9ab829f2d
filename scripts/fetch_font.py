"""Copy the typeface from its npm package into static/fonts, with its licence.

The package is pinned by version and checksum. Run it again only to change either:

    python scripts/fetch_font.py
"""

import hashlib
import io
import tarfile
import urllib.request
from pathlib import Path

VERSION = "5.3.0"
SHA256 = "115c2d5a38a05d52c77ba02e4d939644bae30585a30a2e4657a3be2c99d5c7dc"
ADDRESS = (
    f"https://registry.npmjs.org/@fontsource-variable/source-sans-3/-/source-sans-3-{VERSION}.tgz"
)
FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
COPIES = {
    "package/files/source-sans-3-latin-wght-normal.woff2": "source-sans-3-latin.woff2",
    "package/files/source-sans-3-latin-ext-wght-normal.woff2": "source-sans-3-latin-ext.woff2",
    "package/LICENSE": "LICENSE-source-sans-3.txt",
}


def fetch() -> bytes:
    """Return the package, or raise SystemExit when it isn't the one we checked."""
    with urllib.request.urlopen(ADDRESS, timeout=60) as answer:
        package: bytes = answer.read()
    found = hashlib.sha256(package).hexdigest()
    if found != SHA256:
        raise SystemExit(f"The package has changed: its SHA-256 is {found}.")
    return package


def copy(package: bytes) -> None:
    """Write the wanted files of the package to static/fonts."""
    FONTS.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        for inside, name in COPIES.items():
            member = archive.extractfile(inside)
            if member is None:
                raise SystemExit(f"{inside} is missing from the package.")
            (FONTS / name).write_bytes(member.read())


if __name__ == "__main__":
    copy(fetch())
    print(f"{len(COPIES)} files are in {FONTS}")
