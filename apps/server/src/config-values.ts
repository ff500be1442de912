// Parsers of configuration values. Each throws an Error whose message continues the sentence
// "YUNYING_X ...", and never repeats a value that may hold a password.
import { availableParallelism } from 'node:os';

export type Address = { host: string; port: number };

const units: Record<string, number> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

export const parse = {
  address(text: string): Address {
    const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]*):(\d{1,5})$/.exec(text.trim());
    const port = Number(match?.[2]);
    if (match?.[1] === undefined || port > 65_535)
      throw new Error(`"${text}" must be host:port, e.g. 127.0.0.1:8080`);
    const host = match[1].replace(/^\[|\]$/g, '');
    return { host: host === '' ? '0.0.0.0' : host, port };
  },

  /** PS3.5 §6.2 AE: 1 to 16 characters of the default repertoire, no backslash, not only spaces. */
  aeTitle(text: string): string {
    const title = text.trim();
    if (!/^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(title))
      throw new Error('must be an AE title of 1 to 16 ASCII characters without backslash');
    return title;
  },

  origin(text: string): string {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !['http:', 'https:'].includes(url.protocol))
      throw new Error(`"${text}" must be an http or https URL`);
    if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
      throw new Error(`"${text}" must be an origin only, e.g. https://yun.hospital.cn`);
    }
    return url.origin;
  },

  /** A comma list of origins; `*` is none. */
  origins(text: string): readonly string[] {
    return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [parse.origin(part.trim())]));
  },

  integer: (least: number, most: number) => (text: string) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text.trim()) || value < least || value > most) {
      throw new Error(`"${text}" must be a whole number from ${least} to ${most}`);
    }
    return value;
  },

  bytes(text: string): number {
    const match = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)?$/i.exec(text.trim());
    const unit = units[(match?.[2] ?? 'B').toUpperCase()];
    if (match?.[1] === undefined || unit === undefined)
      throw new Error(`"${text}" must be a size such as 512MB or 20GB`);
    return Math.round(Number(match[1]) * unit);
  },

  /** "2%,20GB": the smaller of the two applies, so that a huge disk does not hold terabytes back. */
  reserve(text: string): { percent: number; bytes: number } {
    const reserve = { percent: 0, bytes: 0 };
    for (const part of text.split(',').map((p) => p.trim())) {
      const percent = /^(\d+(?:\.\d+)?)%$/.exec(part);
      if (percent?.[1] === undefined) reserve.bytes = parse.bytes(part);
      else reserve.percent = Number(percent[1]);
    }
    if (reserve.percent > 50) throw new Error(`"${text}" keeps more than half of the disk back`);
    return reserve;
  },

  yesNo(text: string): boolean {
    if (['yes', 'true', '1', 'on'].includes(text.trim().toLowerCase())) return true;
    if (['no', 'false', '0', 'off', ''].includes(text.trim().toLowerCase())) return false;
    throw new Error(`"${text}" must be yes or no`);
  },

  /** "auto": one per core but one, up to four; none on one or two cores, where one event loop serves better. */
  processes(text: string): number {
    if (text.trim() !== 'auto') return parse.integer(0, 64)(text);
    const cores = availableParallelism();
    return cores <= 2 ? 0 : Math.min(4, cores - 1);
  },

  spareCores(): number {
    return Math.max(1, availableParallelism() - 1);
  },
};

export const oneOf =
  <const T extends string>(words: readonly T[]) =>
  (text: string): T => {
    const found = words.find((word) => word === text.trim());
    if (found === undefined) throw new Error(`"${text}" must be one of: ${words.join(', ')}`);
    return found;
  };

/** A database URL. The value is not repeated in the message: it holds a password. */
export function secretUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new Error('must be a URL such as postgresql://user:password@host:5432/database');
  }
  return text;
}

export function formatAddress(address: Address): string {
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
