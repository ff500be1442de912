// Leads by their numbers in SCP-ECG (EN 1064 table 5), which ISO/IEEE 11073-10101 and so DICOM CID 3001 have taken over.
const leads: Record<number, string> = {
  1: 'I',
  2: 'II',
  3: 'V1',
  4: 'V2',
  5: 'V3',
  6: 'V4',
  7: 'V5',
  8: 'V6',
  9: 'V7',
  10: 'V2R',
  11: 'V3R',
  12: 'V4R',
  13: 'V5R',
  14: 'V6R',
  15: 'V7R',
  16: 'X',
  17: 'Y',
  18: 'Z',
  61: 'III',
  62: 'aVR',
  63: 'aVL',
  64: 'aVF',
  66: 'V8',
  67: 'V9',
  68: 'V8R',
  69: 'V9R',
};
const codes = new Map(Object.entries(leads).map(([code, lead]) => [lead, Number(code)]));

export function leadOfCode(code: number): string {
  return leads[code] ?? `#${code}`;
}

export function codeOfLead(lead: string): number | null {
  return codes.get(lead) ?? null;
}

/** MDC_ECG_LEAD_AVR is aVR. */
export function leadOfMdc(code: string): string | null {
  const name = /^MDC_ECG_LEAD_([A-Z0-9]{1,8})$/i.exec(code)?.[1]?.toUpperCase();
  if (name === undefined) return null;
  return /^AV[RLF]$/.test(name) ? `aV${name.slice(2)}` : name;
}
