// Two huge eyes and a line of a mouth, in radians of the head.
#include "common.glsl"
#include "childbones.glsl"
in vec2 at;
in float facing;
out vec4 colour;

// Light of one eye at q: the almond spans -1..1 both ways; the outer corner is at +x.
vec3 eye(vec2 q, vec2 gaze, float lid, vec3 own, vec3 core) {
    float open = clamp(lid, 0.0, 1.45);
    // The almond: round below, the upper lid falls towards the nose.
    float width = sqrt(max(0.0, 1.0 - q.x * q.x));
    float upper = width * (0.98 + 0.06 * q.x) + 0.08 * max(0.0, open - 1.0);
    // The lid's edge cuts the almond: low at the nose in anger, low outside in worry.
    float anger = max(SLANT, 0.0);
    float cut = 2.0 * min(open, 1.35 - 0.35 * anger) - 0.98 - 0.16 * anger;
    cut += (0.62 + 0.20 * anger) * SLANT * (q.x + 0.15 * sign(SLANT));
    upper = min(upper, max(cut, -0.80));
    float lower = -width * (0.90 - 0.04 * q.x);
    // A cheek pushes the lower lid up into an arch.
    lower = max(lower, CHEEK * (1.28 - 0.75 * q.x * q.x) - 0.98);
    float inside = min(upper - q.y, q.y - lower);
    float soft = 0.9 * fwidth(q.y) + 0.02;
    float mask = smoothstep(-soft, soft, inside) * step(abs(q.x), 1.0);
    // Outline, brightest above.
    float edge = exp(-pow(inside / (0.045 + soft), 2.0)) * smoothstep(1.08, 0.9, abs(q.x));
    bool above = upper - q.y < q.y - lower;
    vec3 light = own * edge * (above ? 1.5 : 0.55 + 0.8 * CHEEK);
    // Deep inside, a faint glow as of an animal's eye.
    light += own * mask * 0.015 * (1.0 - 0.6 * dot(q, q));
    vec2 i = (q - gaze) * vec2(1.0, 1.04);
    float r = length(i);
    float angle = atan(i.y, i.x);
    float fibre = 0.55 + 0.45 * sin(angle * 23.0 + 5.0 * sin(angle * 7.0));
    fibre = mix(0.75, fibre, smoothstep(0.25, 0.5, r));
    float big = 0.82;
    float pupil = 0.47 * (1.0 + 0.38 * PUPIL);
    float iris = smoothstep(big, big - 0.10 - soft, r) * smoothstep(pupil - soft, pupil + 0.07 + soft, r);
    float limbus = exp(-pow((r - big + 0.06) / (0.05 + soft), 2.0));
    float inner = exp(-pow((r - pupil - 0.05) / (0.06 + soft), 2.0));
    light += mask * (own * iris * fibre * 0.14 + core * inner * 0.16 + own * limbus * 0.32);
    // The glint that makes it wet, and a small one below.
    vec2 glint = q - gaze * 0.55 - vec2(-0.30, 0.34);
    vec2 low = q - gaze * 0.55 - vec2(0.30, -0.36);
    light += mask * core * (2.4 * exp(-dot(glint, glint) * 90.0) + 0.5 * exp(-dot(low, low) * 120.0));
    return light;
}

void main() {
    if (facing < 0.02) discard;
    // Eyes warm last: halfway they would be grey.
    float kind = smoothstep(0.55, 1.0, WARMTH);
    vec3 own = mix(vec3(0.36, 0.70, 1.0), vec3(1.0, 0.50, 0.10), kind) * (1.0 + 0.4 * kind);
    vec3 core = mix(vec3(0.85, 0.96, 1.0), vec3(1.0, 0.94, 0.78), kind);
    vec3 light = vec3(0.0);
    float fade = smoothstep(0.02, 0.30, facing);
    for (int side = -1; side <= 1; side += 2) {
        vec2 q = at - vec2(EYE_MIDDLE.x * float(side), EYE_MIDDLE.y);
        // Outer corners a little higher.
        float slant = (0.16 + 0.12 * SLANT) * float(side);
        q = vec2(q.x * cos(slant) + q.y * sin(slant), -q.x * sin(slant) + q.y * cos(slant));
        q /= EYE_HALF;
        q.x *= float(side);
        if (abs(q.x) > 1.2 || abs(q.y) > 1.3) continue;
        vec2 gaze = vec2(GAZE.x * float(side), GAZE.y) * vec2(0.75, 0.75);
        light += eye(q, gaze, side < 0 ? LIDS.x : LIDS.y, own, core) * EYES;
    }
    // Mouth: a thin line, an open ring when it speaks.
    vec2 m = at - vec2(0.0, -0.62);
    m.y -= SMILE * 1.6 * m.x * m.x - 0.02 * SMILE;
    m.y -= 0.10 * SMILE * m.x;
    float open = MOUTH;
    vec2 half_size = vec2(0.25 + 0.05 * SMILE - 0.09 * open, 0.006 + 0.150 * open);
    float soft = fwidth(at.y);
    float x = clamp(m.x / half_size.x, -1.0, 1.0);
    float lip = half_size.y * sqrt(1.0 - x * x);
    float over = max(0.0, abs(m.x) - half_size.x);
    float gap = length(vec2(over, abs(m.y) - lip));
    // The line thins out towards its corners.
    float taper = 1.0 - 0.75 * x * x;
    light += own * EYES * BODY * 1.1 * taper * exp(-pow(gap / (0.005 + (0.014 + 0.6 * soft) * taper), 2.0));
    light += own * BODY * 0.25 * open * step(abs(m.x), half_size.x) * smoothstep(lip, 0.0, abs(m.y));
    colour = vec4(light * fade, 1.0);
}
