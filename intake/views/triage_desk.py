"""The acts that sort requests: join, move to another lane, tag, weigh, link to a problem."""

from datetime import datetime

from accounts.models import User
from intake import policies
from intake.forms import sorting as forms
from intake.models import Joining
from intake.services import lanes, merging, problems, reframing, weighing
from intake.states import State
from intake.views.triage_act import Act, Form, Work, given


def _can_sort(user: User, work: Work) -> bool:
    return policies.can_triage(user, work) and work.is_open


def _merge(work: Work, form: Form, actor: User, at: datetime) -> Joining:
    words = given(form, "words", "brings_answers", "seen")
    return merging.merge(work, into=form.kept(), actor=actor, at=at, **words)


def _was_merged(work: Work, form: Form, actor: User) -> bool:
    return work.state == State.MERGED and work.merged_into_id == form.kept().pk


def _switch(work: Work, form: Form, actor: User, at: datetime) -> object:
    words = given(form, "reason", "seen")
    return lanes.switch(work, lane=form.lane, actor=actor, at=at, **words)


def _label(work: Work, form: Form, actor: User, at: datetime) -> object:
    label = form.cleaned_data["label"]
    if label == forms.LabelForm.RULES:
        return reframing.unlabel_solution(work, actor=actor, at=at)
    is_solution = label == forms.LabelForm.SOLUTION
    return reframing.label_solution(work, is_solution=is_solution, actor=actor, at=at)


def _tag(work: Work, form: Form, actor: User, at: datetime) -> object:
    return weighing.tag(work, names=form.cleaned_data["tags"], actor=actor, at=at)


def _weigh(work: Work, form: Form, actor: User, at: datetime) -> object:
    words = given(form, "cost_of_delay", "effect", "priority", "why")
    return weighing.weigh(work, actor=actor, at=at, **words)


def _link(work: Work, form: Form, actor: User, at: datetime) -> None:
    """Link to a problem that is there, to a new one, or to none any more."""
    if form.cleaned_data["problem"] == forms.NONE:
        problems.unlink(work, actor=actor, at=at)
        return
    problems.link_to(work, form.known(), title=form.cleaned_data["title"], actor=actor, at=at)


DESK = (
    Act(
        "merge",
        "Merge",
        "Join them",
        forms.MergeForm,
        policies.can_give_verdict,
        _merge,
        _was_merged,
        "joined with another request",
        part="intake/triage/_part_merge.html",
        goes_on=True,
        has_preview=True,
        key="m",
    ),
    Act(
        "lane",
        "Move lane",
        "Move it",
        forms.LaneForm,
        policies.can_give_verdict,
        _switch,
        lambda work, form, actor: False,
        "moved to the other lane",
        part="intake/triage/_part_lane.html",
        key="s",
    ),
    Act(
        "label",
        "Label their words",
        "Save the label",
        forms.LabelForm,
        policies.can_triage,
        _label,
        lambda work, form, actor: False,
        "labelled",
        hint="The rules are measured against what people of the PMO say. Requesters never see it.",
        key="y",
    ),
    Act(
        "tag",
        "Tag",
        "Save the tags",
        forms.TagForm,
        _can_sort,
        _tag,
        lambda work, form, actor: False,
        "tagged",
        hint="Words of the PMO’s own, to find requests by. Requesters never see them.",
    ),
    Act(
        "weigh",
        "Weigh",
        "Save",
        forms.WeighForm,
        _can_sort,
        _weigh,
        lambda work, form, actor: False,
        "weighed",
        part="intake/triage/_part_weigh.html",
    ),
    Act(
        "problem",
        "Link to a problem",
        "Link it",
        forms.ProblemForm,
        _can_sort,
        _link,
        lambda work, form, actor: False,
        "linked",
        hint="Requests that are symptoms of one problem are closed together.",
    ),
)
