// Light on a point of the rock, shared by its points and its strands.
uniform sampler2D paint;   // light that the rock has kept: around, and along in three stacked tunnels

// Crystal gathers light, colder than the rock's, and gives it back at its edges.
vec3 crystalline(vec3 l) {
    float top = max(l.r, max(l.g, l.b));
    return mix(l, top * vec3(0.9, 0.86, 0.95), 0.30);
}

float kept(vec3 place) {
    // place: along 0..1, around 0..1, tunnel. The stack must not bleed from one tunnel into the next.
    float along = clamp(place.x, 0.5 / 96.0, 1.0 - 0.5 / 96.0);
    return textureLod(paint, vec2(place.y, (place.z + along) / 3.0), 0.0).r;
}

// rgb: light at point p with normal n. `place`: along, around, tunnel, random.
vec3 rocklight(vec3 p, vec3 n, vec4 place) {
    float depth = distance(p, EYE);
    // Kept light: amber near, coral, then ember with distance; each point breathes a little on its own.
    float breath = 0.82 + 0.18 * sin(TIME * (0.5 + 0.5 * place.w) + place.w * 40.0);
    vec3 near = mix(AMBER, CORAL, smoothstep(2.0, 9.0, depth));
    vec3 own = mix(near, EMBER, smoothstep(7.0, 20.0, depth));
    float height = smoothstep(-0.2, 3.4, p.z);
    own = mix(own, own * vec3(0.95, 0.62, 0.55), height);
    float k = kept(place.xyz);
    vec3 light = own * (k * k * 0.6 + k * 0.4) * breath * 1.45;
    light += own * AMBIENT * breath * 0.6;

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
    for (int i = 0; i < WAVES; i++) {
        float strength = WAVE_LOOK(i).x;
        if (strength <= 0.0) continue;
        float front = WAVE_AT(i).w * WAVE_MPS;
        float behind = front - distance(p, WAVE_AT(i).xyz);
        if (behind < -0.6) continue;
        // A crisp ring, and behind it an afterglow that dies away.
        float ring = exp(-behind * behind * 9.0) * 1.6;
        float after = behind > 0.0 ? 0.55 * exp(-behind * 0.28) : 0.0;
        light += mix(own, GOLD, 0.55) * strength * (ring + after) / (1.0 + 0.03 * front * front);
    }
    // The glow that a tunnel has of itself grows towards its end.
    int tunnel = int(place.z + 0.5);
    vec4 glow = TUNNEL(tunnel);
    float toEnd = smoothstep(0.10, 1.0, place.x);
    light += glow.rgb * glow.w * (0.15 + toEnd) * toEnd * (0.55 + 0.45 * breath);
    // The fog of light: everything sinks to black with distance.
    return light * exp(-depth * 0.055);
}
