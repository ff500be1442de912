// Rules of one DICOM node beside its rights: time-outs, sizes, syntaxes, how many associations and how fast, TLS and
// user identity in both directions. Everything is optional; what is absent is as for every node. Secrets are not here:
// they are given with NewNode and never come back.
import { type Static, Type } from 'typebox';

const Seconds = (most: number) => Type.Optional(Type.Integer({ minimum: 1, maximum: most }));
const Uid = Type.String({ pattern: '^[0-9]+(\\.[0-9]+)+$', maxLength: 64 });
const Pem = Type.String({ minLength: 1, maxLength: 65_536, pattern: '^\\s*-----BEGIN ' });

/** What we send in, when the node takes it; else what it takes. */
export const sendAsWords = [
  'original',
  'uncompressed',
  'htj2k-lossless',
  'jpeg2000-lossless',
  'jpeg-ls-lossless',
  'jpeg-lossless',
  'rle',
] as const;
export type SendAs = (typeof sendAsWords)[number];

/** 'named': some user must be named. 'proven': with a passcode that fits. */
export const userIdentityWords = ['named', 'proven'] as const;

export const slowestBytesPerSecond = 16_384;

export const queryWords = ['narrow', 'any'] as const;

export const NodeRules = Type.Object(
  {
    associationSeconds: Seconds(600),
    dimseSeconds: Seconds(86_400),
    idleSeconds: Seconds(86_400),
    maxPduLength: Type.Optional(Type.Integer({ minimum: 4_096, maximum: 1_048_576 })),
    transferSyntaxes: Type.Optional(
      Type.Array(Uid, { minItems: 1, maxItems: 64, description: 'Of objects it stores here. Absent: all.' }),
    ),
    sendAs: Type.Optional(Type.Enum([...sendAsWords])),
    mostAssociations: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 200,
        description: 'At a time; those it opens, and those we open.',
      }),
    ),
    bytesPerSecond: Type.Optional(
      Type.Integer({
        minimum: slowestBytesPerSecond,
        maximum: 10_000_000_000,
        description: 'Of all its associations together, in each direction.',
      }),
    ),
    privateClasses: Type.Optional(
      Type.Union([Type.Enum(['all', 'none']), Type.Array(Uid, { minItems: 1, maxItems: 200 })], {
        description: 'Private storage SOP classes that it may store. Absent: all.',
      }),
    ),
    queries: Type.Optional(
      Type.Enum([...queryWords], {
        description:
          'narrow: a C-FIND names a patient, an accession number, a study or at most 31 days. Absent: narrow, but any in profile demo.',
      }),
    ),
    tlsRequired: Type.Optional(Type.Boolean({ description: 'It may call over TLS only.' })),
    userIdentity: Type.Optional(Type.Enum([...userIdentityWords])),
    tls: Type.Optional(
      Type.Object(
        {
          ca: Type.Optional(Pem),
          certificate: Type.Optional(Pem),
          serverName: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
        },
        {
          additionalProperties: false,
          description: 'We call it over TLS. Without CA or certificate those of this server are used.',
        },
      ),
    ),
    user: Type.Optional(
      Type.Object(
        { name: Type.String({ minLength: 1, maxLength: 128 }), isConfirmed: Type.Optional(Type.Boolean()) },
        { additionalProperties: false, description: 'The user that we call it as (PS3.7 annex D.3.3.7).' },
      ),
    ),
  },
  { additionalProperties: false },
);
export type NodeRules = Static<typeof NodeRules>;

/** Secrets that go with the rules: absent: as they are; '': removed. */
export const NodeSecrets = Type.Object(
  {
    tlsKey: Type.Optional(Type.String({ maxLength: 65_536, pattern: '^(\\s*|\\s*-----BEGIN [\\s\\S]*)$' })),
    passcode: Type.Optional(Type.String({ maxLength: 256 })),
  },
  { additionalProperties: false },
);
export type NodeSecrets = Static<typeof NodeSecrets>;
