// Decodes HTJ2K codestreams and their prefixes (OpenJPH in WebAssembly) away from the page's thread. OpenJPH reports
// trouble instead of throwing, so its state is checked after every decode and before its memory is read.
import openjph, { type OpenjphModule } from '@cornerstonejs/codec-openjph';
import wasmUrl from '@cornerstonejs/codec-openjph/wasm?url';
import { isWholeCodestream } from './codestream-shape.ts';
import type { DecodeReply, DecodeRequest, DecoderReady } from './decode-message.ts';
import { type Pixels, rangeOf, type SampleArray } from './pixels.ts';

const keptHeapBytes = 256 * 2 ** 20;
const mostSamples = 2 ** 28;

let opened = openModule();
opened.then(
  () => postMessage({ ready: true } satisfies DecoderReady),
  (error: unknown) => postMessage({ ready: false, error: String(error) } satisfies DecoderReady),
);

async function openModule(): Promise<OpenjphModule> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`decoder file: HTTP ${response.status}`);
  const silent = () => undefined;
  return openjph({ wasmBinary: await response.arrayBuffer(), print: silent, printErr: silent });
}

addEventListener('message', async (event: MessageEvent<DecodeRequest>) => {
  const request = event.data;
  try {
    const module = await opened;
    const pixels = decode(module, request);
    if (module.HEAPU8.byteLength > keptHeapBytes) opened = openModule();
    const reply: DecodeReply = { id: request.id, pixels };
    postMessage(reply, { transfer: [pixels.samples.buffer] });
  } catch (error) {
    // A trap leaves the instance in an unknown state.
    opened = openModule();
    opened.catch(() => undefined);
    const reply: DecodeReply = {
      id: request.id,
      error: error instanceof Error ? error.message : String(error),
    };
    postMessage(reply);
  }
});

function decode(module: OpenjphModule, request: DecodeRequest): Pixels {
  const { bytes, level } = request;
  if (level === 0 && !isWholeCodestream(bytes)) throw new Error('the codestream is not whole');
  const decoder = new module.HTJ2KDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.readHeader();
    const facts = decoder.getFrameInfo();
    const { width, height, componentCount } = facts;
    const fits =
      (request.columns === null || width === request.columns) &&
      (request.rows === null || height === request.rows);
    if (!decoder.getIsHeaderValid() || !fits || width * height * componentCount > mostSamples) {
      throw new Error(`codestream header is not that of this frame: ${width}x${height}x${componentCount}`);
    }
    if (componentCount !== 1 && componentCount !== 3) throw new Error(`${componentCount} components`);
    decoder.decodeSubResolution(level);
    const message = decoder.getLastErrorMessage();
    if (message !== '') throw new Error(message.slice(0, 160));
    const step = 2 ** level;
    const columns = Math.ceil(width / step);
    const rows = Math.ceil(height / step);
    const samples = copySamples(decoder.getDecodedBuffer(), columns * rows * componentCount, facts);
    const range = componentCount === 3 ? { min: 0, max: 255 } : rangeOf(samples, request.padding);
    return { samples, columns, rows, components: componentCount, step, offset: 0, ...range };
  } finally {
    decoder.delete();
  }
}

function copySamples(
  raw: Uint8Array,
  count: number,
  facts: { bitsPerSample: number; isSigned: boolean },
): SampleArray {
  const wide = facts.bitsPerSample > 8;
  const bytes = count * (wide ? 2 : 1);
  if (raw.length < bytes) throw new Error(`decoder gave ${raw.length} of ${bytes} bytes`);
  const copy = raw.slice(0, bytes).buffer;
  if (wide) return facts.isSigned ? new Int16Array(copy) : new Uint16Array(copy);
  return facts.isSigned ? new Int8Array(copy) : new Uint8Array(copy);
}
