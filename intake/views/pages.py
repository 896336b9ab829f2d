"""Pages that explain: how it works, the promises, the glossary, help, accessibility."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from intake import track_record
from intake.effort import efforts
from intake.glossary import terms
from intake.reading.talking import next_hour


def how_it_works(request: HttpRequest) -> HttpResponse:
    """What happens from the first sentence to the result."""
    return render(request, "pages/how_it_works.html", {"efforts": efforts(at=timezone.now())})


def promises(request: HttpRequest) -> HttpResponse:
    """How we kept our promises in the last six months."""
    months, records = track_record.promise_records(timezone.now())
    return render(request, "pages/promises.html", {"months": months, "records": records})


def glossary(request: HttpRequest) -> HttpResponse:
    """The words that the front door uses, each with one meaning."""
    return render(request, "pages/glossary.html", {"terms": terms()})


def help_page(request: HttpRequest) -> HttpResponse:
    """Where to find help, and answers to what people ask most."""
    now = timezone.now()
    context = {"efforts": efforts(at=now), "talk": next_hour(now)}
    return render(request, "pages/help.html", context)


def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, and whom to tell when something does not."""
    return render(request, "pages/accessibility.html")
