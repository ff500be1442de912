// The error every part throws, with a code of the one table (error-table.ts: add rows there). Edges map the row to
// their protocol. Foreign errors become platform.* codes here; what they say stays out of answers and job rows.
import { type ErrorRow, errorTable } from './error-table.ts';

export { type ErrorRow, errorTable } from './error-table.ts';

export type ErrorCode = keyof typeof errorTable;

/** Values that may be shown to the peer and logged: codes, UIDs, counts, offsets. Never a name or number of a person. */
export type ErrorDetails = Record<string, string | number | boolean | readonly string[] | readonly number[]>;

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options: { cause?: unknown } = {}) {
    super(`${code}: ${errorTable[code].en}`, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = details;
  }

  get row(): ErrorRow {
    return errorTable[this.code];
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** Any thrown thing as the AppError the edges answer with; the original stays in `cause` for the log. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error ? codeOfCause(error) : 'platform.internal';
  return new AppError(code, {}, { cause: error });
}

// SQLSTATE (PostgreSQL appendix A): what passes by itself is told apart from a bug, so that senders try again. A
// connection that is lost is told where it is lost (db/database-away.ts).
function codeOfCause(error: Error): ErrorCode {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === '57014') return 'platform.timeout';
  if (/^(?:08|57P|53)/.test(code) || code === '55P03') return 'platform.database_away';
  if (code === '40001' || code === '40P01') return 'platform.overloaded';
  return 'platform.internal';
}

export function sentence(code: ErrorCode, language: 'zh' | 'en'): string {
  return errorTable[code][language];
}

/** For the operator who starts something: with what lies behind it, in one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return (cause instanceof Error ? `${message} ${cause.message}` : message).split('\n')[0] ?? '';
}
