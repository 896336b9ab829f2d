"""What can be proposed for a request: the services of today, one of them with its tiers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from catalog import capacity, comparison, track_record
from catalog.first_results import first_results
from catalog.models import Service, ServiceTier
from intake.reading.tradeoffs import tradeoff


@dataclass(frozen=True)
class Choice:
    """The services on offer, and the comparison of the chosen one."""

    services: Sequence[Service]
    service: Service | None = None
    tiers: Sequence[ServiceTier] = ()
    columns: Sequence[comparison.Column] = ()
    rows: Sequence[comparison.Row] = field(default=())
    caption: str = ""
    bars: Sequence[comparison.Bars] = ()
    # What each tier costs and gives beside the next faster one.
    tradeoffs: Sequence[str] = ()


def choice_of(slug: str, *, now: datetime) -> Choice:
    """Lay the tiers of the service side by side, with dates as if the choice was made now.

    Where our load leaves no room before a day, the dates count from that day on.
    """
    today = timezone.localtime(now).date()
    listed = Service.objects.listed().order_by("position", "slug")
    services = [service for service in listed if service.can_be_asked_for(today)]
    chosen = next((service for service in services if service.slug == slug), None)
    if chosen is None or chosen.current is None:
        return Choice(services)
    tiers = list(chosen.current.tiers.select_related("policy", "version__service"))
    room = capacity.room_of(chosen, now=now)
    return Choice(
        services=services,
        service=chosen,
        tiers=tiers,
        columns=comparison.columns(tiers),
        rows=comparison.rows(
            tiers,
            due=first_results(tiers, at=room.begins_at),
            now=now,
            mark_differences=True,
            achieved=track_record.of_service(chosen.pk, now).achieved,
            load=room.words,
        ),
        caption=comparison.caption(tiers),
        bars=comparison.bars(tiers),
        tradeoffs=[tradeoff(tier, tiers) for tier in tiers],
    )
