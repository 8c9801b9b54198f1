// A soft round grain of light.
in vec3 light;
out vec4 colour;

void main() {
    vec2 q = gl_PointCoord * 2.0 - 1.0;
    float r = dot(q, q);
    float soft = max(0.0, 1.0 - r);
    colour = vec4(light * soft * soft * 1.6, 1.0);
}
