"""What goes over the wire, in the words of the screens."""

from typing import Any

from rest_framework import serializers

from catalog.models import Measurement, OutcomeMetric, Service, ServiceTier
from intake.models import Hold, HoldQuestion, Message, Verdict, WorkRequest
from sla.models import Clock

TEXT = 4000


class PersonSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    email = serializers.EmailField()
    area = serializers.CharField(source="department.name", default=None, allow_null=True)


class MeSerializer(PersonSerializer):
    roles = serializers.SerializerMethodField()

    def get_roles(self, person: Any) -> list[str]:
        return sorted(person.roles)


class RequestSerializer(serializers.ModelSerializer[WorkRequest]):
    """A request as this reader may see it. `version` is what an act was based on: send it back."""

    title = serializers.SerializerMethodField()
    ask = serializers.SerializerMethodField()
    state_words = serializers.CharField(source="get_state_display", read_only=True)
    requester = PersonSerializer(read_only=True)
    analyst = PersonSerializer(read_only=True, allow_null=True)
    area = serializers.CharField(source="department.name", default=None, read_only=True)
    service = serializers.SlugField(source="service.slug", default=None, read_only=True)
    tier = serializers.CharField(source="tier.level", default=None, read_only=True)
    address = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = WorkRequest
        fields = (
            "reference",
            "title",
            "ask",
            "need",
            "state",
            "state_words",
            "lane",
            "urgency",
            "requester",
            "analyst",
            "area",
            "service",
            "tier",
            "needed_by",
            "received_at",
            "closed_at",
            "parked_until",
            "version",
            "address",
        )
        read_only_fields = fields

    def get_title(self, work: WorkRequest) -> str:
        return "" if self._hides(work) else work.title

    def get_ask(self, work: WorkRequest) -> str:
        return "" if self._hides(work) else work.ask

    def _hides(self, work: WorkRequest) -> bool:
        """Whether what they said is for the PMO only, and this reader is neither side."""
        hidden: set[int] = self.context.get("hidden", set())
        return work.pk in hidden


class ClockSerializer(serializers.ModelSerializer[Clock]):
    """One promise that runs, or ran, on a request. Moments are in UTC."""

    class Meta:
        model = Clock
        fields = ("metric", "part", "cycle", "state", "started_at", "due_at", "ended_at", "outcome")
        read_only_fields = fields


class MessageSerializer(serializers.ModelSerializer[Message]):
    author = serializers.CharField(source="author.name", default=None, read_only=True)

    class Meta:
        model = Message
        fields = ("id", "author", "from_pmo", "is_internal", "text", "sent_at")
        read_only_fields = ("id", "author", "from_pmo", "sent_at")


class NewMessageSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=TEXT)
    is_internal = serializers.BooleanField(default=False)


class QuestionSerializer(serializers.ModelSerializer[HoldQuestion]):
    class Meta:
        model = HoldQuestion
        fields = ("position", "text", "answer", "answered_at")
        read_only_fields = fields


class HoldSerializer(serializers.ModelSerializer[Hold]):
    questions = QuestionSerializer(many=True, read_only=True)

    class Meta:
        model = Hold
        fields = ("id", "asked_at", "why", "is_blocking", "lifted_at", "questions")
        read_only_fields = fields


class SeenSerializer(serializers.Serializer[Any]):
    """The version of the request that this is based on; left out, the newest one counts."""

    seen = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class AskSerializer(SeenSerializer):
    questions = serializers.ListField(
        child=serializers.CharField(max_length=500), min_length=1, max_length=3
    )
    blocks = serializers.BooleanField(default=False)
    why = serializers.CharField(max_length=300, default="", allow_blank=True)


class AnswerQuestionsSerializer(serializers.Serializer[Any]):
    """Answers by the position of the question, such as {"1": "The two in the north"}."""

    answers = serializers.DictField(child=serializers.CharField(max_length=TEXT))

    def validate_answers(self, given: dict[str, str]) -> dict[int, str]:
        if not given or not all(key.isascii() and key.isdigit() and len(key) < 3 for key in given):
            raise serializers.ValidationError("Name each answer by its question's number.")
        return {int(key): text for key, text in given.items()}


class PlayBackSerializer(SeenSerializer):
    text = serializers.CharField(min_length=20, max_length=2000)


class ProposeSerializer(SeenSerializer):
    service = serializers.SlugField()
    tier = serializers.ChoiceField(choices=ServiceTier.Level.choices)
    why = serializers.CharField(max_length=300)


class AnswerSerializer(SeenSerializer):
    text = serializers.CharField(max_length=TEXT)


class DeclineSerializer(SeenSerializer):
    reason = serializers.ChoiceField(choices=Verdict.Reason.choices)
    explanation = serializers.CharField(min_length=40, max_length=TEXT)
    alternative = serializers.CharField(max_length=TEXT)


class ParkSerializer(SeenSerializer):
    until = serializers.DateField(required=False, allow_null=True, default=None)
    event = serializers.CharField(max_length=200, default="", allow_blank=True)
    explanation = serializers.CharField(max_length=TEXT)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given["until"] and not given["event"]:
            raise serializers.ValidationError({"until": ["A day, or what has to happen first."]})
        return given


class NewRequestSerializer(serializers.Serializer[Any]):
    """Answers by question, each an object of its fields, as `GET /questions/` lists them."""

    answers = serializers.DictField(child=serializers.DictField())


class TierSerializer(serializers.ModelSerializer[ServiceTier]):
    class Meta:
        model = ServiceTier
        fields = (
            "level",
            "words",
            "you_will_know",
            "you_will_not_get",
            "promise",
            "exactness",
            "your_time",
            "first_result_days",
        )
        read_only_fields = fields


class ServiceSerializer(serializers.ModelSerializer[Service]):
    name = serializers.CharField(source="current.name", read_only=True)
    outcome = serializers.CharField(source="current.outcome", read_only=True)
    tiers = TierSerializer(source="current.tiers", many=True, read_only=True)

    class Meta:
        model = Service
        fields = ("slug", "name", "outcome", "state", "tiers")
        read_only_fields = fields


class MetricSerializer(serializers.ModelSerializer[OutcomeMetric]):
    class Meta:
        model = OutcomeMetric
        fields = ("slug", "name", "question")
        read_only_fields = fields


class ReadingSerializer(serializers.ModelSerializer[Measurement]):
    """One reading of an outcome promise. Which parts count depends on the promise's kind."""

    class Meta:
        model = Measurement
        fields = ("reference", "at", "done_at", "forecast", "actual", "holds", "evidence")
        extra_kwargs = {
            name: {"required": False} for name in ("done_at", "forecast", "actual", "holds")
        }


class AskedSerializer(serializers.Serializer[Any]):
    """A question with its fields, as `POST /requests/` takes them."""

    slug = serializers.CharField()
    asks = serializers.CharField(source="words.label", default="")
    lanes = serializers.ListField(child=serializers.CharField(), source="rules.lanes")
    required_in = serializers.ListField(child=serializers.CharField(), source="rules.required")
    fields_of_it = serializers.ListField(child=serializers.CharField(), source="rules.order")
