"""The address that a mail about a request is answered to: signed for one request and one person.

Nobody can make one for a request that they were never written to about. Lower case and without
padding, because mail servers on the way may change case.
"""

import re
from email.utils import formataddr
from hmac import compare_digest
from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "intake.reply_address"
LENGTH = 32  # hexadecimal digits: 128 bits
TAGGED = re.compile(r"\+(\d{1,18})-(\d{1,18})-([0-9a-f]{32})$")


class Target(NamedTuple):
    """The request and the person that an address was made for."""

    work: int
    person: int


def reply_address(work: int, person: int) -> str:
    """Return "PMO front door <reply+…@…>"; empty where no mail is taken in."""
    if not settings.REPLY_ADDRESS:
        return ""
    local, _, domain = settings.REPLY_ADDRESS.partition("@")
    tag = f"{work}-{person}-{_signed('address', work, person)}"
    return formataddr(("PMO front door", f"{local}+{tag}@{domain}"))


def read(address: str) -> Target | None:
    """Read an address that we signed; None for any other."""
    local, _, domain = address.lower().partition("@")
    ours, _, our_domain = settings.REPLY_ADDRESS.lower().partition("@")
    found = TAGGED.search(local)
    if not found or domain != our_domain or local[: found.start()] != ours:
        return None
    work, person = int(found[1]), int(found[2])
    is_ours = compare_digest(found[3], _signed("address", work, person))
    return Target(work, person) if is_ours else None


def is_ours(address: str) -> bool:
    """Whether this is an address of the portal itself, tagged or not."""
    local, _, domain = address.lower().partition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return bool(settings.REPLY_ADDRESS) and plain == settings.REPLY_ADDRESS.lower()


def _signed(purpose: str, work: int, person: int) -> str:
    value = f"{purpose}:{work}:{person}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()[:LENGTH]
