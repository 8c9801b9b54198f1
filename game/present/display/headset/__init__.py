"""The headset: the cave in the player's own room, drawn for both eyes at the pace of an OpenXR runtime."""
