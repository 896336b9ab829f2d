"""Addresses of requests: asking, the request page, triage."""

from typing import Any

from django.urls import URLPattern, path

from intake.views import (
    agreement,
    ask,
    ask_send,
    beliefs,
    blueprint,
    cadence,
    conversation,
    deciding,
    discovery,
    files,
    library,
    oversight,
    paths,
    people,
    pilots,
    questions,
    queue,
    reframe,
    requests,
    rules,
    saved_texts,
    similar,
    triage,
    waiting,
)

app_name = "intake"

REQUEST = "requests/<str:reference>/"

PILOT = f"{REQUEST}pilot/"
BLUEPRINT = f"{REQUEST}blueprint/"

DRAFT = "ask/<uuid:key>/"


def path_routes(prefix: str, name: str, **kept: Any) -> list[URLPattern]:
    """The editor of a decision path under `prefix`, and each of its steps."""
    step = f"{prefix}steps/<int:n>/"
    return [
        path(prefix, paths.editor, kept, name=name),
        path(f"{prefix}steps/new/", paths.new_step, kept, name=f"{name}_new"),
        path(step, paths.step, kept, name=f"{name}_step"),
        path(f"{step}move/", paths.move, kept, name=f"{name}_move"),
        path(f"{step}delete/", paths.delete, kept, name=f"{name}_delete"),
        path(f"{prefix}text/", paths.text, kept, name=f"{name}_text"),
    ]


urlpatterns = [
    # Asking
    path("ask/", ask.start, name="ask_start"),
    path("ask/need/", ask.first, name="ask_first"),
    path("ask/similar/", similar.while_typing, name="similar_while_typing"),
    path(DRAFT, ask_send.tasks, name="ask_draft"),
    path(f"{DRAFT}check/", ask_send.check, name="ask_check"),
    path(f"{DRAFT}sent/", ask_send.sent, name="ask_sent"),
    path(f"{DRAFT}sent/reply.ics", ask_send.calendar, name="ask_calendar"),
    path(f"{DRAFT}delete/", ask_send.delete, name="ask_delete"),
    path(f"{DRAFT}files/<int:file>/", files.of_draft, name="draft_file"),
    path(f"{DRAFT}files/<int:file>/remove/", files.remove_from_draft, name="draft_file_remove"),
    *path_routes(f"{DRAFT}path/", "ask_path"),
    path(f"{DRAFT}similar/", similar.answer_similar, name="ask_similar"),
    path(f"{DRAFT}cadence/<int:number>/", cadence.covers, name="ask_cadence"),
    path(f"{DRAFT}reframe/", reframe.reframe, name="ask_reframe"),
    path(f"{DRAFT}<slug:slug>/", ask.question, name="ask_question"),
    # The request page
    path("requests/", requests.my_requests, name="my_requests"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("my-work/", waiting.my_work, name="my_work"),
    path("my-work/texts/", saved_texts.saved_texts, name="saved_texts"),
    path("my-work/texts/<int:pk>/", saved_texts.saved_text, name="saved_text"),
    path("my-work/texts/<int:pk>/discard/", saved_texts.discard, name="saved_text_discard"),
    path("manage/mail-in/", oversight.mail_in, name="mail_in"),
    path("manage/redaction/", oversight.redact, name="redact"),
    path(REQUEST, requests.request_detail, name="request_detail"),
    path(f"{REQUEST}conversation/", conversation.conversation, name="conversation"),
    path(f"{REQUEST}conversation/<int:hold>/", conversation.answer_questions, name="answer"),
    path(f"{REQUEST}notes/", conversation.notes, name="notes"),
    path(f"{REQUEST}files/<int:file>/", files.of_request, name="request_file"),
    path(f"{REQUEST}framing/", requests.framing, name="request_framing"),
    *path_routes(f"{REQUEST}path/", "path_today", which="today"),
    *path_routes(f"{REQUEST}path/agreed/", "path_agreed", which="agreed"),
    path(f"{REQUEST}path/begin/", paths.begin_agreed, {"which": "agreed"}, name="path_begin"),
    path(f"{REQUEST}path/picture.svg", paths.picture, {"which": "today"}, name="path_picture"),
    path(
        f"{REQUEST}path/agreed/picture.svg",
        paths.picture,
        {"which": "agreed"},
        name="path_agreed_picture",
    ),
    path("paths/breaks/", paths.breaks, name="path_breaks"),
    path(f"{REQUEST}framing/need/", beliefs.need, name="edit_need"),
    path(f"{REQUEST}framing/need/agree/", beliefs.tick, name="tick_need"),
    path(f"{REQUEST}framing/hypothesis/", beliefs.hypothesis, name="hypothesis"),
    path("cadence/", cadence.calendar, name="cadence"),
    path("cadence/new/", cadence.new, name="cadence_new"),
    path("cadence/<int:number>/", cadence.edit, name="cadence_edit"),
    path("manage/library/", library.questions, name="library"),
    path("manage/library/new/", library.new, name="library_new"),
    path("manage/library/<int:number>/", library.edit, name="library_edit"),
    path(f"{REQUEST}discovery/", discovery.discovery, name="discovery"),
    path(f"{REQUEST}discovery/new/", discovery.plan, name="plan_talk"),
    path(f"{REQUEST}discovery/<int:n>/", discovery.talk, name="talk"),
    path(f"{REQUEST}discovery/<int:n>/talk.ics", discovery.calendar, name="talk_calendar"),
    path(f"{REQUEST}discovery/<int:n>/answer/", discovery.read_back, name="talk_read_back"),
    path(f"{REQUEST}discovery/<int:n>/do/<slug:act>/", discovery.act, name="talk_act"),
    path(f"{REQUEST}history/", requests.history, name="request_history"),
    path(f"{REQUEST}clocks/<slug:metric>/", requests.clock, name="request_clock"),
    path(f"{REQUEST}need/", agreement.play_back, name="play_back"),
    path(f"{REQUEST}proposal/", agreement.proposal, name="proposal"),
    path(f"{REQUEST}proposal/none/", agreement.refuse, name="refuse"),
    path(f"{REQUEST}result/", agreement.result, name="result"),
    path(f"{REQUEST}result/missing/", agreement.not_finished, name="not_finished"),
    path(f"{REQUEST}withdraw/", agreement.withdraw, name="withdraw"),
    path(f"{REQUEST}again/", deciding.look_again, name="look_again"),
    path(f"{REQUEST}reopen/", deciding.reopen, name="reopen"),
    path(f"{REQUEST}decision/", deciding.record_decision, name="record_decision"),
    path(f"{REQUEST}late/", deciding.new_date, name="new_date"),
    path(f"{REQUEST}framing/<slug:slug>/", deciding.amend, name="amend"),
    path(f"{REQUEST}people/", people.people, name="people"),
    path(f"{REQUEST}people/<int:person>/remove/", people.remove_person, name="remove_person"),
    path(f"{REQUEST}people/audience/", people.change_audience, name="change_audience"),
    path(f"{REQUEST}access/", people.ask_access, name="ask_access"),
    # The blueprint
    path(BLUEPRINT, blueprint.blueprint_page, name="blueprint"),
    path(f"{BLUEPRINT}start/", blueprint.start, name="blueprint_start"),
    path(f"{BLUEPRINT}sign/", blueprint.sign, name="blueprint_sign"),
    path(f"{BLUEPRINT}change/", blueprint.change, name="blueprint_change"),
    path(f"{BLUEPRINT}change/drop/", blueprint.drop, name="blueprint_drop"),
    path(f"{BLUEPRINT}versions/<int:number>/", blueprint.version, name="blueprint_version"),
    path(f"{BLUEPRINT}compare/<int:a>/<int:b>/", blueprint.compare, name="blueprint_compare"),
    path(f"{BLUEPRINT}steps/<int:step>/", blueprint.finish_step, name="blueprint_step"),
    path(f"{BLUEPRINT}comments/<int:comment>/", blueprint.resolve, name="blueprint_resolve"),
    path(f"{BLUEPRINT}<slug:part>/", blueprint.edit, name="blueprint_part"),
    path(f"{BLUEPRINT}<slug:part>/begin/", blueprint.begin, name="blueprint_begin"),
    path(f"{BLUEPRINT}<slug:part>/agree/", blueprint.agree, name="blueprint_agree"),
    path(f"{BLUEPRINT}<slug:part>/changes/", blueprint.changes, name="blueprint_changes"),
    path(f"{BLUEPRINT}<slug:part>/comment/", blueprint.comment, name="blueprint_comment"),
    # Pilots
    path("pilots/", pilots.pilot_list, name="pilots"),
    path("pilots/<int:pilot>/", pilots.pilot_detail, name="pilot_detail"),
    path(PILOT, pilots.of_work, name="pilot"),
    path(f"{PILOT}set-up/", pilots.set_up, name="pilot_set_up"),
    path(f"{PILOT}check-ins/new/", pilots.check_in, name="check_in"),
    path(f"{PILOT}steps/<int:step>/feedback/", pilots.feedback, name="step_feedback"),
    path(f"{PILOT}widen/", pilots.widen, name="pilot_widen"),
    path(f"{PILOT}end/", pilots.end, name="pilot_end"),
    path(f"{PILOT}decide/", pilots.decide, name="pilot_decide"),
    # Triage
    path("triage/", queue.queue_page, name="queue"),
    path("triage/<str:reference>/", triage.triage_detail, name="triage_detail"),
    path("triage/<str:reference>/tick/<int:criterion>/", triage.tick, name="triage_tick"),
    path("triage/<str:reference>/similar/", similar.triage_similar, name="triage_similar"),
    path("triage/<str:reference>/<slug:name>/", triage.triage_act, name="triage_act"),
    # Looking after the rules of solution language
    path("manage/questions/", questions.question_list, name="questions"),
    path("manage/questions/<slug:slug>/", questions.question_edit, name="question_edit"),
    path("manage/rules/", rules.overview, name="rules"),
    path("manage/rules/edit/", rules.edit, name="rules_edit"),
    path("manage/rules/<int:number>/", rules.version, name="rules_version"),
]
