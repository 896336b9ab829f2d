"""The queue in one query; a form of one field, and its submission in three inserts."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from bench.limit.models import Ask, Clock, Notice

PAGE = 50


class AskForm(forms.Form):
    text = forms.CharField(min_length=20, max_length=1500)


@login_required
def queue(request):
    asks = Ask.objects.filter(state="open")
    if after := request.GET.get("after"):
        stamp, pk = after.split("_")
        moment = datetime.fromtimestamp(float(stamp), UTC)
        behind = Q(queue_at__gt=moment) | Q(queue_at=moment, pk__gt=int(pk))
        asks = asks.filter(behind, queue_at__gte=moment)
    related = asks.select_related("requester", "department", "analyst", "tier", "clock")
    rows = list(related.order_by("queue_at", "pk")[:PAGE])
    return render(request, "queue.html", {"rows": rows})


@login_required
def submit(request):
    form = AskForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=422)
    now, text = datetime.now(UTC), form.cleaned_data["text"]
    with transaction.atomic():
        ask = Ask.objects.create(
            title=text[:90],
            text=text,
            state="open",
            requester=request.user,
            department_id=1,
            received_at=now,
            queue_at=now + timedelta(days=1),
        )
        Clock.objects.create(
            ask=ask, due_at=now + timedelta(days=1), next_event_at=now + timedelta(hours=12)
        )
        Notice.objects.create(key=f"received:{ask.pk}", to=request.user, created_at=now)
    return redirect("/sent/")


def sent(request):
    return HttpResponse("Sent")
