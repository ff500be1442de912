// What this device's graphics can do, found out by trying (viewer spec §6): WebGL 2, texture sizes, 16-bit samples
// interpolated rightly (drawn and read back), and whether a processor plays the graphics card. Tried once per device and
// build, not before there is a picture: making a graphics context takes a tenth of a second on a weak machine.

export type GraphicsFacts = {
  hasWebGl2: boolean;
  isSoftware: boolean;
  mostTextureSide: number;
  mostVolumeSide: number;
  /** 16-bit textures give the value between two texels. */
  hasLinear16: boolean;
  hasLinearFloat: boolean;
};

/** A and B draw with the graphics card, C with the processor (viewer spec §6); D is what has no decoder at all. */
export type Tier = 'A' | 'B' | 'C' | 'D';

const shelfKey = 'yunying.graphics-facts';
/** Another number makes every device try again. */
const probeVersion = 1;
const softwareNames = /swiftshader|llvmpipe|softpipe|software|basic render|paravirtual/i;
const none: GraphicsFacts = {
  hasWebGl2: false,
  isSoftware: false,
  mostTextureSide: 0,
  mostVolumeSide: 0,
  hasLinear16: false,
  hasLinearFloat: false,
};

export function tierOf(facts: GraphicsFacts, hasDecoder: boolean): Tier {
  if (!hasDecoder) return 'D';
  if (!facts.hasWebGl2 || facts.isSoftware || facts.mostTextureSide < 2048) return 'C';
  return facts.hasLinear16 ? 'A' : 'B';
}

export function graphicsFacts(): GraphicsFacts {
  const build = `${probeVersion} ${navigator.userAgent}`;
  const known = readShelf(build);
  if (known !== null) return known;
  const facts = probeGraphics();
  // A refusal may pass: too many contexts, a driver that restarts.
  if (facts.hasWebGl2) writeShelf(build, facts);
  return facts;
}

function readShelf(build: string): GraphicsFacts | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(shelfKey) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('build' in kept) || kept.build !== build) return null;
    if (!('facts' in kept) || typeof kept.facts !== 'object' || kept.facts === null) return null;
    return { ...none, ...kept.facts };
  } catch {
    return null;
  }
}

function writeShelf(build: string, facts: GraphicsFacts): void {
  try {
    localStorage.setItem(shelfKey, JSON.stringify({ build, facts }));
  } catch {
    // Storage is forbidden here: tried again next time.
  }
}

function probeGraphics(): GraphicsFacts {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const gl = canvas.getContext('webgl2', { antialias: false, depth: false });
  if (gl === null) return none;
  try {
    const names = gl.getExtension('WEBGL_debug_renderer_info');
    const renderer = String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
    return {
      hasWebGl2: true,
      isSoftware: softwareNames.test(renderer),
      mostTextureSide: Number(gl.getParameter(gl.MAX_TEXTURE_SIZE)),
      mostVolumeSide: Number(gl.getParameter(gl.MAX_3D_TEXTURE_SIZE)),
      hasLinear16: drawsLinear16(gl),
      hasLinearFloat: gl.getExtension('OES_texture_float_linear') !== null,
    };
  } finally {
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

const vertex = `#version 300 es
void main() { gl_PointSize = 1.0; gl_Position = vec4(0.0, 0.0, 0.0, 1.0); }`;
const fragment = `#version 300 es
precision highp float; uniform sampler2D samples; out vec4 colour;
void main() { colour = vec4(texture(samples, vec2(0.5)).r, 0.0, 0.0, 1.0); }`;

/** Half way between 0 and 65535 must come out as half grey. */
function drawsLinear16(gl: WebGL2RenderingContext): boolean {
  const norm = gl.getExtension('EXT_texture_norm16');
  const program = gl.createProgram();
  if (norm === null) return false;
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) return false;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) return false;
  gl.useProgram(program);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  const samples = new Uint16Array([0, 65535]);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
  gl.texImage2D(gl.TEXTURE_2D, 0, norm.R16_EXT, 2, 1, 0, gl.RED, gl.UNSIGNED_SHORT, samples);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(gl.TEXTURE_2D, name, gl.LINEAR);
  gl.viewport(0, 0, 1, 1);
  gl.drawArrays(gl.POINTS, 0, 1);
  const read = new Uint8Array(4);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, read);
  return Math.abs((read[0] ?? 0) - 128) <= 2 && gl.getError() === gl.NO_ERROR;
}
