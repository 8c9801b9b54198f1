"""The keys of written lines that are ever asked for; a line under any other would never be spoken."""

import difflib
from typing import Final

from npc.kinds import Kind
from npc.text import listed
from npc.trust import BANDS

_STORY: Final = listed(
    """care interrupted two_of_you two_voices what_are_you_looking_at you_again giggle theft theft_after
    theft_taunt get_lost sight light_back arrived leading_wait overheard test
    nudge_rude nudge_swear nudge_palm nudge_walk nudge_point"""
)
"""Lines of the story, of care, and of being cut off."""
_STORY_TO_COME: Final = listed(
    """i_think_its_a_test first_start ask_level level_gentle level_film sees_nothing hears_nothing paused
    resumed goodbye"""
)
"""Lines that a game may ask for by name; this story does not yet."""
_REPLIES: Final = listed(
    """stop swearing_gentle insult_again insult_third cruelty
    kindness_sorry kindness_thanks kindness_promise kindness_friends kindness_trust kindness_lead
    way_lead way_again
    about_name about_what about_age about_eat about_parents about_alone about_want about_afraid about_rude
    about_friend about_outside
    looking looking_nothing looking_you name_told name_asked_known name_asked_unknown sorrow
    player_brave player_scared player_tired player_hungry player_cold player_bored player_lost_thing
    player_job
    ask_joke ask_song ask_story ask_place
    meta_ai meta_recording meta_data meta_off meta_other
    accusation_lied accusation_light accusation_other"""
)
"""Situations besides the kinds of turn."""
_GESTURES: Final = listed(
    """rude_first rude_again rude_third palm_up_first palm_up_lead palm_out palm_out_again palm_down call
    call_hostile point pinch grasp push throw walk thumb_up thumb_down other"""
)
_RIFFS: Final = listed("insult thing things")

LINE_KEYS: Final = frozenset(
    {
        *_STORY,
        *_STORY_TO_COME,
        *(f"reply.{name}" for name in (*_REPLIES, *Kind)),
        *(f"gesture.{name}" for name in _GESTURES),
        *(f"riff.{name}" for name in _RIFFS),
    }
)
"""All but those of the acts ("act.tease"). Each may end in ``.any`` or in a mood: "reply.greeting.wary"."""
_MOODS: Final = (*BANDS, "any")


def unknown(key: str, acts: frozenset[str]) -> str | None:
    """None for a key that may be asked for by one who has these acts; otherwise the key that was likely
    meant, or "" where none is like it."""
    known = LINE_KEYS | {f"act.{act}" for act in acts}
    base, _, mood = key.rpartition(".")
    if key in known or (base in known and mood in _MOODS):
        return None
    if base in known:
        likely = difflib.get_close_matches(mood, _MOODS, n=1)
        return f"{base}.{likely[0] if likely else 'any'}"
    wanted = base if mood in _MOODS else key
    found = difflib.get_close_matches(wanted, sorted(known), n=1)
    if not found:
        return ""
    return f"{found[0]}.{mood}" if wanted == base else found[0]
