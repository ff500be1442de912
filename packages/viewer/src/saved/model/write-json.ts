// DICOM JSON (PS3.18 Annex F) of the objects that readers leave: small builders, so that the modules read like the
// tables of PS3.3. Types of values stand with the tag, as the standard has them.
import type { JsonItem } from '../../geometry/dicom-json.ts';

export type Code = { value: string; scheme: string; meaning: string };

export const uid = (value: string) => ({ vr: 'UI', Value: [value] });
export const code = (value: string) => ({ vr: 'CS', Value: [value] });
export const longText = (value: string) => ({ vr: 'LO', Value: [value.slice(0, 64)] });
export const text = (vr: 'UT' | 'ST' | 'SH' | 'DA' | 'TM', value: string) => ({ vr, Value: [value] });
export const numbers = (vr: 'IS' | 'FL' | 'US' | 'SL' | 'UL', ...values: number[]) => ({ vr, Value: values });
export const decimals = (...values: number[]) => ({ vr: 'DS', Value: values.map(decimal) });
export const items = (...list: JsonItem[]) => ({ vr: 'SQ', Value: list });
/** Type 2: there, and empty. */
export const empty = (vr: string) => ({ vr });

export const codeItem = ({ value, scheme, meaning }: Code): JsonItem => ({
  '00080100': text('SH', value),
  '00080102': text('SH', scheme),
  '00080104': longText(meaning),
});

/** At most 16 characters (PS3.5 table 6.2-1), as many digits as fit. */
export function decimal(value: number): number {
  for (let digits = 15; digits > 0; digits -= 1) {
    const short = Number(value.toPrecision(digits));
    if (String(short).length <= 16) return short;
  }
  throw new Error('a value too long for a decimal string');
}

/** A UUID-derived UID (PS3.5 Annex B.2). Not crypto.randomUUID, which plain http pages do not have. */
export function newUid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return `2.25.${value}`;
}
