// Light on a point of the rock, shared by its points and its strands.
uniform sampler2D paint;   // light that the rock has kept: around, and along in three stacked tunnels

float kept(vec3 place) {
    // place: along 0..1, around 0..1, tunnel. The stack must not bleed from one tunnel into the next.
    float along = clamp(place.x, 0.5 / 96.0, 1.0 - 0.5 / 96.0);
    return textureLod(paint, vec2(place.y, (place.z + along) / 3.0), 0.0).r;
}

// How bright a ring of sound is at p: its front, and what it leaves behind, by distance behind the front.
vec2 ringed(vec3 p, int i) {
    float strength = WAVE_LOOK(i).x;
    if (strength <= 0.0) return vec2(0.0);
    float from = distance(p, WAVE_AT(i).xyz);
    float reach = WAVE_LOOK(i).y;
    float behind = WAVE_AT(i).w * WAVE_MPS - from;
    if (behind < -0.7 || from > reach) return vec2(0.0);
    float there = strength * (1.0 - smoothstep(0.45 * reach, reach, from));
    return vec2(there * exp(-behind * behind * 7.0), behind > 0.0 ? there * exp(-behind * 0.075) : 0.0);
}

// The rock moves: it breathes, swells under a ring of sound and ripples where a hand's light falls.
vec3 stirred(vec3 p, vec3 n) {
    float height = 0.02 * sin(TIME * 0.45 + p.y * 0.7 + p.x * 0.4);
    for (int i = 0; i < HANDS; i++) {
        vec4 at = LIGHT_AT(i);
        vec3 off = p - at.xyz;
        float far = dot(off, off);
        if (at.w > 0.0 && far < 3.0) height += 0.028 * at.w * sin(13.0 * sqrt(far) - 5.0 * TIME) * exp(-1.6 * far);
    }
    for (int i = 0; i < SOUNDING; i++) height += 0.16 * ringed(p, i).x;
    return p + n * height;
}

// rgb: light at point p with normal n. `place`: along, around, tunnel, random.
vec3 rocklight(vec3 p, vec3 n, vec4 place) {
    vec3 view = EYE - p;
    float depth = length(view);
    // Kept light: amber near, coral, then ember with distance; each point breathes a little on its own.
    float breath = 0.82 + 0.18 * sin(TIME * (0.5 + 0.5 * place.w) + place.w * 40.0);
    vec3 near = mix(AMBER, CORAL, smoothstep(2.0, 9.0, depth));
    vec3 own = mix(near, EMBER, smoothstep(7.0, 20.0, depth));
    // Veins of another red run through the rock.
    float vein = 0.5 + 0.5 * sin(p.x * 0.55 + p.z * 0.9 + 1.7 * sin(p.y * 0.41 + p.z * 0.3));
    own *= mix(vec3(1.0), vec3(1.05, 0.58, 0.85), vein * vein);
    float height = smoothstep(-0.2, 3.4, p.z);
    own = mix(own, own * vec3(0.95, 0.62, 0.55), height);
    // Where the rock turns away from the eye it glows: its edges are seen before its faces.
    float facing = abs(dot(view, n)) / depth;
    float rim = 0.5 + 1.5 * (1.0 - facing) * (1.0 - facing);
    float k = kept(place.xyz);
    vec3 light = own * (k * k * 0.6 + k * 0.4) * breath * 1.45 * rim;
    light += own * AMBIENT * breath * 0.6 * rim;

    for (int i = 0; i < LIGHTS; i++) {
        vec4 at = LIGHT_AT(i);
        if (at.w <= 0.0) continue;
        vec4 look = LIGHT_LOOK(i);
        vec3 toward = at.xyz - p;
        float far = dot(toward, toward) / (look.w * look.w);
        if (far > 9.0) continue;
        float facing = 0.45 + 0.55 * max(0.0, dot(normalize(toward), n));
        // A hot heart and a wide soft skirt.
        light += look.rgb * at.w * facing * (2.6 * exp(-5.0 * far) + 0.8 * exp(-1.1 * far));
    }
    // The glow that a tunnel has of itself grows towards its end.
    int tunnel = int(place.z + 0.5);
    vec4 glow = TUNNEL(tunnel);
    float toEnd = smoothstep(0.10, 1.0, place.x);
    light += glow.rgb * glow.w * (0.15 + toEnd) * toEnd * (0.55 + 0.45 * breath) * rim;
    // The fog of light: everything sinks to black with distance.
    light *= exp(-depth * 0.055);
    vec3 sound = vec3(0.0);
    for (int i = 0; i < SOUNDING; i++) {
        // A crisp front of gold; behind it the rock stays, in its own red, for as long as the echo does.
        vec2 ring = ringed(p, i);
        float echo = ring.y * (0.8 + 0.2 * sin((WAVE_AT(i).w * WAVE_MPS - distance(p, WAVE_AT(i).xyz)) * 5.0));
        echo *= smoothstep(6.0, 4.0, WAVE_AT(i).w);
        sound += GOLD * 2.4 * ring.x + mix(own, GOLD, 0.35 * ring.y) * 0.85 * echo * breath * rim;
    }
    // Sound carries farther through the fog than light.
    return light + sound * exp(-depth * 0.032);
}
