// Public names of the HL7 v2 package: parse, address, change, build, acknowledge, and MLLP. No database, no
// files; sockets only in mllp/.
export {
  type Ack,
  type AckCode,
  type AckErrorDetail,
  type AckOptions,
  ackFor,
  errorConditions,
  readAck,
  refusalFor,
} from './ack.ts';
export { type Batch, type BatchEntry, type BatchPart, parseBatch } from './batch.ts';
export { buildMessage, type NewMessage, type NewSegment, newControlId } from './build.ts';
export { charsetOf, type Decoded, type DecodeOptions, decodeBytes, decodeMessage } from './charset-decode.ts';
export { encodeText, type Unmappable } from './charset-encode.ts';
export { type Charset, charsetNamed } from './charset-names.ts';
export { type Delimiters, defaultDelimiters } from './delimiters.ts';
export { Hl7Error, type Hl7ErrorCode } from './error.ts';
export { decodeEscapes, encodeEscapes } from './escape.ts';
export { defaultLimits, type Hl7Limits } from './limits.ts';
export type { Message, MessageType, ToBytesOptions } from './message.ts';
export { createMllpClient, type MllpClient, type MllpClientOptions } from './mllp/client.ts';
export {
  MllpError,
  type MllpErrorCode,
  type MllpLimits,
  type MllpPeer,
  type MllpProblem,
} from './mllp/contract.ts';
export { MllpDeframer, mllpFrame } from './mllp/framing.ts';
export { createMllpServer, type MllpServer, type MllpServerOptions } from './mllp/server.ts';
export { type ParseOptions, parseMessage } from './parse.ts';
export { type Hl7Path, parsePath } from './path.ts';
export type { Piece, Presence } from './piece.ts';
export type { FieldPath, Segment } from './segment.ts';
export type { Group, GroupOptions } from './segments.ts';
export {
  type Cwe,
  type Cx,
  type Ei,
  type Hd,
  type Pl,
  parseCe,
  parseCwe,
  parseCx,
  parseEi,
  parseHd,
  parsePl,
} from './types/identifiers.ts';
export {
  type Ed,
  type ObservationValue,
  observationValue,
  parseEd,
  parseRp,
  type Rp,
} from './types/observation.ts';
export {
  displayName,
  parseXad,
  parseXcn,
  parseXpn,
  parseXtn,
  type Xad,
  type Xcn,
  type Xpn,
  type Xtn,
} from './types/people.ts';
export {
  formatTs,
  type Hl7Time,
  parseTs,
  readTime,
  type TimeOptions,
  type TimePrecision,
} from './types/time.ts';
