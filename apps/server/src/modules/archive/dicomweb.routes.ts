// DICOMweb edge of the archive under one prefix: searching is in query/, WADO-RS of whole objects, metadata and bulk
// data in web/ (PS3.18 §10.4, §10.6). Frames, rendered pictures and thumbnails are the media module's.
import type { HttpPlugin } from '../../http/index.ts';
import { qidoRoutes } from './query/qido.routes.ts';
import { wadoRoutes } from './web/wado-routes.ts';
import type { DicomwebPorts, WebContext } from './web/web-types.ts';

export function dicomwebRoutes(ctx: WebContext, ports: DicomwebPorts = {}): HttpPlugin {
  return {
    prefix: '/dicom-web',
    routes: async (app) => {
      await app.register(qidoRoutes(ctx));
      await app.register(wadoRoutes(ctx, ports));
    },
  };
}
