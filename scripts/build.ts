// npm run build: the three web apps, from scratch.
import { buildWebApps } from './setup/web.ts';

buildWebApps(true);
