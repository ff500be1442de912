// npm start: builds the web apps when needed and becomes the server (apps/server/src/main.ts) on ./data.
import { buildWebApps } from './setup/web.ts';

buildWebApps();
await import('../apps/server/src/main.ts');
