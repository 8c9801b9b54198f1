"""Words that are looked for: swearing, insults, and the hard block list that nobody can lift.

The block list is written out because a filter must be readable to be trusted; nothing here is ever shown.
Words are compared in the plain form of `npc.text.plain`; `disguises` undoes the common ways to hide one.
"""

import re
from collections.abc import Sequence
from typing import Final

from npc.text import phrases, plain

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

SLURS: Final = phrases(
    """nigg*, negro, negroes, coon, coons, kike, kikes, spic, spics, chink, chinks, gook, gooks, wetback,
    wetbacks, beaner, beaners, towelhead, towelheads, towel head, towel heads, raghead, ragheads, rag head,
    rag heads, sand nigg*, paki, pakis, gypo, gyppo, gyped, gypped, squaw, squaws, redskin, redskins, jap,
    japs, darky, darkies, jigaboo*, fag, fags, faggot, faggots, faggoty, faggy, fagot, fagots, dyke, dykes,
    tranny, trannies, shemale, shemales, homo, homos, poof, poofs, poofter, poofters, sodomite, sodomites,
    retard*, spastic, spaz, mongoloid*, cripple, cripples, cunt, cunts, cunty, golliwog*, half breed*,
    subhuman*, untermensch*, neger, zigeuner, maricon, maricones"""
)
"""Names that insult people for what they are. ``*`` stands for any letters."""

HATE: Final = phrases(
    """heil, sieg heil, hitler, hitlers, nazi, nazis, holocaust, swastika*, mein kampf, gas the,
    gas chamber, gas chambers, concentration camp, concentration camps, white power, white pride,
    white supremac*, master race, ku klux*, lynch*, genocid*, kill all, death to *s, death to all *s,
    ethnic cleansing, terrorist, terrorists, jihad, kkk, k k k, k kk, kk k, go back to your country,
    go back to your own country"""
)

SEXUAL: Final = phrases(
    """sex, sexy, sexier, sexiest, sexes, sexual*, sexting, porn*, naked, nude, nudes, nudity, boob, boobs,
    boobies, tit, tits, titty, titties, breast, breasts, cleavage, nipple, nipples, penis*, cock, cocks,
    vagina*, vulva*, pussy, pussies, clit*, dildo*, vibrator, vibrators, blowjob*, blow job*, handjob*,
    hand job*, rimjob*, cum, cumming, cumshot*, creampie*, orgasm*, masturbat*, jerk off, jerking off,
    wank off, fap, fapping, fellatio, cunnilingus, coitus, intercourse, ejaculat*, semen, horny, kinky,
    erection*, boner*, anal, anus, rape, raped, rapes, rapist*, raping, molest*, grope you, grope me,
    groping you, groping me, fondle, fondled, fondling, pedo*, paedo*, lolicon*, hentai, incest*,
    bestiality, zoophil*, necrophil*, gangbang*, gang bang*, threesome*, orgy, orgies, deepthroat*,
    deep throat*, slut*, whore*, hooker, hookers, prostitut*, stripper*, striptease*, strip for,
    strip naked, lap dance*, lapdance*, bdsm, fetish*, lingerie, panties, undress*, get undressed,
    take your clothes off, take off your clothes, take off my clothes, take my clothes off, without clothes,
    no clothes on, make out with, making out with, making love, make love, made love, sleep with me,
    sleep with you tonight, come to bed with, in bed with me, into my bed, into your bed, lick my,
    lick your body, suck my, suck your, kiss me on, touch me there, touch yourself, touch myself,
    touching yourself, touching myself, play with yourself, your body, your bodies, your thigh, your thighs,
    your crotch, my crotch, seduc*, erotic*, arouse, aroused, arouses, arousal, arousing, turns me on,
    turn me on, virgin*, genital*, testicle*, balls deep, milf, milfs, nsfw, be my lover, your lover,
    my lover, puta, putas, salope, salopes, schlampe*, nutte*, hure, huren"""
)

HARM: Final = phrases(
    """kill yourself, kill your self, kill yourselves, killing yourself, hang yourself, hang your self,
    cut yourself, cut your self, hurt yourself, hurt your self, kys, k y s, k ys, ky s, go die, go and die,
    end your life, take your own life, slit your wrist*, unalive*, you should be dead, drink bleach,
    pipe bomb*, make a bomb, build a bomb, nerve agent*, school shoot*, shoot up a school"""
)
"""Harm told to a player."""

_PEOPLES: Final = (
    r"(?:jews?|jewish|muslims?|christians?|hindus?|sikhs?|catholics?|arabs?|asians?|africans?|mexicans?|chinese"
    r"|indians?|immigrants?|migrants?|refugees?|foreigners?|gypsies|gays?|lesbians?|homosexuals?|transsexuals?"
    r"|(?:black|white|brown|gay|trans|jewish|muslim|disabled|autistic) (?:people|folks?|men|women|kids?))"
)
_SPITE: Final = (
    r"(?:dirty|stupid|filthy|evil|ugly|inferior|lazy|greedy|disgusting|worthless|scum|vermin|animals|criminals"
    r"|thieves|rats|pigs|dumb|smelly|savages|liars|parasites)"
)
_SCORN: Final = re.compile(
    rf"\b{_PEOPLES}(?: \w+){{0,2}} (?:should|must|deserve|ruin|ruined|steal|smell|stink|belong|control)\b"
    rf"|\b{_PEOPLES} (?:are|is)(?: \w+){{0,3}} {_SPITE}\b|\b{_SPITE} {_PEOPLES}\b"
    rf"|\b(?:hate|hates|kill|burn|hang|deport|shoot|ban)(?: all)?(?: the| those| these)? {_PEOPLES}\b"
    r"|\b(?:women|girls) (?:belong|should (?:stay|shut|obey|not))\b"
)
"""What is said of a people, or of people of a kind, in hate."""


def _pattern(listed: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(word.replace('*', '[a-z0-9]*') for word in listed)})\b")


BLOCKED_WORDS: Final = (*SLURS, *HATE, *SEXUAL, *HARM)
"""All that is never said; ``*`` stands for any letters."""
_BLOCKED: Final = _pattern(BLOCKED_WORDS)
_LONG_STEMS: Final = re.compile(r"faggot|masturbat|pornogra|vagina|hitler|pedophil|paedophil|motherf|penises")
"""Found inside any word: no other word holds them."""
_BACKWARDS: Final = frozenset(
    word[::-1] for word in ("nigger", "niggers", "nigga", "niggas", *(w for w in SLURS if len(w) > 4))
)
_DIGITS: Final = str.maketrans("0134578@$!", "oieastbasi")
_DIGIT_L: Final = str.maketrans("1", "l")
_MIXED: Final = re.compile(
    r"[a-z][0134578@$!](?=[a-z0-9@$!])|[0134578@$][a-z]|[a-z][01345$@]\b", re.IGNORECASE
)
_CUT_WORD: Final = re.compile(r"(?<=[a-z0-9])[-._*+~,:;|/\\](?=[a-z0-9])", re.IGNORECASE)
_LETTER_RUN: Final = re.compile(r"\b[a-z0-9](?: [a-z0-9]){2,}\b")
_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")
_LONGEST_SPELLED: Final = 14
"""Letters of a word that somebody spells out."""


def blocked(said: str) -> bool:
    """Whether plain words hold something that no character may ever say."""
    return (
        _BLOCKED.search(said) is not None
        or _LONG_STEMS.search(said) is not None
        or _SCORN.search(said) is not None
        or any(word in _BACKWARDS for word in said.split())
    )


def disguises(text: str) -> tuple[str, ...]:
    """The plain words of a saying, first as they stand, then with what hides a word undone: digits and signs
    for letters, marks inside a word, letters drawn out, letters said one by one."""
    found = [plain(text)]
    if _MIXED.search(text):
        spelled = text.lower()
        found += [plain(spelled.translate(_DIGIT_L).translate(_DIGITS)), plain(spelled.translate(_DIGITS))]
    if _CUT_WORD.search(text):
        found.append(plain(_CUT_WORD.sub("", text)))
    for said in tuple(found):
        if _DRAWN_OUT.search(said):
            found += [_DRAWN_OUT.sub(r"\1", said), _DRAWN_OUT.sub(r"\1\1", said)]
    for said in tuple(found):
        for run in _LETTER_RUN.findall(said):
            letters = run.replace(" ", "")
            # Where a word begins and ends in a run is not told, so every part of it may be one.
            parts = [letters[i : i + n] for i in range(len(letters)) for n in range(3, _LONGEST_SPELLED + 1)]
            found.append(" ".join(dict.fromkeys(parts)))
    return tuple(dict.fromkeys(found))
