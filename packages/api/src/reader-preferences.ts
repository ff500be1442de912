// How a reader's room is set up, kept with the account: which key does what. Names are the viewer's; it leaves out
// those it does not know.
import { type Static, Type } from 'typebox';

const Name = Type.String({ pattern: '^[A-Za-z0-9.-]{1,32}$' });

export const ReaderPreferences = Type.Object(
  {
    keys: Type.Optional(
      Type.Record(Name, Type.String({ minLength: 1, maxLength: 20 }), {
        maxProperties: 80,
        additionalProperties: false,
        description: 'Keys that differ from the usual ones, by what they do.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ReaderPreferences = Static<typeof ReaderPreferences>;
