"""Calendars, policies and clocks."""

from sla.models.calendars import BusinessCalendar, CalendarVersion
from sla.models.clocks import Clock, Subject
from sla.models.history import ClockCommand, ClockEvent
from sla.models.policies import PolicyVersion, SlaPolicy, SlaTarget

__all__ = [
    "BusinessCalendar",
    "CalendarVersion",
    "Clock",
    "ClockCommand",
    "ClockEvent",
    "PolicyVersion",
    "SlaPolicy",
    "SlaTarget",
    "Subject",
]
