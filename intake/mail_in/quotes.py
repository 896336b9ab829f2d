"""Where a person's own words end and the mail that they answer begins."""

import re

SIGNATURE = re.compile(r"^-- ?$")
# Lines after which everything is quoted, in the mail programs that people here use.
QUOTE_BEGINS = re.compile(
    r"^\s*(-{2,}\s*(original message|original-nachricht|ursprüngliche nachricht|"
    r"forwarded message|weitergeleitete nachricht|message d'origine)\s*-{2,}"
    r"|_{10,}"
    r"|(on|am|le|el) .{6,120}(wrote|schrieb.*|a écrit|escribió)\s*:"
    r"|.{3,80}<[^<>\s]+@[^<>\s]+>\s*(wrote|schrieb.*)\s*:)\s*$",
    re.IGNORECASE,
)
# The head that Outlook puts above a quoted mail.
HEAD = re.compile(r"^\s*\*?(from|von|de)\s*:", re.IGNORECASE)
HEAD_GOES_ON = re.compile(
    r"^\s*\*?(sent|gesendet|date|datum|to|an|cc|subject|betreff|envoyé|objet)\s*:", re.IGNORECASE
)
LONGEST_INTRODUCTION = 3
# No introduction is longer, and a longer line is not searched for one.
LONGEST_LINE = 300


def own_words(text: str) -> str:
    """Return what the sender wrote: no quote below, no signature, no quoted lines at the end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((n for n, _ in enumerate(lines) if _ends(lines, n)), len(lines))
    kept = lines[:end]
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in kept)).strip()


def _ends(lines: list[str], number: int) -> bool:
    line = lines[number][:LONGEST_LINE]
    if SIGNATURE.match(line) or QUOTE_BEGINS.match(line):
        return True
    if HEAD.match(line):
        return any(HEAD_GOES_ON.match(below) for below in lines[number + 1 : number + 4])
    return _is_broken_introduction(lines, number)


def _is_broken_introduction(lines: list[str], number: int) -> bool:
    """ "On Monday … wrote:" that a mail program broke into two or three lines."""
    if not re.match(r"^\s*(on|am|le|el) ", lines[number], re.IGNORECASE):
        return False
    below = lines[number : number + LONGEST_INTRODUCTION]
    together = [" ".join(part.strip() for part in below[:count]) for count in (2, 3)]
    follows = any(line.lstrip().startswith(">") for line in lines[number : number + 6])
    return follows and any(QUOTE_BEGINS.match(line[:LONGEST_LINE]) for line in together)
