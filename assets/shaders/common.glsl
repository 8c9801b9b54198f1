// What every shader of the scene knows of the frame. Written once a frame by game/present/stage.py.
uniform vec4 frame[40];
#define EYE frame[0].xyz          // the player's eye, metres
#define TIME frame[0].w           // seconds
#define SCREEN frame[1].xy        // pixels of the picture
#define FOCAL frame[1].z          // pixels that one metre at one metre takes up
#define GAIN frame[1].w           // light of one point, against how many there are
#define AMBIENT frame[2].x
#define WAY_GLOW frame[2].y
#define THREAD frame[2].z
#define WAY_OUT frame[2].w        // index of the tunnel
#define LINE_GAIN frame[35].x     // light of one strand, against how many there are
#define GRAIN_M frame[35].y       // width of a grain of the rock
#define LIGHTS int(frame[36].x + 0.5)        // that shine, hands first
#define THINNED frame[36].y       // part of the rock's points that is not there far away
#define STREWN_M frame[36].z      // half the width of the strip of dust along a near line, 0 for none
#define HANDS int(frame[35].w + 0.5)
#define LIGHT_AT(i) frame[4 + 2 * (i)]        // xyz, strength
#define LIGHT_LOOK(i) frame[5 + 2 * (i)]      // rgb, reach in metres
#define SOUNDING int(frame[35].z + 0.5)      // rings of sound; most of the time there is none to reckon with
#define WAVE_AT(i) frame[16 + 2 * (i)]        // origin, age in seconds
#define WAVE_LOOK(i) frame[17 + 2 * (i)]      // strength, reach in metres
#define TUNNEL(i) frame[32 + (i)]             // colour of its glow

const float WAVE_MPS = 12.0;
const vec3 GOLD = vec3(1.0, 0.64, 0.27);
const vec3 AMBER = vec3(1.0, 0.42, 0.12);
const vec3 CORAL = vec3(1.0, 0.26, 0.12);
const vec3 EMBER = vec3(0.80, 0.09, 0.035);
const vec3 COLD = vec3(0.50, 0.74, 1.0);

float hash(float n) { return fract(sin(n * 91.3458) * 47453.5453); }

// How much light a vertex of the rock has for being one of fewer the farther it is; game/present/sight.py leaves
// those out that have none.
float thinned(vec3 p, float random) {
    float left = 1.0 - THINNED * smoothstep(9.0, 26.0, distance(p, EYE));
    float rank = fract(random * 61.0);
    return (1.0 - smoothstep(left, left + 0.08, rank)) / min(1.0, left + 0.04);
}
