import type { Context } from '../../context.ts';
import type { HttpPlugin } from '../../http/index.ts';
export function mediaRoutes(_ctx: Context): HttpPlugin {
  return { prefix: '/dicom-web', routes: async () => {} };
}
