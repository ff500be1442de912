// The pino instance behind Logger. `safeFields` is the gate: only names of the allow-list pass, only with
// scalar values (or short lists of them), and long texts are cut; fields that hold codes pass only when they look
// like one. Error objects are reduced to name, code and stack frames: their message may quote the input (a DICOM
// value, an HL7 segment, SQL parameters) and stays out, but for kinds that speak of our program only.
import { destination, type Logger as Pino, pino } from 'pino';
import { AppError } from '../errors.ts';
import { allowedFields, codeFields, codeShape } from './fields.ts';
import type { LogFields, Logger } from './logger.ts';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
type Scalar = string | number | boolean | null;

const longestText = 300;

export function createLogger(options: { level: Level; write?: (line: string) => void }): Logger {
  const sink = options.write === undefined ? destination({ fd: 2, sync: true }) : { write: options.write };
  const root = pino(
    {
      level: options.level,
      ...(process.pid > 0 ? { base: { pid: process.pid } } : {}),
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return wrap(root);
}

/** Says nothing; for tests that do not look at the log. */
export const silentLogger: Logger = wrap(pino({ level: 'silent' }));

function wrap(target: Pino): Logger {
  const at = (level: Level) => (fields: LogFields, message?: string) => {
    if (target.isLevelEnabled(level)) target[level](safeFields(fields), message);
  };
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (fields) => wrap(target.child(safeFields(fields))),
  };
}

export function safeFields(fields: LogFields): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (name === 'error') safe.error = describeError(value);
    else if (!allowedFields.has(name) && !codeFields.has(name)) dropped += 1;
    else if (codeFields.has(name) && !(isScalar(value) && codeShape.test(String(value)))) dropped += 1;
    else if (isScalar(value)) safe[name] = cut(value);
    else if (Array.isArray(value) && value.every(isScalar)) safe[name] = value.slice(0, 50).map(cut);
    else if (value instanceof Date) safe[name] = value.toISOString();
    else dropped += 1;
  }
  if (dropped > 0) safe.droppedFields = dropped;
  return safe;
}

export function describeError(value: unknown, depth = 0): Record<string, unknown> {
  if (!(value instanceof Error)) return { name: typeof value };
  const described: Record<string, unknown> = { name: value.name };
  const code: unknown = 'code' in value ? value.code : undefined;
  if (typeof code === 'string' || typeof code === 'number') described.code = code;
  if (value instanceof AppError) described.details = safeFields(value.details);
  if ('constraint' in value && typeof value.constraint === 'string') described.constraint = value.constraint;
  if ('syscall' in value && typeof value.syscall === 'string') described.syscall = value.syscall;
  if (speaksOfTheProgram(value)) described.message = cut(value.message);
  described.at = frames(value.stack);
  if (value.cause !== undefined && depth < 4) described.cause = describeError(value.cause, depth + 1);
  return described;
}

/** Bugs of ours (TypeError, wrong SQL: SQLSTATE class 42) and errors of system calls quote names, not input. */
function speaksOfTheProgram(error: Error): boolean {
  if (error instanceof TypeError || error instanceof ReferenceError || 'syscall' in error) return true;
  return 'code' in error && typeof error.code === 'string' && /^42[0-9A-Z]{3}$/.test(error.code);
}

/** The lines "at function (file:line)" of a stack; never its first line, which repeats the message. */
function frames(stack: string | undefined): string[] {
  return (stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) =>
      line
        .trim()
        .replace(/^at /, '')
        .replace(/file:\/\/\S*?\/(?=apps\/|packages\/|node_modules\/)/, ''),
    );
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}

function cut(value: Scalar): Scalar {
  return typeof value === 'string' && value.length > longestText ? `${value.slice(0, longestText)}…` : value;
}
