"""The blueprint's pages: reading it, starting it, writing its parts, agreeing and talking."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.blueprints.difference import difference
from intake.blueprints.parts import NUMBERS, Part, text
from intake.forms.blueprint import FORMS, ChangeForm, CommentForm, PartForm, SignForm, StartForm
from intake.models import BlueprintPart
from intake.reading.blueprint_page import BlueprintPage, compared, summed
from intake.reading.request_page import RequestPage
from intake.services import blueprint, duties, signing
from intake.services.blueprint import (
    AlreadyStartedError,
    NoOpenVersionError,
    NotCompleteError,
    PartChangedError,
)
from intake.services.signing import VersionChangedError
from intake.states import IllegalMoveError
from intake.views.loading import of_request

METHODS = ["GET", "HEAD", "POST"]
GONE = (AlreadyStartedError, NoOpenVersionError, IllegalMoveError)


def shown(request: PortalRequest, page: RequestPage) -> BlueprintPage:
    return BlueprintPage(page.work, request.user, page.now)


def context(page: RequestPage, blue: BlueprintPage, **more: Any) -> dict[str, Any]:
    return page.shown_on("blueprint").context(blue=blue, **more)


def back(page: RequestPage, part: str = "") -> HttpResponse:
    address = reverse("intake:blueprint", args=[page.work.reference])
    return redirect(f"{address}#part-{NUMBERS[part]}" if part else address)


def moved_on(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Somebody was faster: lead to where the blueprint stands."""
    messages.info(request, "That was done meanwhile. This is where the blueprint stands.")
    return back(page)


def part_or_404(name: str) -> str:
    if name not in Part.values:
        raise Http404
    return name


@require_safe
@of_request
def blueprint_page(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """The whole blueprint: what is being written, or what is in force."""
    blue = shown(request, page)
    comment = CommentForm()
    return render(request, "intake/blueprint/page.html", context(page, blue, comment=comment))


@require_POST
@of_request
def start(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Begin it, from the standard, a copy or a blank page; or take the standard as it is."""
    blue = shown(request, page)
    require(policies.can_shape(request.user, page.work))
    at = database_now()
    try:
        if "take" in request.POST:
            signing.take_standard(page.work, actor=request.user, at=at)
            messages.success(request, "The standard is signed. The work begins now.")
            return redirect(page.work)
        form = StartForm(request.POST, sources=blue.sources)
        if not form.is_valid():
            return render(
                request, "intake/blueprint/page.html", context(page, blue, form=form), status=422
            )
        source, origin = form.cleaned_data["source"], form.origin
        blueprint.start(page.work, source=source, copied_from=origin, actor=request.user, at=at)
    except GONE:
        return moved_on(request, page)
    return back(page)


@require_POST
@of_request
def begin(request: PortalRequest, page: RequestPage, part: str) -> HttpResponse:
    """Name oneself as the one who is writing in a part, then open its form."""
    part = part_or_404(part)
    require(policies.can_shape(request.user, page.work))
    try:
        blueprint.begin_editing(page.work, part, actor=request.user, at=database_now())
    except GONE:
        return moved_on(request, page)
    return redirect("intake:blueprint_part", page.work.reference, part)


@require_http_methods(METHODS)
@of_request
def edit(request: PortalRequest, page: RequestPage, part: str) -> HttpResponse:
    """The form of one part. Saving over a newer text shows both and loses neither."""
    part = part_or_404(part)
    require(policies.can_shape(request.user, page.work))
    blue = shown(request, page)
    if blue.open_version is None:
        return moved_on(request, page)
    row = blue.rows[part]
    data = request.POST if request.method == "POST" else None
    form = FORMS[part](data, content=row.content, seen=row.pk)
    if data is not None and "leave" in data:
        blueprint.stop_editing(page.work, part, actor=request.user)
        return back(page, part)
    wants_rows = data is not None and "more" in data
    if data is None or wants_rows or not form.is_valid():
        status = 422 if data is not None and not wants_rows else 200
        return part_page(request, page, blue, row, form, status=status)
    return save_part(request, page, blue, row, form)


def part_page(
    request: PortalRequest,
    page: RequestPage,
    blue: BlueprintPage,
    row: BlueprintPart,
    form: PartForm,
    *,
    status: int = 200,
    newer: BlueprintPart | None = None,
) -> HttpResponse:
    held = blue.locks.get(row.part)
    more: dict[str, Any] = {
        "form": form,
        "row": row,
        "lock": held if held and held.person != request.user else None,
    }
    if newer is not None:
        typed = text(row.part, form.content())
        more |= {"newer": newer, "newer_text": _text(newer)}
        more |= {"found": difference(_text(newer), typed)}
    return render(request, "intake/blueprint/part.html", context(page, blue, **more), status=status)


def _text(row: BlueprintPart) -> str:
    return text(row.part, row.content)


def save_part(
    request: PortalRequest,
    page: RequestPage,
    blue: BlueprintPage,
    row: BlueprintPart,
    form: PartForm,
) -> HttpResponse:
    seen = form.cleaned_data["seen"] or 0
    try:
        now = blueprint.edit(
            page.work, row.part, form.content(), seen=seen, actor=request.user, at=database_now()
        )
    except PartChangedError as conflict:
        return part_page(request, page, blue, row, form, status=409, newer=conflict.current)
    except GONE:
        return moved_on(request, page)
    said = "Nothing was changed." if now.pk == row.pk else f"Part {row.number} is saved."
    messages.success(request, said)
    return back(page, row.part)


@require_POST
@of_request
def agree(request: PortalRequest, page: RequestPage, part: str) -> HttpResponse:
    """Tick a part; the text that was read is named, so that no other one is ticked."""
    part = part_or_404(part)
    require(policies.can_shape(request.user, page.work))
    posted = request.POST.get("seen", "")
    seen = int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 18 else 0
    try:
        blueprint.agree(page.work, part, seen=seen, actor=request.user, at=database_now())
    except NotCompleteError as lacking:
        messages.error(request, f"Part {NUMBERS[part]} is not complete. {lacking.problems[0]}")
    except PartChangedError as conflict:
        by = conflict.current.written_by.name
        words = f"Part {NUMBERS[part]} was changed by {by} meanwhile. Look again before you agree"
        messages.error(request, words)
    except GONE:
        return moved_on(request, page)
    return back(page, part)


@require_safe
@of_request
def changes(request: PortalRequest, page: RequestPage, part: str) -> HttpResponse:
    """What changed in a part since this reader's side agreed to it, word by word."""
    part = part_or_404(part)
    blue = shown(request, page)
    if part not in blue.rows:
        raise Http404
    row = blue.rows[part]
    more = {"row": row, "was": blue.before(row), "found": blue.change_of(row)}
    return render(request, "intake/blueprint/changes.html", context(page, blue, **more))


@require_POST
@of_request
def comment(request: PortalRequest, page: RequestPage, part: str) -> HttpResponse:
    """Remark on a part, or answer a remark."""
    part = part_or_404(part)
    require(policies.can_comment(request.user, page.work))
    form = CommentForm(request.POST)
    thread = None
    if form.is_valid() and form.cleaned_data["thread"]:
        threads = page.work.blueprint_comments.filter(part=part, thread=None)
        thread = threads.filter(pk=form.cleaned_data["thread"]).first()
    if not form.is_valid():
        blue = shown(request, page)
        more = {"comment": form, "commented": part, "form": form}
        return render(
            request, "intake/blueprint/page.html", context(page, blue, **more), status=422
        )
    blueprint.comment(
        page.work, part, text=form.cleaned_data["text"], thread=thread, actor=request.user,
        at=database_now(),
    )  # fmt: skip
    return back(page, part)


@require_POST
@of_request
def resolve(request: PortalRequest, page: RequestPage, comment: int) -> HttpResponse:
    """Close a thread of comments."""
    require(policies.can_comment(request.user, page.work))
    thread = page.work.blueprint_comments.filter(pk=comment, thread=None).first()
    if thread is None:
        raise Http404
    blueprint.resolve(page.work, thread, actor=request.user, at=database_now())
    return back(page, thread.part)


@require_POST
@of_request
def finish_step(request: PortalRequest, page: RequestPage, step: int) -> HttpResponse:
    """Say that a handoff happened or a promise was kept."""
    require(policies.can_finish_step(request.user, page.work))
    agreed = getattr(page.work, "blueprint", None)
    duty = agreed.duties.filter(pk=step).first() if agreed else None
    if duty is None:
        raise Http404
    duties.finish(page.work, duty, actor=request.user, at=database_now())
    messages.success(request, "Done. The clock of this step has stopped.")
    return back(page)


@require_safe
@of_request
def version(request: PortalRequest, page: RequestPage, number: int) -> HttpResponse:
    """One version as it reads, or read when it was replaced; also made for paper."""
    blue = shown(request, page)
    found = blue.version_of(number)
    if found is None:
        raise Http404
    read = BlueprintPage(page.work, request.user, page.now)
    read.rows = blueprint.current_parts(found)
    return render(
        request,
        "intake/blueprint/version.html",
        context(page, read, version=found, printed_at=page.now),
    )


@require_safe
@of_request
def compare(request: PortalRequest, page: RequestPage, a: int, b: int) -> HttpResponse:
    """Two versions, part by part; what did not change is folded."""
    blue = shown(request, page)
    before, after = blue.version_of(a), blue.version_of(b)
    if before is None or after is None:
        raise Http404
    parts = compared(before, after)
    more = {"before": before, "after": after, "parts": parts, "summary": summed(parts)}
    return render(request, "intake/blueprint/compare.html", context(page, blue, **more))


@require_http_methods(METHODS)
@of_request
def sign(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Agree to the whole by name; what is missing is said before."""
    blue = shown(request, page)
    if blue.open_version is None:
        return moved_on(request, page)
    number, digest = blue.open_version.number, blue.digest
    data = request.POST if request.method == "POST" else None
    form = SignForm(data, number=number, digest=digest)
    if data is not None:
        require(bool(blue.side) or bool(blue.side_to_sign))
        if form.is_valid():
            return _sign(request, page, blue, form)
    if data is not None and not str(data.get("number", "")).isdigit():
        form = SignForm({"agree": data.get("agree", "")}, number=number, digest=digest)
    status = 422 if data is not None else 200
    return render(
        request, "intake/blueprint/sign.html", context(page, blue, form=form), status=status
    )


def _sign(
    request: PortalRequest, page: RequestPage, blue: BlueprintPage, form: SignForm
) -> HttpResponse:
    number, digest = form.cleaned_data["number"], form.cleaned_data["digest"]
    more: dict[str, Any] = {}
    try:
        signed = signing.sign(
            page.work, number=number, digest=digest, actor=request.user, at=database_now()
        )
    except VersionChangedError as conflict:
        fresh = shown(request, page)
        assert fresh.open_version is not None
        form = SignForm(None, number=fresh.open_version.number, digest=fresh.digest)
        more = {"form": form, "conflict": conflict, "read_number": number}
        return render(
            request, "intake/blueprint/sign.html", context(page, fresh, **more), status=409
        )
    except NotCompleteError:
        return render(
            request, "intake/blueprint/sign.html", context(page, blue, form=form), status=422
        )
    except PermissionDenied:
        if blue.side:
            return moved_on(request, page)
        raise
    except GONE:
        return moved_on(request, page)
    done = signed.signed_at is not None
    told = "It is in force now." if done else "The other side signs next."
    messages.success(request, f"You agreed to version {number}. {told}")
    return back(page)


@require_http_methods(METHODS)
@of_request
def change(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Propose a change of what was signed: a new version, which has to be signed again."""
    require(policies.can_shape(request.user, page.work))
    blue = shown(request, page)
    if not blue.may_propose_change and request.method != "POST":
        return moved_on(request, page)
    form = ChangeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(
            request, "intake/blueprint/change.html", context(page, blue, form=form), status=status
        )
    try:
        reason = form.cleaned_data["reason"]
        signing.propose_change(page.work, reason=reason, actor=request.user, at=database_now())
    except GONE:
        return moved_on(request, page)
    return back(page)


@require_POST
@of_request
def drop(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Give a proposed change up."""
    require(policies.can_shape(request.user, page.work))
    try:
        signing.drop_change(page.work, actor=request.user, at=database_now())
    except GONE:
        return moved_on(request, page)
    messages.success(request, "The change was given up. What was signed stays in force.")
    return back(page)
