// Build of the administration console: hashed assets under dist/assets, one React for the app and the packages (the
// root of the workspace carries another), no wire schemas in the bundle (only their types are used).
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  plugins: [react()],
  resolve: { dedupe: ['react', 'react-dom'] },
  build: {
    target: ['es2022', 'chrome107', 'safari16'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500, // antd: an office network and one visit a day, cached for a year
    modulePreload: { polyfill: false },
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: /packages[/\\]api[/\\]/, sideEffects: false }] },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8081' } },
});
