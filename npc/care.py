"""When a player speaks of harm to themselves: the game stops being one.

Here a false alarm costs a calm question and a miss costs far more, so plain words of harm are enough; figures
of speech about laughing, boredom and games are let through.
"""

import re
from typing import Final

from npc.text import plain

_HARM: Final = re.compile(
    r"\b(?:i|id|im|ill|ive)\b.{0,40}\b(?:(?:want|wanna|wish|going|gonna|need|plan|ready|like|rather|think"
    r"|thinking"
    r"|thought|thoughts|tried|trying|feel)\b.{0,24}\b(?:die|dead|dying|suicide|kill(?:ing)? my ?self"
    r"|hurt(?:ing)? my ?self|cut(?:ting)? my ?self|harm(?:ing)? my ?self|end(?:ing)? (?:it all|my life"
    r"|everything)"
    r"|take my (?:own )?life|jump off|(?:not|never|wouldnt|didnt) (?:be )?(?:alive|exist|wake up)"
    r"|hang my ?self))\b"
    r"|\b(?:kill(?:ing)?|hurt(?:ing)?|cut(?:ting)?|harm(?:ing)?|hang(?:ing)?|shoot(?:ing)?"
    r"|drown(?:ing)?) my ?self\b"
    r"|\b(?:dont|do not|cant|cannot|no longer) (?:want to |wanna )?(?:live|be alive|exist|go on living)"
    r"(?: any ?more| like this)?$"
    r"|\b(?:dont|do not) (?:want to|wanna) (?:live|be alive|exist|be here any ?more|wake up)\b"
    r"|\bend(?:ing)? my (?:own )?life\b|\btake my (?:own )?life\b|\bsuicid(?:e|al)\b|\bself harm\b"
    r"|\b(?:miss|notice|care if) (?:me |that )?(?:if |when )?(?:i )?(?:was |were |am |is |be )?(?:dead|died"
    r"|gone forever)\b"
    r"|\b(?:miss|notice|care) .{0,12}\bif i (?:was |were |am )?(?:dead|died|killed)\b"
    r"|\bbetter off (?:without me|dead|if i)\b|\b(?:no|any) (?:point|reason) (?:in|to) (?:living|live"
    r"|go on)\b"
    r"|\b(?:life|living) (?:is not|isnt|is no longer) worth\b|\bnot worth living\b|\bwish i (?:was|were) "
    r"(?:dead|never born)\b|\bwant to be dead\b|\bwant it all to end\b"
)
_FIGURES: Final = re.compile(
    r"\b(?:die|dying|died|kill(?:ing)?|dead|killed) (?:of|from|with|to) (?:laugh\w*|laughter|boredom"
    r"|embarrass\w*"
    r"|shame|curiosity|hunger|thirst|heat|cold|cringe)|\bdie laughing\b|\bto die for\b|\bdead tired\b"
    r"|\bdying to (?:know|see|hear|meet|try|find|tell|get|go)\b|\bsuicide (?:squad|mission)\b"
    r"|\bi (?:dont|do not) want to (?:die|be dead)\b"
    r"|\bi (?:always |keep |just |nearly |almost )*(?:die|died|dying) (?:in|on|at|again in) (?:this|that"
    r"|the|every)"
    r" (?:game|level|boss|part)\b"
)
_EARNEST_HELP: Final = re.compile(
    r"\b(?:call|get|need|send) (?:an |the |a )?(?:ambulance|police|doctor|emergency|911|112|999)\b"
    r"|\b(?:i am|im|he is|hes|she is|shes) (?:having a (?:heart attack|stroke|seizure|panic attack)|choking"
    r"|bleeding)\b"
    r"|\bi cant breathe\b|\bthis is (?:an emergency|not a game i need help)\b|\bsomeone (?:is )?hurting me\b"
)


def speaks_of_self_harm(text: str) -> bool:
    """Whether the player speaks of harm to themselves, or asks for help in earnest."""
    said = plain(text)
    if _EARNEST_HELP.search(said):
        return True
    return _HARM.search(_FIGURES.sub(" ", said)) is not None
