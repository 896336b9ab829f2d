"""A proposal as the requester reads it: the tiers side by side, with dates and trade-offs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import SafeString

from catalog import capacity, comparison, track_record
from catalog.first_results import first_results
from catalog.models import ServiceTier
from catalog.models.service import Standing
from intake.models import Proposal
from intake.reading.tradeoffs import options


@dataclass(frozen=True)
class Offer:
    """`options` are the radio buttons; `columns` and `rows` the table above them."""

    proposal: Proposal
    tiers: Sequence[ServiceTier]
    options: list[tuple[str, SafeString]]
    columns: Sequence[comparison.Column]
    rows: Sequence[comparison.Row]
    caption: str
    is_undated: bool = False
    is_retired: bool = False

    def tier(self, key: str) -> ServiceTier:
        """The tier behind a chosen option."""
        return next(tier for tier in self.tiers if str(tier.pk) == key)


def offer_of(proposal: Proposal, *, now: datetime) -> Offer:
    """Read what is offered, with the dates that a choice made now would bring."""
    tiers = list(proposal.version.tiers.select_related("policy").order_by("rank"))
    service = proposal.version.service
    due = first_results(tiers, at=capacity.room_of(service, now=now).begins_at)
    achieved = track_record.of_service(service.pk, now).achieved
    return Offer(
        proposal=proposal,
        tiers=tiers,
        options=options(tiers, due, now=now),
        columns=comparison.columns(tiers, suggested=proposal.suggested_id),
        rows=comparison.rows(tiers, due=due, now=now, mark_differences=True, achieved=achieved),
        caption=comparison.caption(tiers),
        is_undated=any(due.get(tier.pk) is None for tier in tiers),
        is_retired=service.standing(timezone.localtime(now).date()) == Standing.RETIRED,
    )
