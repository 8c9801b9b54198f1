out vec4 colour;

void main() {
    vec2 q = gl_PointCoord * 2.0 - 1.0;
    if (dot(q, q) > 1.0) discard;
    colour = vec4(0.0);
}
