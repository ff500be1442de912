// Resident identity numbers (GB 11643): normal form, check digit, and what the number itself says. A number
// that fails here is kept as text but never links two ids on its own (mpi-and-cleaning §2).

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const checkDigits = '10X98765432';
// First two digits of every region in use, with 81 82 83: residence permits of Hong Kong, Macao, Taiwan.
const provinces = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(
    ' ',
  ),
);
const oldestYears = 130;

/** Half-width, upper-case, no separators; 15 digits become 18. Other documents pass with the same tidying. */
export function normalizeIdentity(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s\-_.·]/g, '')
    .toUpperCase();
  if (!/^\d{15}$/.test(plain)) return plain;
  const body = `${plain.slice(0, 6)}19${plain.slice(6)}`;
  return body + checkDigit(body);
}

export function isValidChineseIdentity(text: string, at: Date = new Date()): boolean {
  return chineseIdentityFacts(text, at) !== null;
}

/** Birth date (YYYYMMDD) and sex (GB/T 2261.1) as the number says, or null when it is not a valid number. */
export function chineseIdentityFacts(
  text: string,
  at: Date = new Date(),
): { birthDate: string; sex: '1' | '2' } | null {
  const number = normalizeIdentity(text);
  if (!/^\d{17}[\dX]$/.test(number)) return null;
  if (!provinces.has(number.slice(0, 2))) return null;
  if (checkDigit(number.slice(0, 17)) !== number[17]) return null;
  const birthDate = number.slice(6, 14);
  if (!isPlausibleBirth(birthDate, at)) return null;
  return { birthDate, sex: Number(number[16]) % 2 === 1 ? '1' : '2' };
}

function checkDigit(first17: string): string {
  let sum = 0;
  for (const [index, weight] of weights.entries()) sum += weight * Number(first17[index]);
  return checkDigits.charAt(sum % 11);
}

function isPlausibleBirth(yyyymmdd: string, at: Date): boolean {
  const year = Number(yyyymmdd.slice(0, 4));
  const month = Number(yyyymmdd.slice(4, 6));
  const day = Number(yyyymmdd.slice(6, 8));
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return false;
  return date.getTime() <= at.getTime() && year >= at.getUTCFullYear() - oldestYears;
}
