"""The queue in one query; a form of one field, and its submission with the least that keeps it.

What is kept is what the portal keeps: a number without gaps, two promises in working days, what
happened, and a notice that is owed.
"""

from datetime import UTC, datetime, timedelta

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from bench.limit.models import Ask, Clock, Event, Hours, Notice, Second

PAGE = 50
NUMBER = """
    INSERT INTO limit_counter (name, value) VALUES ('ask', 1)
    ON CONFLICT (name) DO UPDATE SET value = limit_counter.value + 1 RETURNING value
"""


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
    hours = Hours.objects.get()
    reply, proposal = due(hours, now, 1), due(hours, now, 5)
    with transaction.atomic():
        ask = Ask.objects.create(
            number=next_number(),
            title=text[:90],
            text=text,
            state="open",
            requester=request.user,
            department_id=1,
            received_at=now,
            queue_at=reply,
        )
        Clock.objects.create(ask=ask, due_at=reply, next_event_at=reply)
        Second.objects.create(ask=ask, due_at=proposal, next_event_at=proposal)
        kinds = ("received", "reply promised", "proposal promised")
        Event.objects.bulk_create(Event(ask=ask, kind=k, by=request.user, at=now) for k in kinds)
        Notice.objects.create(key=f"received:{ask.pk}", to=request.user, created_at=now)
    return redirect("/sent/")


def due(hours, start, days):
    """So many days on which work is done after `start`, at its time of day."""
    while days:
        start += timedelta(days=1)
        days -= bool(hours.week[start.weekday()])
    return start


def next_number():
    with connection.cursor() as cursor:
        cursor.execute(NUMBER)
        return cursor.fetchone()[0]


def sent(request):
    return HttpResponse("Sent")
