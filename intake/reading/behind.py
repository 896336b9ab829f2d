"""What lies behind a request's words, for the person of the PMO who plays the need back."""

from dataclasses import dataclass

from intake.models import Reframe, SolutionLabel, WorkRequest
from intake.reading.marked import Marked, level_words, marked
from intake.reframe.engine import Reading, read
from intake.reframe.rules import Rules
from intake.services.rules import rules_in_force


@dataclass(frozen=True)
class Behind:
    """The ask as the rules read it today, beside what the requester said about it."""

    said: list[Marked]
    reading: Reading
    questions: tuple[str, ...]
    words: str
    reframe: Reframe | None
    label: SolutionLabel | None

    @property
    def answered(self) -> list[tuple[str, str]]:
        """The reframe page's questions that got an answer; the words are those of today."""
        given = self.reframe.answers if self.reframe else {}
        known = {str(number): words for number, words in enumerate(self.questions, start=1)}
        return [(known[name], text) for name, text in sorted(given.items()) if name in known]

    @property
    def asked(self) -> tuple[str, ...]:
        """What to ask the requester in the talk; nothing where they answered it already."""
        return () if self.answered else self.questions


def behind(work: WorkRequest) -> Behind:
    rules = rules_in_force()
    reading = read(work.ask, rules)
    shown = Reframe.objects.filter(work=work).first()
    return Behind(
        said=marked(work.ask, reading),
        reading=reading,
        questions=_questions(rules, reading, shown),
        words=level_words(work.solution_level),
        reframe=shown,
        label=SolutionLabel.objects.select_related("labelled_by").filter(work=work).first(),
    )


def _questions(rules: Rules, reading: Reading, shown: Reframe | None) -> tuple[str, ...]:
    group = shown.group if shown else reading.group
    return tuple(rules.questions.get(group, ()))
