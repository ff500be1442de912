declare module '@cornerstonejs/codec-openjph' {
  export type OpenjphDecoder = {
    getEncodedBuffer(length: number): Uint8Array;
    getDecodedBuffer(): Uint8Array;
    readHeader(): void;
    decodeSubResolution(level: number): void;
    getFrameInfo(): {
      width: number;
      height: number;
      bitsPerSample: number;
      componentCount: number;
      isSigned: boolean;
    };
    getIsHeaderValid(): boolean;
    getLastErrorMessage(): string;
    delete(): void;
  };
  export type OpenjphModule = { HTJ2KDecoder: new () => OpenjphDecoder; HEAPU8: Uint8Array };
  const factory: (options: Record<string, unknown>) => Promise<OpenjphModule>;
  export default factory;
}
declare module '@cornerstonejs/codec-openjph/wasm?url' {
  const url: string;
  export default url;
}
