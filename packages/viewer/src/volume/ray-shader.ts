// The ray caster's two programs for WebGL 2: a triangle over the viewport, and per pixel a ray through the texture of
// bytes. Blocks in which nothing is visible are leapt over; light comes from the reader; rays stop when they are full.
export const vertexSource = `#version 300 es
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

export const fragmentSource = `#version 300 es
precision highp float;
precision highp sampler3D;
uniform sampler3D uVolume;
uniform sampler3D uBlocks;
uniform sampler2D uTable;
uniform vec2 uSize;
uniform vec3 uCentre;    // texture place that is in the middle of the viewport
uniform vec3 uRight;     // texture step per pixel
uniform vec3 uDown;
uniform vec3 uForward;   // texture step per mm
uniform mat3 uToPatient; // texture gradient to patient gradient
uniform vec3 uEye;       // unit direction of the view in the patient
uniform vec3 uLow;       // clip box, in the texture
uniform vec3 uHigh;
uniform vec3 uTexel;
uniform vec3 uBlockCount;
uniform vec2 uVisible;
uniform float uStep;     // mm
uniform float uUnit;     // mm that the table's opacities are meant for
uniform bool uIsMip;
uniform vec3 uLight;     // ambient, diffuse, specular
uniform vec3 uPaper;
out vec4 colour;

float at(vec3 p) { return texture(uVolume, p).r; }

vec3 gradient(vec3 p) {
  vec3 g = vec3(
    at(p + vec3(uTexel.x, 0, 0)) - at(p - vec3(uTexel.x, 0, 0)),
    at(p + vec3(0, uTexel.y, 0)) - at(p - vec3(0, uTexel.y, 0)),
    at(p + vec3(0, 0, uTexel.z)) - at(p - vec3(0, 0, uTexel.z)));
  return uToPatient * (g / uTexel);
}

void main() {
  vec2 off = vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y) - uSize * 0.5;
  vec3 start = uCentre + uRight * off.x + uDown * off.y;
  vec3 inverse = 1.0 / (uForward + vec3(equal(uForward, vec3(0.0))) * 1e-9);
  vec3 a = (uLow - start) * inverse;
  vec3 b = (uHigh - start) * inverse;
  vec3 near = min(a, b);
  vec3 far = max(a, b);
  float t = max(max(near.x, near.y), near.z);
  float end = min(min(far.x, far.y), far.z);
  colour = vec4(uPaper, 1.0);
  if (t >= end) return;
  t += uStep * fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453);
  vec3 sum = vec3(0.0);
  float full = 0.0;
  float most = 0.0;
  for (int count = 0; count < 4096; count += 1) {
    if (t >= end) break;
    vec3 p = start + uForward * t;
    vec3 cell = floor(p * uBlockCount);
    vec2 spread = texelFetch(uBlocks, clamp(ivec3(cell), ivec3(0), ivec3(uBlockCount) - 1), 0).rg;
    bool isEmpty = uIsMip ? spread.g <= most : (spread.g <= uVisible.x + 0.001 || spread.r >= uVisible.y - 0.001);
    if (isEmpty) {
      vec3 edge = (cell + step(0.0, uForward)) / uBlockCount;
      vec3 leave = (edge - start) * inverse;
      float next = min(min(leave.x, leave.y), leave.z);
      t += max(uStep, ceil((next - t) / uStep) * uStep);
      continue;
    }
    float value = at(p);
    if (uIsMip) {
      most = max(most, value);
    } else {
      vec4 seen = texture(uTable, vec2(value * (255.0 / 256.0) + 0.5 / 256.0, 0.5));
      if (seen.a > 0.004) {
        float alpha = 1.0 - pow(1.0 - min(seen.a, 0.995), uStep / uUnit);
        vec3 lit = seen.rgb;
        vec3 g = gradient(p);
        float steep = length(g);
        if (steep > 1e-5) {
          float facing = abs(dot(g / steep, uEye));
          float shine = pow(facing, 24.0) * uLight.z;
          lit = seen.rgb * (uLight.x + uLight.y * facing) + vec3(shine);
        }
        sum += (1.0 - full) * alpha * lit;
        full += (1.0 - full) * alpha;
        if (full > 0.97) break;
      }
    }
    t += uStep;
  }
  if (uIsMip) colour = vec4(mix(uPaper, texture(uTable, vec2(most * (255.0 / 256.0) + 0.5 / 256.0, 0.5)).rgb, step(0.004, most)), 1.0);
  else colour = vec4(sum + (1.0 - full) * uPaper, 1.0);
}`;
