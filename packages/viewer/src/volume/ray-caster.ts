// Draws voxels as a solid with WebGL 2: one byte per voxel (linear filtering of bytes works on every device, that of 16
// bits does not), and a coarse texture of each block's least and greatest byte, by which empty space is leapt over.
import { fragmentSource, vertexSource } from './ray-shader.ts';

export type SolidDims = readonly [number, number, number];
type Triple = readonly [number, number, number];

export type RayView = {
  width: number;
  height: number;
  centre: Triple;
  right: Triple;
  down: Triple;
  forward: Triple;
  /** Column by column. */
  toPatient: readonly number[];
  eye: Triple;
  low: Triple;
  high: Triple;
  stepMm: number;
  unitMm: number;
  isMip: boolean;
  light: Triple;
  visible: { low: number; high: number };
};

export const blockSide = 8;
const paper: Triple = [0, 0, 0];

export class RayCaster {
  readonly canvas: HTMLCanvasElement;
  readonly limit: number;
  readonly isSoftware: boolean;
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #places = new Map<string, WebGLUniformLocation | null>();
  readonly #textures: WebGLTexture[] = [];
  #dims: SolidDims = [0, 0, 0];
  #blocks: SolidDims = [0, 0, 0];
  #extremes = new Uint8Array(0);

  /** Throws where there is no WebGL 2. */
  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    const gl = canvas.getContext('webgl2', { antialias: false, depth: false, preserveDrawingBuffer: true });
    if (gl === null) throw new Error('no WebGL 2');
    this.#gl = gl;
    this.limit = Number(gl.getParameter(gl.MAX_3D_TEXTURE_SIZE));
    const names = gl.getExtension('WEBGL_debug_renderer_info');
    const renderer = names === null ? '' : String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL));
    this.isSoftware = /swiftshader|llvmpipe|software/i.test(renderer);
    this.#program = this.#link();
  }

  /** Room for voxels; slices are put one by one. */
  allocate(dims: SolidDims): void {
    const gl = this.#gl;
    this.#drop();
    this.#dims = dims;
    this.#blocks = [0, 1, 2].map((axis) => Math.ceil((dims[axis] ?? 1) / blockSide)) as unknown as SolidDims;
    this.#extremes = new Uint8Array(this.#blocks[0] * this.#blocks[1] * this.#blocks[2] * 2);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.#texture(0, gl.TEXTURE_3D, gl.LINEAR);
    gl.texStorage3D(gl.TEXTURE_3D, 1, gl.R8, dims[0], dims[1], dims[2]);
    this.#texture(1, gl.TEXTURE_3D, gl.NEAREST);
    gl.texStorage3D(gl.TEXTURE_3D, 1, gl.RG8, this.#blocks[0], this.#blocks[1], this.#blocks[2]);
    this.#texture(2, gl.TEXTURE_2D, gl.LINEAR);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 256, 1);
    if (gl.getError() === gl.OUT_OF_MEMORY) throw new Error('the graphics memory is too small');
  }

  /** Begin anew: blocks forget what was in them. */
  begin(): void {
    for (let at = 0; at < this.#extremes.length; at += 2) {
      this.#extremes[at] = 255;
      this.#extremes[at + 1] = 0;
    }
  }

  put(slice: number, bytes: Uint8Array): void {
    const gl = this.#gl;
    const [nx, ny] = this.#dims;
    gl.activeTexture(gl.TEXTURE0);
    gl.texSubImage3D(gl.TEXTURE_3D, 0, 0, 0, slice, nx, ny, 1, gl.RED, gl.UNSIGNED_BYTE, bytes);
    this.#spread(slice, bytes);
  }

  end(): void {
    const gl = this.#gl;
    const [bx, by, bz] = this.#blocks;
    gl.activeTexture(gl.TEXTURE1);
    gl.texSubImage3D(gl.TEXTURE_3D, 0, 0, 0, 0, bx, by, bz, gl.RG, gl.UNSIGNED_BYTE, this.#extremes);
  }

  table(rgba: Uint8Array): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE2);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
  }

  /** Waits for the picture, so that the time it takes is known; returns ms. */
  draw(view: RayView): number {
    const gl = this.#gl;
    const began = performance.now();
    if (this.canvas.width !== view.width) this.canvas.width = view.width;
    if (this.canvas.height !== view.height) this.canvas.height = view.height;
    gl.viewport(0, 0, view.width, view.height);
    gl.useProgram(this.#program);
    const [nx, ny, nz] = this.#dims;
    const vectors: [string, Triple][] = [
      ['uCentre', view.centre],
      ['uRight', view.right],
      ['uDown', view.down],
      ['uForward', view.forward],
      ['uEye', view.eye],
      ['uLow', view.low],
      ['uHigh', view.high],
      ['uTexel', [1 / nx, 1 / ny, 1 / nz]],
      // Blocks are counted in voxels: the last may reach over the edge.
      ['uBlockCount', [nx / blockSide, ny / blockSide, nz / blockSide]],
      ['uLight', view.light],
      ['uPaper', paper],
    ];
    for (const [name, [x, y, z]] of vectors) gl.uniform3f(this.#place(name), x, y, z);
    gl.uniform2f(this.#place('uSize'), view.width, view.height);
    gl.uniform2f(this.#place('uVisible'), view.visible.low / 255, view.visible.high / 255);
    gl.uniform1f(this.#place('uStep'), view.stepMm);
    gl.uniform1f(this.#place('uUnit'), view.unitMm);
    gl.uniform1i(this.#place('uIsMip'), view.isMip ? 1 : 0);
    gl.uniformMatrix3fv(this.#place('uToPatient'), false, view.toPatient);
    gl.uniform1i(this.#place('uVolume'), 0);
    gl.uniform1i(this.#place('uBlocks'), 1);
    gl.uniform1i(this.#place('uTable'), 2);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    return performance.now() - began;
  }

  close(): void {
    this.#drop();
    this.#gl.deleteProgram(this.#program);
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
    this.canvas.width = 1;
    this.canvas.height = 1;
  }

  #spread(slice: number, bytes: Uint8Array): void {
    const [nx, ny] = this.#dims;
    const [bx, by, bz] = this.#blocks;
    // Linear filtering reaches one voxel over the edge of a block.
    const layers = new Set([slice - 1, slice, slice + 1].map((at) => Math.floor(at / blockSide)));
    for (const layer of layers) {
      if (layer < 0 || layer >= bz) continue;
      for (let row = 0; row < by; row += 1) {
        const [y0, y1] = [Math.max(0, row * blockSide - 1), Math.min(ny, (row + 1) * blockSide + 1)];
        for (let column = 0; column < bx; column += 1) {
          const [x0, x1] = [Math.max(0, column * blockSide - 1), Math.min(nx, (column + 1) * blockSide + 1)];
          const at = ((layer * by + row) * bx + column) * 2;
          let low = this.#extremes[at] ?? 255;
          let high = this.#extremes[at + 1] ?? 0;
          for (let y = y0; y < y1; y += 1) {
            for (let x = y * nx + x0; x < y * nx + x1; x += 1) {
              const value = bytes[x] ?? 0;
              if (value < low) low = value;
              if (value > high) high = value;
            }
          }
          this.#extremes[at] = low;
          this.#extremes[at + 1] = high;
        }
      }
    }
  }

  #texture(unit: number, target: number, filter: number): void {
    const gl = this.#gl;
    const texture = gl.createTexture();
    if (texture === null) throw new Error('no texture');
    this.#textures.push(texture);
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(target, texture);
    gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    if (target === gl.TEXTURE_3D) gl.texParameteri(target, gl.TEXTURE_WRAP_R, gl.CLAMP_TO_EDGE);
  }

  #drop(): void {
    for (const texture of this.#textures.splice(0)) this.#gl.deleteTexture(texture);
  }

  #place(name: string): WebGLUniformLocation | null {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#gl.getUniformLocation(this.#program, name);
    this.#places.set(name, place);
    return place;
  }

  #link(): WebGLProgram {
    const gl = this.#gl;
    const program = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, vertexSource],
      [gl.FRAGMENT_SHADER, fragmentSource],
    ] as const) {
      const shader = gl.createShader(kind);
      if (shader === null) throw new Error('no shader');
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) {
      throw new Error(
        `the ray caster does not compile: ${gl.getProgramInfoLog(program) ?? ''}`.slice(0, 400),
      );
    }
    return program;
  }
}
