"""Addresses of the catalog."""

from django.urls import path

from catalog.views import keeping, outcomes, services

app_name = "catalog"
OUTCOME = "services/<slug:slug>/outcomes/<slug:outcome>/"
urlpatterns = [
    path("services/", services.services, name="services"),
    path("services/<slug:slug>/", services.service, name="service"),
    path("services/<slug:slug>/interest/", services.tell_me, name="tell_me"),
    path("services/<slug:slug>/versions/<int:number>/", services.version, name="version"),
    path("services/<slug:slug>/improvements/", keeping.improvements, name="improvements"),
    path(
        "services/<slug:slug>/improvements/<int:number>/", keeping.improvement, name="improvement"
    ),
    path("services/<slug:slug>/contacts/", keeping.contacts, name="contacts"),
    path("services/<slug:slug>/stories/", keeping.stories, name="stories"),
    path("services/<slug:slug>/stories/<int:number>/hide/", keeping.hide_story, name="story_hide"),
    # Outcome promises
    path("services/<slug:slug>/outcomes/", outcomes.outcomes, name="outcomes"),
    path("services/<slug:slug>/outcomes/new/", outcomes.define, name="outcome_new"),
    path(OUTCOME, outcomes.outcome, name="outcome"),
    path(f"{OUTCOME}change/", outcomes.redefine, name="outcome_change"),
    path(f"{OUTCOME}readings/", outcomes.measure, name="outcome_measure"),
    path(f"{OUTCOME}import/", outcomes.bring, name="outcome_import"),
    path(f"{OUTCOME}readings/<int:reading>/exclude/", outcomes.exclude, name="outcome_exclude"),
    path(f"{OUTCOME}readings/<int:reading>/approve/", outcomes.approve, name="outcome_approve"),
]
