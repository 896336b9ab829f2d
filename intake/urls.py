"""Addresses of requests: asking, the request page, triage."""

from django.urls import path

from intake.views import ask, ask_send, desk, desk_acts, request_pages, their_turn

app_name = "intake"

REQUEST = "requests/<str:reference>/"

DRAFT = "ask/<uuid:key>/"

urlpatterns = [
    # Asking
    path("ask/", ask.start, name="ask_start"),
    path("ask/need/", ask.first, name="ask_first"),
    path(DRAFT, ask_send.tasks, name="ask_draft"),
    path(f"{DRAFT}check/", ask_send.check, name="ask_check"),
    path(f"{DRAFT}sent/", ask_send.sent, name="ask_sent"),
    path(f"{DRAFT}sent/reply.ics", ask_send.calendar, name="ask_calendar"),
    path(f"{DRAFT}delete/", ask_send.delete, name="ask_delete"),
    path(f"{DRAFT}<slug:slug>/", ask.question, name="ask_question"),
    # The request page
    path("requests/", request_pages.my_requests, name="my_requests"),
    path(REQUEST, request_pages.request_detail, name="request_detail"),
    path(f"{REQUEST}conversation/", their_turn.talk, name="conversation"),
    path(f"{REQUEST}conversation/<int:hold>/", their_turn.answer_questions, name="answer"),
    path(f"{REQUEST}notes/", their_turn.notes, name="notes"),
    path(f"{REQUEST}framing/", request_pages.request_framing, name="request_framing"),
    path(f"{REQUEST}history/", request_pages.request_history, name="request_history"),
    path(f"{REQUEST}clocks/<slug:metric>/", request_pages.request_clock, name="request_clock"),
    path(f"{REQUEST}need/", their_turn.play_back, name="play_back"),
    path(f"{REQUEST}proposal/", their_turn.proposal, name="proposal"),
    path(f"{REQUEST}proposal/none/", their_turn.refuse, name="refuse"),
    path(f"{REQUEST}result/", their_turn.result, name="result"),
    path(f"{REQUEST}withdraw/", their_turn.withdraw, name="withdraw"),
    # Triage
    path("triage/", desk.queue_page, name="queue"),
    path("triage/<str:reference>/", desk.triage_detail, name="triage_detail"),
    path("triage/<str:reference>/tick/<int:criterion>/", desk_acts.tick, name="triage_tick"),
    path("triage/<str:reference>/<slug:name>/", desk_acts.triage_act, name="triage_act"),
]
