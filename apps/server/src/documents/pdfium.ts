// PDFium with a Chinese font. Hospital systems write PDFs that name SimSun or SimHei without embedding them; PDFium as
// WASM has an empty file system, so such text would come out blank, which in a report is worse than an error. Here
// our font is written into PDFium's memory file system through its own system calls, into a folder that the library
// is told to search (FPDF_LIBRARY_CONFIG.m_pUserFontPaths, fpdfview.h). A fresh instance per document.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PDFiumLibrary, PDFiumModule } from '@hyzyla/pdfium';

const fontFile = '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf';
const fontFolder = '/tmp'; // one of the few folders that exist in there
const createForWriting = 0o101; // O_CREAT | O_WRONLY
const currentFolder = -100; // AT_FDCWD
const anyoneReads = 0o666;

type SystemCalls = {
  __syscall_openat(folder: number, path: number, flags: number, mode: number): number;
  fd_write(fd: number, vectors: number, count: number, written: number): number;
  fd_close(fd: number): number;
};
type Imports = { env: SystemCalls };
/** The parts of the WASM module that the library's own types leave out. */
type Engine = {
  HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _free(pointer: number): void;
  _FPDF_InitLibraryWithConfig(config: number): void;
};

/** Node has WebAssembly; the types of a server without a browser do not. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: { instantiate(binary: Uint8Array, imports: Imports): Promise<{ instance: unknown }> };
};

export async function openPdfium(): Promise<PDFiumLibrary> {
  const binary = new Uint8Array(
    readFileSync(fileURLToPath(import.meta.resolve('@hyzyla/pdfium/pdfium.wasm'))),
  );
  let calls: SystemCalls | null = null;
  const module: unknown = await PDFiumModule({
    wasmBinary: binary.buffer,
    locateFile: () => '',
    instantiateWasm: (imports: Imports, ready: (instance: unknown) => void) => {
      calls = imports.env;
      void wasm.instantiate(binary, imports).then(({ instance }) => ready(instance));
      return {};
    },
  } as unknown as Parameters<typeof PDFiumModule>[0]);
  const engine = module as Engine;
  if (calls !== null) writeFont(engine, calls, readFileSync(fileURLToPath(import.meta.resolve(fontFile))));
  engine._FPDF_InitLibraryWithConfig(libraryConfig(engine));
  return new PDFiumLibrary(module as ConstructorParameters<typeof PDFiumLibrary>[0]);
}

function writeFont(engine: Engine, calls: SystemCalls, font: Uint8Array): void {
  const path = putText(engine, `${fontFolder}/NotoSansSC.ttf`);
  const fd = calls.__syscall_openat(currentFolder, path, createForWriting, putWords(engine, [anyoneReads]));
  if (fd < 0) throw new Error('the font folder cannot be written');
  const content = engine._malloc(font.length);
  engine.HEAPU8.set(font, content);
  calls.fd_write(fd, putWords(engine, [content, font.length]), 1, putWords(engine, [0]));
  calls.fd_close(fd);
  engine._free(content);
}

/** version 2, m_pUserFontPaths (an array of C strings that ends in null), m_pIsolate, m_v8EmbedderSlot, m_pPlatform. */
function libraryConfig(engine: Engine): number {
  const paths = putWords(engine, [putText(engine, fontFolder), 0]);
  return putWords(engine, [2, paths, 0, 0, 0]);
}

function putText(engine: Engine, text: string): number {
  const bytes = Buffer.from(`${text}\0`, 'latin1');
  const pointer = engine._malloc(bytes.length);
  engine.HEAPU8.set(bytes, pointer);
  return pointer;
}

function putWords(engine: Engine, words: readonly number[]): number {
  const pointer = engine._malloc(words.length * 4);
  const view = new DataView(engine.HEAPU8.buffer);
  for (const [index, word] of words.entries()) view.setUint32(pointer + index * 4, word, true);
  return pointer;
}
