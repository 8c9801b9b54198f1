// Where water is, and what is seen in it. A film has no surface: only what it mirrors.
uniform vec4 pools[13];    // 12 rounds: x, y, radius, height; then the height of each tunnel's film
uniform float mirror;      // 1 while reflections are drawn

// How much of the film there is at a place on the floor of this height, 0 to 1.
float wet(vec2 at, float z) {
    float deep = 0.0;
    for (int i = 0; i < 12; i++) {
        vec2 d = at - pools[i].xy;
        deep += abs(pools[i].w - z) < 0.35 ? exp(-dot(d, d) / (pools[i].z * pools[i].z)) : 0.0;
    }
    deep += 0.13 * sin(at.x * 1.7 + 2.0 * sin(at.y * 0.9)) + 0.08 * sin(at.y * 3.1 + at.x * 0.7);
    return smoothstep(0.46, 0.56, deep);
}

// Height of the film that this place could be mirrored in.
float film_of(vec4 place) {
    int tunnel = int(place.z + 0.5);
    return tunnel == 0 || place.x < 0.35 ? pools[12].x : pools[12][tunnel];
}

// Whether a resting place may be in the picture, with room for all that moves it: most are not, and cost no more.
bool maybe_seen(vec3 p, vec4 place, mat4 view) {
    if (mirror > 0.5) p.z = 2.0 * film_of(place) - p.z;
    vec4 clip = view * vec4(p, 1.0);
    return clip.w > 0.0 && abs(clip.x) < clip.w * 1.12 + 0.6 && abs(clip.y) < clip.w * 1.12 + 0.6;
}

// Moves p to where its reflection is seen from the eye; how much of its light comes, 0 for none.
float reflected(inout vec3 p, vec4 place) {
    float film = film_of(place);
    float above = p.z - film, eye = EYE.z - film;
    if (above < 0.04 || eye < 0.1) return 0.0;
    vec3 on = vec3(mix(EYE.xy, p.xy, eye / (eye + above)), film);
    float share = wet(on.xy, film);
    if (share <= 0.0) return 0.0;
    vec3 out_ = on - EYE;
    float far = length(out_);
    float grazing = 1.0 - eye / far;
    // Small waves tilt the film; what is far behind it is moved the more.
    vec2 tilt = 0.008 * vec2(cos(on.x * 5.0 + TIME * 1.1 + on.y * 2.0), cos(on.y * 6.3 - TIME * 0.9 + on.x * 1.3));
    tilt += 0.004 * vec2(cos(on.y * 17.0 + TIME * 2.3), cos(on.x * 14.0 - TIME * 1.9 + on.y * 9.0));
    for (int i = 0; i < SOUNDING; i++) {
        // A voice runs over the water as well.
        if (WAVE_LOOK(i).x <= 0.0) continue;
        vec3 from = on - WAVE_AT(i).xyz;
        float behind = WAVE_AT(i).w * WAVE_MPS - length(from);
        if (behind > -0.3 && behind < 4.0)
            tilt += normalize(from.xy) * 0.03 * WAVE_LOOK(i).x * sin(behind * 6.0) * exp(-behind * 0.9);
    }
    float deep = length(p - on);
    p.xy += tilt * 2.0 * deep;
    p.z = 2.0 * film - p.z + tilt.y * 3.0 * deep;
    float shimmer = 0.75 + 0.45 * sin(TIME * 2.1 + place.w * 70.0 + on.x * 3.0);
    return share * (0.10 + 0.62 * grazing * grazing) * shimmer;
}
