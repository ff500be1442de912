// Every refused request as problem details (RFC 9457) in the language asked for. Unknown errors become 500
// platform.internal with a trace id; what happened stands only in the log, under that id.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode, sentence, toAppError } from '../errors.ts';
import type { Logger } from '../log/index.ts';

export type ProblemBody = {
  type: string;
  title: string;
  status: number;
  code: string;
  traceId: string;
  details?: Record<string, unknown>;
};

export const problemJson = 'application/problem+json; charset=utf-8';

export function problemOf(error: AppError, req: FastifyRequest): ProblemBody {
  const language = languageOf(req.headers['accept-language']);
  const body: ProblemBody = {
    type: 'about:blank',
    title: sentence(error.code, language),
    status: error.row.http,
    code: error.code,
    traceId: req.id,
  };
  return Object.keys(error.details).length === 0 ? body : { ...body, details: error.details };
}

export function sendProblem(reply: FastifyReply, error: AppError): FastifyReply {
  const { row } = error;
  if (row.http === 503 || row.http === 429) reply.header('retry-after', '5');
  if (row.http === 401) reply.header('www-authenticate', 'Bearer realm="yunying"');
  if (error.code === 'request.range' && typeof error.details.total === 'number') {
    reply.header('content-range', `bytes */${error.details.total}`);
  }
  reply.removeHeader('etag');
  return reply
    .code(row.http)
    .type(problemJson)
    .header('cache-control', 'no-store')
    .send(problemOf(error, reply.request));
}

export function createErrorAnswer(log: Logger) {
  return (thrown: FastifyError | AppError | Error, req: FastifyRequest, reply: FastifyReply): void => {
    const error = thrown instanceof AppError ? thrown : fromFastify(thrown);
    const fields = {
      event: 'http.refused',
      code: error.code,
      traceId: req.id,
      route: req.routeOptions.url ?? 'none',
      method: req.method,
    };
    if (error.row.http >= 500) log.error({ ...fields, error: thrown });
    else log.debug(fields);
    void sendProblem(reply, error);
  };
}

const fastifyCodes: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.invalid',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.invalid',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.invalid',
  FST_ERR_BAD_URL: 'request.not_found',
  FST_ERR_NOT_FOUND: 'request.not_found',
};

function fromFastify(thrown: Error): AppError {
  if ('validation' in thrown && Array.isArray(thrown.validation))
    return new AppError('request.invalid', validationDetails(thrown), { cause: thrown });
  const code = 'code' in thrown && typeof thrown.code === 'string' ? fastifyCodes[thrown.code] : undefined;
  if (code !== undefined) return new AppError(code, {}, { cause: thrown });
  const status = 'statusCode' in thrown ? thrown.statusCode : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new AppError('request.invalid', {}, { cause: thrown });
  return toAppError(thrown);
}

/** Where the request is wrong and by which rule; never the value itself. */
function validationDetails(thrown: Error): { in: string; fields: string[] } {
  const rows: unknown[] = 'validation' in thrown && Array.isArray(thrown.validation) ? thrown.validation : [];
  const fields = rows.slice(0, 10).map((row) => {
    if (typeof row !== 'object' || row === null) return '?';
    const path = 'instancePath' in row ? String(row.instancePath) : '';
    const keyword = 'keyword' in row ? String(row.keyword) : '';
    const missing = keyword === 'required' && 'params' in row ? missingProperty(row.params) : '';
    return `${path === '' ? '/' : path}${missing} ${keyword}`.slice(0, 120);
  });
  const context = 'validationContext' in thrown ? String(thrown.validationContext) : 'request';
  return { in: context, fields };
}

function missingProperty(params: unknown): string {
  return typeof params === 'object' && params !== null && 'missingProperty' in params
    ? String(params.missingProperty)
    : '';
}

/** Chinese unless the first language asked for is another one. */
export function languageOf(header: string | undefined): 'zh' | 'en' {
  const first = header?.split(',')[0]?.trim().toLowerCase() ?? '';
  return first === '' || first === '*' || first.startsWith('zh') ? 'zh' : 'en';
}
