"""How much we take (ux.md 5.2, promises.md 4)."""

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_IN_QUESTION = 5
MOST_IN_REQUEST = 20
# What a person reads; each of these has its own check of the content.
EXTENSIONS = ("pdf", "docx", "xlsx", "pptx", "png", "jpg", "csv", "txt", "msg")
ACCEPT = ",".join(f".{extension}" for extension in (*EXTENSIONS, "jpeg"))


def listed() -> str:
    """The kinds we take, as words."""
    return f"{', '.join(EXTENSIONS[:-1])} or {EXTENSIONS[-1]}"
