// What the rest of the server sees of the log.

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
