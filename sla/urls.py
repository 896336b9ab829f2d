"""Addresses of the pages on which administrators keep calendars and policies."""

from django.urls import path

from sla.views import calendars, editing, policies, policy_editing

app_name = "sla"
urlpatterns = [
    path("manage/calendars/", calendars.calendars, name="calendars"),
    path("manage/calendars/new/", editing.new, name="calendar_new"),
    path("manage/calendars/<slug:slug>/", calendars.hours_page, name="calendar"),
    path("manage/calendars/<slug:slug>/month/", calendars.month_page, name="calendar_month"),
    path("manage/calendars/<slug:slug>/try/", calendars.try_page, name="calendar_try"),
    path("manage/calendars/<slug:slug>/history/", calendars.history, name="calendar_history"),
    path("manage/calendars/<slug:slug>/edit/", editing.edit, name="calendar_edit"),
    path("manage/policies/", policies.policies, name="policies"),
    path("manage/policies/new/", policy_editing.new, name="policy_new"),
    path("manage/policies/<slug:slug>/", policies.policy_page, name="policy"),
    path("manage/policies/<slug:slug>/change/", policy_editing.change, name="policy_change"),
]
