"""The recurring decisions of the demo, and the data they already use."""

from datetime import datetime, timedelta

from accounts.models import User
from catalog.models import Service
from intake.services.cadences import save_cadence

# Name, who decides, what, how often, the days until the next time, data, and what feeds it.
KEPT = (
    ("Transport planning call", "Jonas Weber", "How many trucks to book for the week", "week",
     2, "supplier dates, bookings", "schedule-risk-signal"),
    ("Portfolio board", "Sponsors of the programmes", "Which projects to start, stop or wait",
     "month", 9, "status of all projects, spending", ""),
    ("Forecast round", "Head of controlling", "Which forecasts to trust", "month", 13,
     "forecasts of the project leads", "forecast-check"),
    ("Shift meeting", "Shift leads", "Who works where today", "day", 1, "sick leave, orders", ""),
    ("Budget review", "The board", "Where money moves between departments", "quarter", 24,
     "spending against plan", ""),
)  # fmt: skip


def make_cadences(at: datetime, *, now: datetime, keeper: User) -> None:
    """Keep them since `at`; their next dates are seen from `now`."""
    services = {service.slug: service for service in Service.objects.all()}
    for name, decider, decides, rhythm, days, data, slug in KEPT:
        fields = {
            "name": name,
            "decider": decider,
            "decides": decides,
            "rhythm": rhythm,
            "next_on": (now + timedelta(days=days)).date(),
            "data": data,
            "service": services.get(slug),
        }
        save_cadence(None, fields=fields, actor=keeper, at=at)
