// Addresses that no route knows: contract addresses that are not built yet answer 501, pages of the apps that only
// the browser knows get the app, everything else 404.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { HttpOptions } from './http-types.ts';
import { sendProblem } from './problem.ts';
import { appOf, sendApp } from './static-apps.ts';

const contractPrefixes = ['/dicom-web', '/wado', '/xds', '/pix', '/pdq', '/fhir'];
const machinePrefixes = ['/api', ...contractPrefixes, '/healthz', '/readyz', '/metrics'];

export function notFoundAnswer(options: Pick<HttpOptions, 'listener' | 'appsFolder'>) {
  return async (req: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const path = pathOf(req.url);
    const under = (prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);
    if (options.listener === 'public' && contractPrefixes.some(under))
      return sendProblem(reply, new AppError('platform.not_built'));
    const isPage =
      req.method === 'GET' &&
      !isFileName(path.split('/').at(-1) ?? '') &&
      (req.headers.accept ?? '').includes('text/html');
    if (options.appsFolder !== undefined && isPage && !machinePrefixes.some(under)) {
      return sendApp(req, reply, options.appsFolder, appOf(options.listener, path));
    }
    return sendProblem(reply, new AppError('request.not_found'));
  };
}

/** A name with an ending (app.js) is a file; a UID at the end of a page's address is not. */
const isFileName = (name: string): boolean => /\.[a-z]\w*$/i.test(name);

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
