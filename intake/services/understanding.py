"""What we understood, in sentences made of the person's own words (ux.md 5.2 and 5.3).

Nothing is added that they did not say; a part that is missing is left out or named as open.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from accounts.date_words import day_words
from intake.models import Answer
from intake.services.answers import option_words


class Piece(NamedTuple):
    """A part of a sentence: theirs as they wrote it, or ours around it."""

    text: str
    is_theirs: bool = False


Sentence = list[Piece]
Answers = Mapping[str, Answer]


def understood(answers: Answers, *, title: str, now: datetime) -> list[Sentence]:
    """Situation, decision and success, each a paragraph, as far as they are answered."""
    paragraphs = ([situation(answers, title=title)], _decision(answers), _success(answers, now))
    return [paragraph for sentences in paragraphs if (paragraph := _joined(sentences))]


def _joined(sentences: list[Sentence]) -> Sentence:
    """Sentences in a row, with a space between them."""
    said = [sentence for sentence in sentences if sentence]
    spaced = [[Piece(" "), *sentence] for sentence in said]
    return [piece for sentence in spaced for piece in sentence][1:]


def situation(answers: Answers, *, title: str) -> Sentence:
    effect = _value(answers, "effect")
    if effect.get("leads_to"):
        return effect_sentence(effect, title=title)
    stop = "" if title.endswith(("?", "!", "…")) else "."
    return [Piece("You came to us because of this: "), _quoted(title), Piece(stop)] if title else []


def effect_sentence(value: Mapping[str, Any], *, title: str) -> Sentence:
    """ "The problem of … leads to …, which costs us …"; empty until it is said what it leads to."""
    leads_to, costs = _tidy(value.get("leads_to")), _tidy(value.get("costs"))
    if not leads_to:
        return []
    begun = [Piece("The problem of "), _quoted(title), Piece(" leads to "), _theirs(leads_to)]
    ended = [Piece(", which costs us "), _theirs(costs)] if costs else []
    return [*begun, *ended, Piece(".")]


def success_sentence(value: Mapping[str, Any], *, now: datetime) -> Sentence:
    """ "We will know when … goes from … to … by …"; empty until there is a number to reach."""
    measure, target = _tidy(value.get("measure")), _tidy(value.get("target"))
    if not measure or not target:
        return []
    baseline, by = _tidy(value.get("baseline")), _day(value.get("by"), now)
    start = [Piece(" goes from "), _theirs(baseline)] if baseline else [Piece(" goes")]
    end = [Piece(" by "), _theirs(by)] if by else []
    known = [Piece("We will know when "), _theirs(measure), *start]
    return [*known, Piece(" to "), _theirs(target), *end, Piece(".")]


def hypothesis_sentence(value: Mapping[str, Any], *, now: datetime) -> Sentence:
    """ "We believe that … for … lets them … by …; we will know when … moves from … to … by …".

    A part that is missing but needed shows as a gap; an optional one is left out.
    """
    by, on = _tidy(value.get("act_by")), _day(value.get("target_on"), now)
    believed = [
        Piece("We believe that "),
        _or_gap(value, "change", "change"),
        Piece(" for "),
        _or_gap(value, "customer", "who"),
        Piece(" lets them "),
        _or_gap(value, "act", "decide or do"),
        *([Piece(" by "), _theirs(by)] if by else []),
    ]
    measure, baseline = _tidy(value.get("measure")), _tidy(value.get("baseline"))
    if not measure:
        return [*believed, Piece(".")]
    known = [Piece("; we will know when "), _theirs(measure), Piece(" moves")]
    known += [Piece(" from "), _theirs(baseline)] if baseline else []
    known += [Piece(" to "), _or_gap(value, "target", "target")]
    return [*believed, *known, *([Piece(" by "), _theirs(on)] if on else []), Piece(".")]


def _or_gap(value: Mapping[str, Any], name: str, gap: str) -> Piece:
    told = _tidy(value.get(name))
    return _theirs(_inside(told)) if told else Piece(f"‹{gap}›")


def text_of(sentence: Sentence) -> str:
    return "".join(piece.text for piece in sentence)


def _success(answers: Answers, now: datetime) -> list[Sentence]:
    value = _value(answers, "success")
    different = _tidy(value.get("different"))
    seen = [Piece("You will know that it worked by this: "), _theirs(different), Piece(".")]
    return [seen if different else [], success_sentence(value, now=now)]


def _decision(answers: Answers) -> list[Sentence]:
    return [_deciding(answers), _using(answers)]


def _deciding(answers: Answers) -> Sentence:
    """Who decides what, and how often; or that we find out together."""
    if "decision" not in answers:
        return []
    decision = _tidy(_value(answers, "decision").get("decision"))
    if not decision:
        return [Piece("Which decision it helps, we find out together.")]
    decider = _tidy(_value(answers, "decider").get("decider"))
    who = _theirs(decider) if decider else Piece("Somebody")
    said = [who, Piece(" decides "), _theirs(_inside(decision)), *_rhythm(answers), Piece(".")]
    return said if decider else [*said, Piece(" Who that is, we find out together.")]


def _rhythm(answers: Answers) -> Sentence:
    answer = answers.get("decider")
    rhythm = answer.get("rhythm") if answer else ""
    if answer is None or rhythm in ("", "unsure"):
        return []
    words = option_words(answer.question, "rhythm", rhythm)
    return [Piece(", "), _theirs(words[:1].lower() + words[1:])]


def _using(answers: Answers) -> Sentence:
    """Who uses the result; in the quick lane this is all there is to decide."""
    value = _value(answers, "who") or _value(answers, "quick")
    who = _tidy(value.get("who"))
    if value.get("myself"):
        return (
            [Piece("You will use it yourself, together with "), _theirs(who), Piece(".")]
            if (who)
            else [Piece("You will use it yourself.")]
        )
    return [Piece("Who will use it: "), _theirs(who), Piece(".")] if who else []


def _value(answers: Answers, slug: str) -> dict[str, Any]:
    answer = answers.get(slug)
    return answer.value if answer else {}


def _tidy(text: Any) -> str:
    """One line without its full stop, to stand inside a sentence."""
    return " ".join(str(text or "").split()).rstrip(".")


def _theirs(text: str) -> Piece:
    return Piece(text, is_theirs=True)


def _quoted(title: str) -> Piece:
    return _theirs(f"“{_tidy(title)}”")


def _day(text: Any, now: datetime) -> str:
    try:
        return day_words(date.fromisoformat(str(text)), now=now)
    except ValueError:
        return ""


# With these a clause begins; other capitals may be names and stay.
OPENERS = frozenset({"whether", "which", "what", "how", "when", "where", "who", "if", "to", "the"})


def _inside(text: str) -> str:
    """The text as it reads after other words: "Whether to stop" becomes "whether to stop"."""
    first = text.split(" ", 1)[0].lower()
    return text[:1].lower() + text[1:] if first in OPENERS else text


def needs_advice(text: str, rules: Mapping[str, Any]) -> bool:
    """Whether an answer holds only the words that the question gives advice on.

    `rules` names them: `words`, one of which must be there, and `around` for what may stand beside.
    """
    lexicon = rules.get("advice", {})
    on, around = set(lexicon.get("words", "").split()), set(lexicon.get("around", "").split())
    said = set(re.findall(r"[a-z]+", text.lower()))
    return bool(said & on) and said <= on | around
