// The body of every refused request (RFC 9457 problem details). The server's errors.ts owns the codes.
import { type Static, Type } from 'typebox';

export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String({ description: 'A sentence for people, in the language asked for.' }),
  status: Type.Integer(),
  code: Type.String({ description: 'Stable code, for example entry.code_wrong.' }),
  traceId: Type.String(),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type Problem = Static<typeof Problem>;

/** Ids are 64-bit and travel as decimal strings. */
export const Id = Type.String({ pattern: '^[0-9]{1,19}$' });
/** A DICOM UID (PS3.5 §9.1), tolerant of the leading zeros that devices in the field write. */
export const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
export const Nullable = <T extends import('typebox').TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
