"""Making the whole demo: promises, services, people, and what happened in four months."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from catalog.models import Service
from catalog.services.publishing import publish
from catalog.services.starter import make_starter_catalog, parts_of, starter_document
from intake.models import WorkRequest
from pmo_portal.demo.acts import ACTS, Scene
from pmo_portal.demo.agreeing import AGREEING
from pmo_portal.demo.handing import finish_next, handoff_moments
from pmo_portal.demo.outcomes import make_outcomes
from pmo_portal.demo.people import make_people
from pmo_portal.demo.player import Act, Player
from pmo_portal.demo.recurring import make_cadences
from pmo_portal.demo.reviews import make_reviews
from pmo_portal.demo.sending import send
from pmo_portal.demo.story import Story, stories
from pmo_portal.demo.working_time import DAY, after, before
from sla.business_time import WorkingCalendar
from sla.models import BusinessCalendar, SlaPolicy
from sla.services import hours
from sla.services.starter import CALENDAR, make_starter_policies

OPENED = timedelta(days=182)
RENEWED = 60 * DAY
RENEWED_SERVICE = "forecast-check"
Told = Callable[[int, int], None]


class Made(NamedTuple):
    people: int
    requests: int


def is_empty() -> bool:
    """Whether nobody has begun to use this installation."""
    used = (User, WorkRequest, SlaPolicy, Service)
    return not any(model._default_manager.exists() for model in used)


@transaction.atomic
def make_organisation(now: datetime, *, told: Told) -> Made:
    """Make the demo as it would stand at `now`; all of it, or nothing.

    `told` hears after each act how many there were, and out of how many.
    """
    opened = now - OPENED
    make_starter_policies(opened)
    people = make_people(opened)
    make_starter_catalog(opened, owner=people["lena"])
    make_cadences(opened, now=now, keeper=people["lena"])
    acts = _acts(people, now)
    first = min(act.at for act in acts)
    Player(first).play(acts, until=now, told=lambda number: told(number, len(acts)))
    make_outcomes(people, now)
    make_reviews(people, now)
    return Made(User.objects.count(), WorkRequest.objects.count())


def _acts(people: dict[str, User], now: datetime) -> list[Act]:
    """Everything that has happened by now, in the order it is told."""
    calendar = hours.timetable(BusinessCalendar.objects.get(slug=CALENDAR)).hours
    # Always the same demo, but for its dates.
    place, luck = count(), Random(4400)  # noqa: S311
    courses = [Course(story, people, calendar, luck, now) for story in stories()]
    told = [act for course in courses for act in course.acts(place)]
    renewed = before(calendar, now, RENEWED)
    told.append(Act(renewed, next(place), lambda at: _renew(people["lena"], at)))
    return [act for act in told if act.at <= now]


class Course:
    """One story with its moments, and the request that it is about once that is sent."""

    def __init__(
        self,
        story: Story,
        people: dict[str, User],
        calendar: WorkingCalendar,
        luck: Random,
        now: datetime,
    ) -> None:
        self.story, self.calendar, self.luck = story, calendar, luck
        self.requester = people[story.person]
        self.analyst = people[story.analyst or "dana"]
        # Nobody sends or answers on the stroke of the hour.
        self.sent = before(calendar, now, story.sent + timedelta(minutes=luck.randint(1, 25)))
        self.scene: Scene | None = None

    def acts(self, place: Iterator[int]) -> Iterator[Act]:
        yield Act(self.sent, next(place), self._send)
        moment, service = self.sent, ""
        for step in self.story.course:
            moment = after(self.calendar, moment, step.after)
            yield Act(moment, next(place), self._take(step.act, step.words))
            if step.act == "propose":
                service = step.words["service"]
            if step.act == "choose" and not step.words.get("together"):
                level = step.words["tier"]
                for done in handoff_moments(service, level, moment, self.calendar):
                    yield Act(done, next(place), self._hand)

    def _hand(self, at: datetime) -> None:
        assert self.scene is not None
        finish_next(self.scene.work, at)

    def _send(self, at: datetime) -> None:
        work = send(self.story, self.requester, at=at, luck=self.luck)
        self.scene = Scene(work.pk, self.requester, self.analyst, self.calendar)

    def _take(self, name: str, words: dict[str, object]) -> Callable[[datetime], None]:
        def take(at: datetime) -> None:
            assert self.scene is not None
            (ACTS | AGREEING)[name](self.scene, words, at)

        return take


def _renew(owner: User, at: datetime) -> None:
    """Publish a second version of one service, so that there is an older one to read."""
    parts = deepcopy(parts_of(starter_document(RENEWED_SERVICE)))
    parts["tiers"][-1]["your_time"] = "3 h once, then 1 h every two weeks"
    service = Service.objects.get(slug=RENEWED_SERVICE)
    publish(service, **parts, actor=owner, at=at, note="Gold asks one hour less of you")
