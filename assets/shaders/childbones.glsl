// The Child's bones and mood; written once a frame by game/present/child.py.
uniform vec4 child[64];
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

vec3 boned(int bone, vec4 p) {
    int row = 4 + 3 * bone;
    return vec3(dot(child[row], p), dot(child[row + 1], p), dot(child[row + 2], p));
}

// `skin`: first bone, second bone, share of the second, random.
vec3 skinned(vec4 skin, vec4 p) {
    return mix(boned(int(skin.x + 0.5), p), boned(int(skin.y + 0.5), p), skin.z);
}
