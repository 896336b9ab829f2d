"""The rules of solution language: which are in force, and how two people change them."""

from functools import lru_cache

from intake.models import RulesVersion
from intake.reframe.engine import read
from intake.reframe.rules import Rules, compile_rules, rules_of_the_file


def rules_in_force() -> Rules:
    """The version published last; before there is one, the rules that the product ships with."""
    newest = RulesVersion.objects.published().values_list("pk", "number").first()
    return _compiled(*newest) if newest else rules_of_the_file()


@lru_cache(maxsize=4)
def _compiled(pk: int, number: int) -> Rules:
    """A published version never changes, so that it is made ready once."""
    return compile_rules(RulesVersion.objects.get(pk=pk).document | {"version": number})


def level_fields(text: str, rules: Rules) -> dict[str, int]:
    """What a request keeps of the reading of its words."""
    return {"solution_level": int(read(text, rules).level), "solution_rules": rules.version}
