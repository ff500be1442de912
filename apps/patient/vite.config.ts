// Build of the patient H5: hashed assets under dist/assets, viewer code only in its own lazy chunks. One React for
// the app and the packages (they carry their own copies), and no wire schemas in the bundle: only their types are used.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { viewerBuild } from '../../packages/viewer/vite.ts';

export default defineConfig({
  base: '/',
  plugins: [react()],
  resolve: {
    ...viewerBuild.resolve,
    dedupe: ['react', 'react-dom'],
  },
  worker: viewerBuild.worker,
  optimizeDeps: { exclude: ['@cornerstonejs/dicom-image-loader'] },
  build: {
    target: ['es2020', 'chrome87', 'safari14'],
    assetsInlineLimit: 0,
    // Chunks of the reading room are heavy by nature and lazy; src/budget.test.ts holds the first picture's budget.
    chunkSizeWarningLimit: 6000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // view.html: the film's page, whose picture passes before the code (src/view.ts).
      input: ['index.html', 'view.html'],
      treeshake: { moduleSideEffects: [{ test: /packages[/\\]api[/\\]/, sideEffects: false }] },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/dicom-web': 'http://127.0.0.1:8080' } },
});
