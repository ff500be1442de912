// Structured log: one JSON object a line on standard error. Only fields of the allow-list come out; anything
// else is dropped, so that a patient's name, id number or phone cannot reach a log by accident.
export { createLogger, silentLogger } from './create-logger.ts';

/** Use: log.info({ event: 'archive.stored', studyInstanceUid, durationMs }, 'optional fixed sentence'). */
export type LogFields = Record<string, unknown>;

export interface Logger {
  trace(fields: LogFields, message?: string): void;
  debug(fields: LogFields, message?: string): void;
  info(fields: LogFields, message?: string): void;
  warn(fields: LogFields, message?: string): void;
  error(fields: LogFields, message?: string): void;
  fatal(fields: LogFields, message?: string): void;
  child(fields: LogFields): Logger;
}
