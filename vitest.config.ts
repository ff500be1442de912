// Four projects: `unit` needs nothing but Node, `database` real PostgreSQL and sockets, `screens` the built web apps and
// Chromium, `platform` whole servers, DCMTK and other peers, `alone` what measures memory or fills the disk: one at a time.
// Tests sit beside the code; what drives the whole platform lives in test/.
import { defineConfig } from 'vitest/config';

const databaseTests = ['apps/server/**/*.test.ts'];
const screenTests = ['test/viewer-*.test.ts', 'test/saved*.test.ts', 'test/screens.test.ts'];
const wholePlatform = ['test/**/*.test.ts'];
const aloneTests = ['faults', 'memory'].map((name) => `test/${name}.test.ts`);

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/**/*.test.ts', 'apps/{patient,doctor,admin}/**/*.test.ts', 'demo/**/*.test.ts'],
        },
      },
      { extends: true, test: { name: 'database', include: databaseTests } },
      {
        extends: true,
        test: { name: 'screens', include: screenTests, globalSetup: 'test/harness/fed-demo.ts' },
      },
      {
        extends: true,
        test: { name: 'platform', include: wholePlatform, exclude: [...screenTests, ...aloneTests] },
      },
      { extends: true, test: { name: 'alone', include: aloneTests, fileParallelism: false } },
    ],
  },
});
