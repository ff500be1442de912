// Build settings that every app with the reading engine in it must have; apps' vite.config.ts spread them in.
// vtk.js pulls in xmlbuilder2, which needs Node; the decoding workers are ES modules of our own origin.
import { fileURLToPath } from 'node:url';

const stub = fileURLToPath(new URL('./src/xmlbuilder2-stub.ts', import.meta.url));

export const viewerBuild = {
  resolve: { alias: { xmlbuilder2: stub } },
  worker: { format: 'es' as const },
};
