// The advanced part of the node form: its fields, what they become on the wire, and back. Secrets come empty and are
// sent only when something was typed.
import type { NodeItem, NodeRules, NodeSecrets, SendAs } from '@yunying/api';

export type RuleFields = {
  associationSeconds: number | null;
  dimseSeconds: number | null;
  idleSeconds: number | null;
  maxPduLength: number | null;
  mostAssociations: number | null;
  /** Thousands of bytes: nobody thinks in bytes a second. */
  kilobytesPerSecond: number | null;
  transferSyntaxes: string[];
  sendAs: SendAs;
  privateClasses: 'all' | 'none' | 'listed';
  listedClasses: string[];
  tlsRequired: boolean;
  userIdentity: '' | 'named' | 'proven';
  queries: '' | 'narrow' | 'any';
  tls: boolean;
  tlsCa: string;
  tlsCertificate: string;
  tlsKey: string;
  tlsServerName: string;
  userName: string;
  passcode: string;
  userIsConfirmed: boolean;
};

export const standardRules: RuleFields = {
  associationSeconds: null,
  dimseSeconds: null,
  idleSeconds: null,
  maxPduLength: null,
  mostAssociations: null,
  kilobytesPerSecond: null,
  transferSyntaxes: [],
  sendAs: 'original',
  privateClasses: 'all',
  listedClasses: [],
  tlsRequired: false,
  userIdentity: '',
  queries: '',
  tls: false,
  tlsCa: '',
  tlsCertificate: '',
  tlsKey: '',
  tlsServerName: '',
  userName: '',
  passcode: '',
  userIsConfirmed: false,
};

export function rulesToFields({ rules }: Pick<NodeItem, 'rules'>): RuleFields {
  const { bytesPerSecond, privateClasses, tls, user, ...same } = rules;
  return {
    ...standardRules,
    ...same,
    kilobytesPerSecond: bytesPerSecond === undefined ? null : bytesPerSecond / 1000,
    privateClasses: Array.isArray(privateClasses) ? 'listed' : (privateClasses ?? 'all'),
    listedClasses: Array.isArray(privateClasses) ? privateClasses : [],
    tls: tls !== undefined,
    tlsCa: tls?.ca ?? '',
    tlsCertificate: tls?.certificate ?? '',
    tlsServerName: tls?.serverName ?? '',
    userName: user?.name ?? '',
    userIsConfirmed: user?.isConfirmed ?? false,
  };
}

export function fieldsToRules(fields: RuleFields): NodeRules {
  const { associationSeconds, dimseSeconds, idleSeconds, maxPduLength, mostAssociations } = fields;
  const given = { associationSeconds, dimseSeconds, idleSeconds, maxPduLength, mostAssociations };
  const numbers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const { kilobytesPerSecond, transferSyntaxes, sendAs, userIdentity, queries } = fields;
  const userName = fields.userName.trim();
  return {
    ...numbers,
    ...(kilobytesPerSecond === null ? {} : { bytesPerSecond: Math.round(kilobytesPerSecond * 1000) }),
    ...(transferSyntaxes.length === 0 ? {} : { transferSyntaxes }),
    ...(sendAs === 'original' ? {} : { sendAs }),
    ...privateRule(fields),
    ...(fields.tlsRequired ? { tlsRequired: true } : {}),
    ...(userIdentity === '' ? {} : { userIdentity }),
    ...(queries === '' ? {} : { queries }),
    ...(fields.tls ? { tls: tlsRule(fields) } : {}),
    ...(userName === ''
      ? {}
      : { user: { name: userName, ...(fields.userIsConfirmed ? { isConfirmed: true } : {}) } }),
  };
}

function privateRule({ privateClasses, listedClasses }: RuleFields): Pick<NodeRules, 'privateClasses'> {
  if (privateClasses === 'all') return {};
  if (privateClasses === 'none' || listedClasses.length === 0) return { privateClasses: 'none' };
  return { privateClasses: listedClasses };
}

function tlsRule({ tlsCa, tlsCertificate, tlsServerName }: RuleFields): NonNullable<NodeRules['tls']> {
  const [ca, certificate, serverName] = [tlsCa.trim(), tlsCertificate.trim(), tlsServerName.trim()];
  return {
    ...(ca === '' ? {} : { ca }),
    ...(certificate === '' ? {} : { certificate }),
    ...(serverName === '' ? {} : { serverName }),
  };
}

/** A certificate that goes takes its key along: one without the other is refused. */
export function fieldsToSecrets(fields: RuleFields, known: NodeItem | undefined): NodeSecrets {
  const keyGoes = fields.tlsCertificate.trim() === '' && known?.holds.tlsKey === true;
  const tlsKey = fields.tlsKey.trim();
  return {
    ...(tlsKey !== '' ? { tlsKey } : keyGoes ? { tlsKey: '' } : {}),
    ...(fields.passcode === '' ? {} : { passcode: fields.passcode }),
  };
}
