// Build of the doctor app: served below /doctor/ (and /view/…), hashed assets under dist/assets, the reading engine in
// its own lazy chunks. One React for the app and the packages; of the wire schemas only the types are used.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { viewerBuild } from '../../packages/viewer/vite.ts';

export default defineConfig({
  base: '/doctor/',
  plugins: [react()],
  resolve: { dedupe: ['react', 'react-dom'], ...viewerBuild.resolve },
  worker: viewerBuild.worker,
  build: {
    target: ['es2022', 'chrome109', 'safari16'],
    assetsInlineLimit: 0,
    // Chunks of the reading room are heavy by nature and lazy.
    chunkSizeWarningLimit: 6000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // view.html: the reading room's page, whose picture passes before the code (src/view.ts).
      input: ['index.html', 'view.html'],
      treeshake: { moduleSideEffects: [{ test: /packages[/\\]api[/\\]/, sideEffects: false }] },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/dicom-web': 'http://127.0.0.1:8080' } },
});
