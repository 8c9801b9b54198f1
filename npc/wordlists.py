"""Words that are looked for: swearing, insults, and the hard block list that nobody can lift.

The block list is written out because a filter must be readable to be trusted; nothing here is ever shown.
Words are compared in the plain form of `npc.text.plain`.
"""

import re
from typing import Final

from npc.text import phrases

SWEAR_WORDS: Final = phrases(
    """fuck, fucks, fucked, fucker, fuckers, fucking, fuckin, motherfucker, motherfucking, fuckface, fuckwit,
    shit, shits, shitty, shithead, shitface, bullshit, shithole, dipshit, asshole, assholes, arsehole, arse,
    ass, jackass, dumbass, smartass, asshat, bastard, bastards, bitch, bitches, bitching, son of a bitch,
    damn, damned, dammit, damnit, goddamn, goddamned, goddamnit, hell, crap, crappy, piss, pissed, pissing,
    piss off, dick, dickhead, prick, wanker, bollocks, bugger, bloody hell, twat, screw you, turd, crikey
    hell, what the f, f you, f off"""
)
"""Swearing of the film level; the gentle level says none of it but the mild words below."""

MILD_SWEAR_WORDS: Final = frozenset({"turd", "bugger"})

INSULT_WORDS: Final = phrases(
    """stupid, idiot, idiots, idiotic, ugly, dumb, dumber, dumbest, moron, loser, brat, stink, stinks, stinky,
    smelly, smell bad, suck, sucks, shut up, shut your mouth, pathetic, useless, worthless, coward, freak,
    creep, creepy little, weirdo, worm, maggot, rat, pig, toad, goblin, gremlin, snot, booger, boogers,
    dimwit, dim wit, halfwit, nitwit, numbskull, fool, clown, jerk, annoying, disgusting, gross, fat, lame,
    boring, i hate you, hate you, get lost, go away, buzz off, bite me, up yours, jellyfish, potato, glow
    stick, glowstick, night light, nightlight, light bulb, lightbulb, pea brain, brainless, airhead,
    blockhead, fart, farts, puke, vomit, pest, parasite, cockroach, slug, leech, nobody likes, fishface,
    fish face, crybaby, cry baby, chicken, wimp, scum, trash, garbage, rubbish, poop, poo, butt, butthead,
    butt face, big baby, waste of, dirty, filthy, dull"""
)

_BLOCKED: Final = re.compile(
    r"\b(?:"
    # slurs against people for what they are
    r"n[i1]gg\w*|negro(?:es)?|coons?|k[i1]kes?|sp[i1]cs?|ch[i1]nks?|gooks?|wetbacks?|beaners?|towel ?heads?"
    r"|rag ?heads?|sand n\w+|pak[i1]s?|gypp?(?:o|ed)|squaws?|redskins?|jap|japs|darkies|darky|jigaboo\w*"
    r"|f[a4]gg?(?:ots?|ots|y|s)?|dykes?|trann(?:y|ies)|shemales?|homos?|poofs?|poofters?|sodomites?"
    r"|retard\w*|spastic|spaz|mongoloid\w*|cripples?|cunts?"
    # hate
    r"|heil|hitler|nazis?|holocaust|gas the|white power|white pride|master race|lynch\w*|genocide"
    r"|kill all|death to (?:all )?\w+s|ethnic cleansing|terrorists?|jihad|k ?k ?k"
    # anything sexual
    r"|sex|sexy|sexual\w*|sexually|porn\w*|naked|nude|nudes|nudity|boobs?|boobies|tits?|titties|breasts?"
    r"|nipples?"
    r"|penis\w*|cocks?|vagina\w*|pussy|pussies|clit\w*|dildo\w*|vibrators?|blow ?jobs?|hand ?jobs?|cum"
    r"|cumming"
    r"|orgasm\w*|masturbat\w*|jerk(?:ing)? off|horny|erection|boner|anal|anus|rape\w*|rapist\w*|raping"
    r"|molest\w*"
    r"|pedo\w*|paedo\w*|incest\w*|slut\w*|whore\w*|hookers?|prostitut\w*|stripper\w*|strip for|bdsm|fetish\w*"
    r"|lingerie|panties|undress\w*|make out with|making love|make love|sleep with me|lick my|suck my"
    r"|suck (?:my|your)"
    r"|your (?:body|thighs?|crotch)|seduc\w*|erotic\w*|aroused?|arousal|virgin\w*|genital\w*|testicles?"
    r"|balls deep"
    # harm told to a player
    r"|kill your ?self|kill yourselves|hang your ?self|cut your ?self|hurt your ?self|k ?y ?s|go die"
    r")\b"
)


def blocked(said: str) -> bool:
    """Whether plain words hold something that no character may ever say."""
    return _BLOCKED.search(said) is not None
