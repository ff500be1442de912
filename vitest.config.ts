// Three projects: `unit` needs nothing but Node, `database` real PostgreSQL and sockets, `browser` a built web app,
// Chromium and DCMTK. Tests sit beside the code; what drives the whole platform lives in test/.
import { defineConfig } from 'vitest/config';

const databaseTests = ['apps/server/**/*.test.ts'];
const wholePlatform = ['test/**/*.test.ts'];

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
        test: {
          name: 'platform',
          include: wholePlatform,
          fileParallelism: false,
          globalSetup: 'test/harness/fed-demo.ts',
        },
      },
    ],
  },
});
