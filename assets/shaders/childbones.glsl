// The Child's bones and mood; written once a frame by game/present/child.py.
uniform vec4 child[88];
#define BODY child[0].x        // how much of the body shines
#define EYES child[0].y
#define WARMTH child[0].z
#define MOUTH child[0].w
#define GAZE child[1].xy       // radians in the head
#define LIDS child[1].zw       // opening of the left and the right eye
#define SMILE child[2].x
#define PUPIL child[2].y
#define HELD child[2].z        // the light it holds
#define TREMBLE child[2].w
#define HELD_AT child[3].xyz
#define SKIN_GAIN child[3].w   // light of one point of skin, against how many there are
#define SLANT child[85].x      // upper lids: 1 in anger, -1 in worry
#define CHEEK child[85].y      // lower lids: 1 pushed up by a smile
#define HARD child[85].z       // 0 a soft body of light, 1 a thin hard edge

// The face's own angles; skin and face agree on where the eyes are.
const vec3 HEAD_CENTRE = vec3(0.0, 0.0, 0.70);
const vec2 EYE_MIDDLE = vec2(0.47, 0.0);
const vec2 EYE_HALF = vec2(0.40, 0.36);

vec3 boned(int bone, vec4 p) {
    int row = 4 + 3 * bone;
    return vec3(dot(child[row], p), dot(child[row + 1], p), dot(child[row + 2], p));
}

// `skin`: first bone, second bone, share of the second, random.
vec3 skinned(vec4 skin, vec4 p) {
    return mix(boned(int(skin.x + 0.5), p), boned(int(skin.y + 0.5), p), skin.z);
}
