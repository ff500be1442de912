// Structured log: one JSON object a line on standard error. Only fields of the allow-list come out; anything
// else is dropped, so that a patient's name, id number or phone cannot reach a log by accident.
export { createLogger, silentLogger } from './create-logger.ts';
export type { LogFields, Logger } from './logger.ts';
