// One typed configuration, read once. Order: environment over `yunying.json` in the data directory over the
// default beside each setting below. Unknown names are refused, so that a typing error is found at start and
// not in production. Nothing else reads process.env.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Address, formatAddress, oneOf, parse, secretUrl } from './config-values.ts';
import { type RoleName, roleNames } from './role-names.ts';
import { type BlobLocation, parseBlobs, parseReadStores, type ReadStore } from './store-locations.ts';

export type { Address } from './config-values.ts';
export type { BlobLocation, FileLocation, S3Location } from './store-locations.ts';

export type Profile = 'production' | 'demo';
export type StorageReserve = { percent: number; bytes: number };

export type Config = {
  dataDir: string;
  profile: Profile;
  roles: readonly RoleName[];
  http: Address;
  adminHttp: Address;
  dimse: Address;
  dimseTls: Address | null;
  /** PEM files of DICOM over TLS; with `ca`, peers must show a certificate signed by it. */
  dimseTlsFiles: { certificate: string | null; key: string | null; ca: string | null };
  /** Processes that associations are spread over; 0: all in the server's own. */
  dimseProcesses: number;
  mllp: Address;
  aeTitle: string;
  /** Origin in links and QR codes. With port 0 and no own value it is completed once the web role listens. */
  publicUrl: string;
  publicUrlGiven: boolean;
  /** null: the embedded PostgreSQL under the data directory. Holds a password: never log it. */
  databaseUrl: string | null;
  blobs: BlobLocation;
  log: { level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' };
  database: { poolSize: number; statementTimeoutMs: number; sharedBuffersMb: number };
  storage: {
    reserve: StorageReserve;
    recoveryDays: number;
    /** The store of second copies; null: one copy of each object. */
    copy: BlobLocation | null;
    /** Stores that are read and never written, such as a former first one. */
    more: readonly ReadStore[];
    /** How fast stored copies are read back and checked; 0: not. */
    scrubBytesPerSecond: number;
    /** A copy is read back again after so many days. */
    scrubDays: number;
  };
  jobs: { concurrency: number; cpuConcurrency: number; leaseSeconds: number; pollMs: number };
  settle: { quietSeconds: number };
  /** Folders that a report may name by path (OBX type RP); none = such reports are refused. */
  reports: { folders: readonly string[] };
  /** corsOrigins: foreign viewers that may use DICOMweb with a token of their own. */
  http1: {
    bodyLimitBytes: number;
    ratePerMinute: number;
    trustProxy: boolean;
    corsOrigins: readonly string[];
  };
  drainSeconds: number;
};

type Row = { env: string; key: string; standard: (demo: boolean) => string };

// Environment name, name in yunying.json, default. Every value is text and is parsed in readConfig.
const rows = {
  profile: { env: 'YUNYING_PROFILE', key: 'profile', standard: () => 'production' },
  roles: { env: 'YUNYING_ROLES', key: 'roles', standard: () => 'all' },
  http: { env: 'YUNYING_HTTP', key: 'http', standard: () => '127.0.0.1:8080' },
  adminHttp: { env: 'YUNYING_ADMIN_HTTP', key: 'adminHttp', standard: () => '127.0.0.1:8081' },
  dimse: { env: 'YUNYING_DIMSE', key: 'dimse', standard: () => '0.0.0.0:11112' },
  dimseTls: { env: 'YUNYING_DIMSE_TLS', key: 'dimseTls', standard: () => '' },
  dimseTlsCertificate: { env: 'YUNYING_DIMSE_TLS_CERT', key: 'dimseTlsCertificate', standard: () => '' },
  dimseTlsKey: { env: 'YUNYING_DIMSE_TLS_KEY', key: 'dimseTlsKey', standard: () => '' },
  dimseTlsCa: { env: 'YUNYING_DIMSE_TLS_CA', key: 'dimseTlsCa', standard: () => '' },
  dimseProcesses: {
    env: 'YUNYING_DIMSE_PROCESSES',
    key: 'dimseProcesses',
    standard: (demo) => (demo ? '0' : 'auto'),
  },
  mllp: { env: 'YUNYING_MLLP', key: 'mllp', standard: () => '127.0.0.1:2575' },
  aeTitle: { env: 'YUNYING_AE', key: 'aeTitle', standard: () => 'YUNYING' },
  publicUrl: { env: 'YUNYING_PUBLIC_URL', key: 'publicUrl', standard: () => '' },
  databaseUrl: { env: 'YUNYING_DATABASE_URL', key: 'databaseUrl', standard: () => '' },
  blobs: { env: 'YUNYING_BLOBS', key: 'blobs', standard: () => 'file:' },
  blobsCopy: { env: 'YUNYING_BLOBS_COPY', key: 'blobsCopy', standard: () => '' },
  blobsMore: { env: 'YUNYING_BLOBS_MORE', key: 'blobsMore', standard: () => '' },
  scrubRate: { env: 'YUNYING_SCRUB_RATE', key: 'scrubRate', standard: () => '20MB' },
  scrubDays: { env: 'YUNYING_SCRUB_DAYS', key: 'scrubDays', standard: () => '30' },
  logLevel: { env: 'YUNYING_LOG_LEVEL', key: 'logLevel', standard: () => 'info' },
  poolSize: { env: 'YUNYING_DATABASE_POOL', key: 'databasePool', standard: () => '20' },
  statementTimeoutMs: {
    env: 'YUNYING_STATEMENT_TIMEOUT_MS',
    key: 'statementTimeoutMs',
    standard: () => '60000',
  },
  sharedBuffersMb: {
    env: 'YUNYING_SHARED_BUFFERS_MB',
    key: 'sharedBuffersMb',
    standard: (demo) => (demo ? '128' : '512'),
  },
  reserve: { env: 'YUNYING_RESERVE', key: 'reserve', standard: (demo) => (demo ? '256MB' : '2%,20GB') },
  recoveryDays: { env: 'YUNYING_RECOVERY_DAYS', key: 'recoveryDays', standard: () => '7' },
  jobConcurrency: { env: 'YUNYING_JOBS', key: 'jobs', standard: () => '8' },
  cpuConcurrency: { env: 'YUNYING_CPU_JOBS', key: 'cpuJobs', standard: () => '0' },
  leaseSeconds: { env: 'YUNYING_JOB_LEASE_SECONDS', key: 'jobLeaseSeconds', standard: () => '60' },
  pollMs: { env: 'YUNYING_JOB_POLL_MS', key: 'jobPollMs', standard: () => '1000' },
  reportFolders: { env: 'YUNYING_REPORT_FOLDERS', key: 'reportFolders', standard: () => '' },
  quietSeconds: {
    env: 'YUNYING_SETTLE_SECONDS',
    key: 'settleSeconds',
    standard: (demo) => (demo ? '3' : '30'),
  },
  bodyLimit: { env: 'YUNYING_BODY_LIMIT', key: 'bodyLimit', standard: () => '1MB' },
  ratePerMinute: { env: 'YUNYING_RATE_PER_MINUTE', key: 'ratePerMinute', standard: () => '60000' },
  trustProxy: { env: 'YUNYING_TRUST_PROXY', key: 'trustProxy', standard: () => 'no' },
  corsOrigins: { env: 'YUNYING_CORS_ORIGINS', key: 'corsOrigins', standard: () => '' },
  drainSeconds: { env: 'YUNYING_DRAIN_SECONDS', key: 'drainSeconds', standard: () => '30' },
} as const satisfies Record<string, Row>;

type Name = keyof typeof rows;
const dataEnv = 'YUNYING_DATA';
/** Read by the tests themselves, and inherited by servers that they start. */
const testNames = new Set(['YUNYING_CORPUS', 'YUNYING_TEST_DATABASE_URL']);

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The settings with their environment names and defaults, for `yunying doctor` and the documentation. */
export function describeSettings(): { env: string; file: string; standard: string; demo: string }[] {
  return Object.values<Row>(rows).map((row) => ({
    env: row.env,
    file: row.key,
    standard: row.standard(false),
    demo: row.standard(true),
  }));
}

export function readConfig(
  env: Record<string, string | undefined> = process.env,
  cwd = process.cwd(),
): Config {
  refuseUnknownEnvironment(env);
  const dataDir = resolve(cwd, env[dataEnv] || 'data');
  const file = readFile(dataDir);
  const chosen = (name: Name): { value: string; from: string; given: boolean } => {
    const row: Row = rows[name];
    const fromEnv = env[row.env];
    if (fromEnv !== undefined && fromEnv !== '') return { value: fromEnv, from: row.env, given: true };
    const fromFile = file[row.key];
    if (fromFile !== undefined) return { value: fromFile, from: `yunying.json "${row.key}"`, given: true };
    const demo = name !== 'profile' && profile === 'demo';
    return { value: row.standard(demo), from: row.env, given: false };
  };
  const read = <T>(name: Name, parser: (text: string) => T): T => {
    const { value, from } = chosen(name);
    try {
      return parser(value);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'is not valid';
      throw new ConfigError(`${from} ${reason}`);
    }
  };

  let profile: Profile = 'production';
  profile = read('profile', oneOf(['production', 'demo']));
  const http = read('http', parse.address);
  const publicUrl = chosen('publicUrl');
  const cpu = read('cpuConcurrency', parse.integer(0, 256));
  const blobLocation = (text: string) => parseBlobs(text, dataDir, env);
  const pathOrNone = (text: string) => (text === '' ? null : resolve(cwd, text));
  return {
    dataDir,
    profile,
    roles: read('roles', parseRoles),
    http,
    adminHttp: read('adminHttp', parse.address),
    dimse: read('dimse', parse.address),
    dimseTls: read('dimseTls', (text) => (text === '' ? null : parse.address(text))),
    dimseTlsFiles: {
      certificate: read('dimseTlsCertificate', pathOrNone),
      key: read('dimseTlsKey', pathOrNone),
      ca: read('dimseTlsCa', pathOrNone),
    },
    dimseProcesses: read('dimseProcesses', parse.processes),
    mllp: read('mllp', parse.address),
    aeTitle: read('aeTitle', parse.aeTitle),
    publicUrl: publicUrl.given ? read('publicUrl', parse.origin) : `http://${formatAddress(http)}`,
    publicUrlGiven: publicUrl.given,
    databaseUrl: read('databaseUrl', (text) => (text === '' ? null : secretUrl(text))),
    blobs: read('blobs', blobLocation),
    log: { level: read('logLevel', oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])) },
    database: {
      poolSize: read('poolSize', parse.integer(4, 200)),
      statementTimeoutMs: read('statementTimeoutMs', parse.integer(1000, 3_600_000)),
      sharedBuffersMb: read('sharedBuffersMb', parse.integer(16, 262_144)),
    },
    storage: {
      reserve: read('reserve', parse.reserve),
      recoveryDays: read('recoveryDays', parse.integer(1, 3650)),
      copy: read('blobsCopy', (text) => (text === '' ? null : blobLocation(text))),
      more: read('blobsMore', (text) => parseReadStores(text, blobLocation)),
      scrubBytesPerSecond: read('scrubRate', parse.bytes),
      scrubDays: read('scrubDays', parse.integer(1, 3650)),
    },
    jobs: {
      concurrency: read('jobConcurrency', parse.integer(1, 256)),
      cpuConcurrency: cpu === 0 ? parse.spareCores() : cpu,
      leaseSeconds: read('leaseSeconds', parse.integer(1, 3600)),
      pollMs: read('pollMs', parse.integer(20, 60_000)),
    },
    reports: { folders: read('reportFolders', (text) => parseFolders(text, cwd)) },
    settle: { quietSeconds: read('quietSeconds', parse.integer(0, 86_400)) },
    http1: {
      bodyLimitBytes: read('bodyLimit', parse.bytes),
      ratePerMinute: read('ratePerMinute', parse.integer(1, 10_000_000)),
      trustProxy: read('trustProxy', parse.yesNo),
      corsOrigins: read('corsOrigins', parse.origins),
    },
    drainSeconds: read('drainSeconds', parse.integer(1, 600)),
  };
}

function refuseUnknownEnvironment(env: Record<string, string | undefined>): void {
  const known = new Set<string>([dataEnv, ...Object.values(rows).map((row) => row.env)]);
  const unknown = Object.keys(env).filter(
    (n) => n.startsWith('YUNYING_') && !known.has(n) && !testNames.has(n),
  );
  if (unknown.length > 0) throw new ConfigError(`unknown environment variable ${unknown.sort().join(', ')}`);
}

function readFile(dataDir: string): Record<string, string> {
  const path = resolve(dataDir, 'yunying.json');
  if (!existsSync(path)) return {};
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new ConfigError(`${path} is not valid JSON`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError(`${path} must hold one JSON object`);
  }
  const known = new Set<string>(Object.values(rows).map((row) => row.key));
  const settings: Record<string, string> = {};
  for (const [key, value] of Object.entries(content)) {
    if (!known.has(key)) throw new ConfigError(`${path} has the unknown key "${key}"`);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new ConfigError(`${path} "${key}" must be text, a number or true/false`);
    }
    settings[key] = value === true ? 'yes' : value === false ? 'no' : String(value);
  }
  return settings;
}

function parseRoles(text: string): readonly RoleName[] {
  if (text.trim() === 'all') return roleNames;
  const asked = text.split(',').map((part) => part.trim());
  for (const name of asked) {
    if (!roleNames.some((role) => role === name)) {
      throw new Error(`names the unknown role "${name}"; there are: all, ${roleNames.join(', ')}`);
    }
  }
  return roleNames.filter((role) => asked.includes(role));
}

function parseFolders(text: string, cwd: string): readonly string[] {
  const folders = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [resolve(cwd, part.trim())]));
  if (folders.includes('/')) throw new Error('must not name the root folder');
  return folders;
}
