"""A small IMAP server on loopback: one folder, one user, and the commands that fetching needs."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

USER, PASSWORD = "portal", "se cret"


@dataclass
class Stored:
    raw: bytes
    is_seen: bool = False


@dataclass
class Folder:
    """What lies in INBOX, by UID; and what was said to the server."""

    mails: dict[int, Stored] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    # How the server misbehaves: "hangs-up" in the middle of a fetch.
    fault: str = ""

    def add(self, raw: bytes) -> None:
        self.mails[len(self.mails) + 1] = Stored(
            raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        )


class _Session(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            self.server.folder.said.append(command.split(" ")[0].upper())
            if not self._answer(tag, command):
                return

    def _answer(self, tag: str, command: str) -> bool:
        """Answer one command; False ends the connection."""
        name = command.split(" ")[0].upper()
        if name == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif name == "LOGIN" and command.split(" ", 2)[1:] != [USER, f'"{PASSWORD}"']:
            self._say(f"{tag} NO wrong name or password")
            return True
        elif name == "SELECT":
            if '"INBOX"' not in command:
                self._say(f"{tag} NO no such folder")
                return True
            self._say(f"* {len(self.server.folder.mails)} EXISTS")
            self._say("* OK [UIDVALIDITY 7] kept")
        elif name == "UID" and not self._by_uid(command.split(" ", 2)[1].upper(), command):
            return False
        elif name == "LOGOUT":
            self._say("* BYE")
        self._say(f"{tag} OK done")
        return name != "LOGOUT"

    def _by_uid(self, what: str, command: str) -> bool:
        mails = self.server.folder.mails
        if what == "SEARCH":
            new = [str(uid) for uid, mail in mails.items() if not mail.is_seen]
            self._say(" ".join(["* SEARCH", *new]))
            return True
        uid = int(re.findall(r"\d+", command)[0])
        if what == "STORE":
            mails[uid].is_seen = True
        elif "RFC822.SIZE" in command:
            self._say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(mails[uid].raw)})")
        elif self.server.folder.fault == "hangs-up":
            self.wfile.write(b"* 1 FETCH (UID 1 BODY[] {400}\r\nhalf")
            return False
        else:
            raw = mails[uid].raw
            self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode())
            self.wfile.write(raw + b")\r\n")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder: Folder) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.folder = folder


@contextmanager
def serving(folder: Folder) -> Iterator[str]:
    """Serve the folder; the address names user and password as IMAP_URL does."""
    with _Server(folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            port = server.server_address[1]
            yield f"imap://{USER}:se%20cret@127.0.0.1:{port}/INBOX"
        finally:
            server.shutdown()
            thread.join()
