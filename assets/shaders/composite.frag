// The last pass: light and its bloom to what the projector throws.
// Mirror and four-corner pin first (each pixel looks up where it comes from), then exposure, a filmic curve
// that keeps black at exactly nothing, the warm rim, and a dither that only touches light. PLAIN leaves out what a
// whole screen without pin, rim, coloured glasses or a room behind it does not need: a renderer in software reckons
// every branch for every pixel.
uniform sampler2D light;
uniform sampler2D bloom;
uniform vec3 back[3];   // rows of the homography from screen to picture, y down, mirror included
uniform vec2 inner;     // part of the light that is on the screen; the rest is its guard
uniform vec4 mood[2];   // [0]: exposure, bloom share, rim 0..1, time s; [1]: picture width and height, 1 where corners are pinned, 1 where one colour is an eye
uniform vec2 over;      // 1 where the room is seen through the picture; how much of it the dark of the cave hides
uniform float setting;  // corner that is being set, 0 to 3 as one reads a page's round; below 0 none is
in vec2 uv;
out vec4 colour;

#ifndef PLAIN
// The border of a picture that is being set, a dot on each corner, and one that beats. `at`: y down.
vec3 marks(vec2 at) {
    vec2 size = mood[1].xy / mood[1].y;
    vec2 off = abs(at - 0.5) - 0.5;
    float border = max(off.x * size.x, off.y * size.y);
    vec3 m = vec3(0.75, 0.40, 0.16) * smoothstep(0.007, 0.003, abs(border + 0.003));
    for (int i = 0; i < 4; i++) {
        vec2 corner = vec2(i == 1 || i == 2 ? 1.0 : 0.0, i > 1 ? 1.0 : 0.0);
        bool mine = abs(setting - float(i)) < 0.5;
        float radius = mine ? 0.050 + 0.010 * sin(mood[0].w * 5.0) : 0.022;
        float far = length((at - corner) * size) / radius;
        m = max(m, (mine ? vec3(1.0, 0.85, 0.55) : vec3(0.75, 0.40, 0.16)) * smoothstep(1.0, 0.8, far));
    }
    return m;
}
#endif

vec3 film(vec3 x) {
    // Hable's shoulder in its short rational form (after Narkowicz): 0 stays 0, 1 is reached softly.
    return clamp((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0);
}

float noise(vec2 p) {
    // Interleaved gradient noise: looks even at any size, costs three multiplications.
    return fract(52.9829189 * fract(dot(p, vec2(0.06711056, 0.00583715))));
}

void main() {
#ifdef PLAIN
    vec2 at = uv;
#else
    vec3 screen = vec3(uv.x, 1.0 - uv.y, 1.0);
    vec3 h = vec3(dot(back[0], screen), dot(back[1], screen), dot(back[2], screen));
    vec2 at = h.xy / h.z;
    float inside = 1.0;
    if (mood[1].z > 0.5) {
        // Inside the pinned picture, with an edge one pixel soft where it does not fill the screen.
        vec2 inward = min(at, 1.0 - at) * mood[1].xy + 0.5;
        inside = clamp(inward.x, 0.0, 1.0) * clamp(inward.y, 0.0, 1.0);
    }
    vec3 marked = setting >= 0.0 ? marks(at) : vec3(0.0);
    at.y = 1.0 - at.y;
#endif
    vec2 spot = 0.5 + (at - 0.5) * inner;
    vec3 veil = texture(bloom, spot).rgb;
    // Glow stays near its light: what is spread thin over the picture would lift the black.
    float thin = max(veil.r, max(veil.g, veil.b));
    vec4 drawn = texture(light, spot);
    vec3 c = drawn.rgb + mood[0].y * veil * (max(0.0, thin - 0.014) / (thin + 0.04));
#ifndef PLAIN
    float dark = over.y * clamp(drawn.a, 0.0, 1.0);
    float rim = mood[0].z;
    // Most of a dark picture ends here.
    if (inside <= 0.0 || (rim <= 0.0 && max(c.r, max(c.g, c.b)) < 1.5e-5)) {
        colour = vec4(marked, max(dark, max(marked.r, max(marked.g, marked.b))));
        return;
    }
    if (rim > 0.0) {
        // A frame of warm light, fading inward over a seventh of the height, with rounded corners.
        vec2 size = mood[1].xy / mood[1].y;
        vec2 q = abs(at - 0.5) * size - (0.5 * size - 0.15);
        float d = length(max(q, 0.0)) / 0.15;
        c += rim * vec3(1.0, 0.52, 0.22) * 1.6 * d * d * d * smoothstep(0.0, 0.4, d);
    }
#endif
    // Very bright light turns towards white, as on film, instead of a flat colour.
    float top = max(c.r, max(c.g, c.b));
    c = mix(c, vec3(top), 0.42 * smoothstep(1.2, 7.0, top));
    c = film(c * mood[0].x * 0.72);
    c = sqrt(c);
#ifndef PLAIN
    // Through coloured glasses the cave's reds would reach one eye alone: both get the same grey, in which
    // red weighs more than eyes give it, so that embers stay light.
    if (mood[1].w > 0.5) c = vec3(dot(c, vec3(0.46, 0.36, 0.18)));
#endif
    // A toe of half a step: what would flicker between black and the first step is black.
    c = max(c - 0.75 / 255.0, 0.0);
    float grain = (noise(gl_FragCoord.xy + 5.588 * mod(floor(mood[0].w * 60.0), 64.0)) - 0.5) / 255.0;
    c += grain * smoothstep(0.0, 2.0 / 255.0, max(c.r, max(c.g, c.b)));
#ifdef PLAIN
    colour = vec4(c, 1.0);
#else
    c = max(c * inside, marked);
    // Over a room that is seen through a headset's cameras light hides as much of it as it adds: the room is
    // never darkened, and bright light is solid. Windows have no alpha.
    float cover = max(c.r, max(c.g, c.b));
    // A glow too thin to be seen over a room would veil it.
    c *= mix(1.0, smoothstep(6.0 / 255.0, 14.0 / 255.0, cover), over.x * (1.0 - dark));
    cover = max(c.r, max(c.g, c.b));
    float hides = cover > 0.002 ? max(cover * cover, 1.0 / 255.0) : 0.0;
    colour = vec4(c, max(hides, dark));
#endif
}
