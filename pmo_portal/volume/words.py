"""Plausible sentences of people who ask a PMO for something, put together by a small grammar."""

from __future__ import annotations

from random import Random

# Stands in one request of a twentieth of the whole, so that a search has something rare to find.
RARE = "quillwort"

WHO = (
    *("the plant managers", "our buyers", "the steering group", "the regional leads"),
    *("project leads", "the finance partners", "the night shift", "the tender team"),
    *("the maintenance crew", "our controllers", "the service desk", "the programme office"),
    *("the quality team", "two sponsors", "the warehouse leads", "the rollout team"),
)
THING = (
    *("the capacity plan", "the milestone report", "the supplier calendar", "the risk list"),
    *("the budget forecast", "the handover pack", "the staffing plan", "the release dates"),
    *("the portfolio overview", "the change log", "the cost curve", "the site schedule"),
    *("the benefits register", "the travel budget", "the audit trail", "the training plan"),
)
TROUBLE = (
    *("reaches us after the decision is made", "is put together by hand every week"),
    *("shows figures that nobody trusts", "differs from what the teams themselves say"),
    *("comes two days late", "hides what has slipped", "is read by nobody who decides"),
    *("costs three people a day each month", "leaves out the suppliers"),
    *("is spread over five files", "needs somebody to explain it", "stops at the country border"),
)
EFFECT = (
    *("We book trucks that leave half empty.", "We find out in the meeting."),
    *("Two projects wait for the same people.", "The date moves and nobody says why."),
    *("We pay for work that is done twice.", "Decisions are put off to the next month."),
    *("Our customers hear of it first.", "We keep a buffer that we can't afford."),
    *("The team works the weekend before each review.", "A good idea waits for a free slot."),
)
WISH = (
    *("I need {thing} for {who}.", "Could we look at how {thing} is used by {who}?"),
    *("{Who} want to see trouble earlier.", "We should decide on {thing} sooner."),
    *("Is there a way to bring {thing} and {other} together?", "Where do I find {thing}?"),
    *("{Who} ask for one place to look.", "Help us to say no to {other} in time."),
)
DECISION = (
    *("Whether to move people from one project to another", "Which supplier gets the next order"),
    *("How many trucks to book for the week", "Whether the date can be kept"),
    *("Which of three sites comes first", "Whether to buy or to build"),
    *("How much buffer the plan needs", "Whether the pilot goes on"),
)
DIFFERENT = (
    *("We notice a slip a week earlier", "Nobody has to ask for the figures again"),
    *("The meeting decides instead of collecting", "We stop booking what we don't use"),
    *("Teams plan with the same dates", "Fewer changes come after the freeze"),
)
TALK = (
    *("Thank you, we have read this and will come back with two questions.",),
    *("Could you send the last two versions of {thing}?", "We talked to {who} about it today."),
    *("The figures for {thing} are in. They are not what we expected.",),
    *("Here is what we understood so far: {trouble}", "It helps if {who} join the next talk."),
    *("We tried it with one team. {effect}", "Good point. I will ask {who}."),
    *("Tuesday works for us. Shall we look at {thing} together?",),
)
NOTE = (
    *("Looks like the request about {other} from last month.", "{Who} may be the real customer."),
    *("Ask the sponsor before we promise anything.", "Small effort if {thing} is ready."),
)
QUESTION = (
    *("Who decides on {thing} today?", "How often does this happen?", "What does it cost now?"),
    *("Which part of {thing} do {who} really use?", "What happens if nothing changes?"),
)
ANSWER = (
    *("About twice a month, more before the holidays.", "{Who}, mostly on Fridays."),
    *("We don't know. Nobody has counted.", "It goes through {who} and then back to us."),
)
NEED = "{Who} need to know in time when {thing} {trouble}, so that they can decide."
EXPLANATION = (
    "The weekly call of {who} answers this already, with the same data. A second way would cost "
    "two days a month and change no decision."
)
ALTERNATIVE = "Join the call of {who} on Mondays. Write again if {thing} is missing there."
RESULT = ("It shows.", "{Who} decide a week earlier now.", "{effect} That happens less often now.")
NAMES = (
    *("Ada", "Ben", "Carla", "Dmitri", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaya"),
    *("Lars", "Mina", "Noor", "Oskar", "Petra", "Quentin", "Rosa", "Sami", "Tilda", "Ugo", "Vera"),
    *("Wanda", "Yusuf", "Zoe"),
)
SURNAMES = (
    *("Abel", "Brandt", "Castro", "Dahl", "Eriksen", "Fontaine", "Graf", "Haddad", "Ivanova"),
    *("Jansen", "Keller", "Lindqvist", "Moreau", "Novak", "Okafor", "Pohl", "Quist", "Rossi"),
    *("Sato", "Thomsen", "Ueda", "Vogel", "Weiss", "Yilmaz", "Zeller"),
)
DEPARTMENTS = (
    *("Operations", "Finance", "Purchasing", "Logistics", "Quality", "Sales", "Service", "IT"),
    *("Research", "Plant North", "Plant South", "Legal", "People", "Marketing", "Maintenance"),
    *("Customer care", "Exports", "Safety", "Facilities", "Strategy"),
)


def sentence(rng: Random, pattern: str) -> str:
    """The pattern with its places filled."""
    who, thing = rng.choice(WHO), rng.choice(THING)
    return pattern.format(
        who=who,
        Who=who[0].upper() + who[1:],
        thing=thing,
        other=rng.choice(THING),
        trouble=rng.choice(TROUBLE),
        effect=rng.choice(EFFECT),
    )


def one_of(rng: Random, patterns: tuple[str, ...]) -> str:
    return sentence(rng, rng.choice(patterns))


def ask(rng: Random) -> str:
    """What somebody says they want: a wish or a pain first, then what comes of it."""
    thing, trouble = rng.choice(THING), rng.choice(TROUBLE)
    pain = f"{thing[0].upper()}{thing[1:]} {trouble}."
    parts = [one_of(rng, WISH), pain]
    rng.shuffle(parts)
    parts += [rng.choice(EFFECT), sentence(rng, "{Who} noticed it first."), one_of(rng, WISH)]
    return " ".join(parts[: rng.randint(2, 5)])
