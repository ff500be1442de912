// What a patient's screen and a message may show of a person: 王*明, 138****0000, 4501************12 (spec PI-9).

export function maskName(name: string): string {
  // Jérôme Buc: the length of a Latin name would tell too much, and its stars are hard to read.
  if (!/\p{Script=Han}/u.test(name)) {
    const words = name
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    return words.map((word) => `${[...word][0] ?? ''}**`).join(' ');
  }
  const characters = [...name.trim()];
  if (characters.length <= 1) return name.trim();
  const [first = '', ...rest] = characters;
  if (rest.length === 1) return `${first}*`;
  return `${first}${'*'.repeat(Math.min(rest.length - 1, 4))}${rest.at(-1) ?? ''}`;
}

export function maskPhone(phone: string): string {
  const digits = phone.replace(/[^\d]/g, '');
  if (digits.length < 7) return '*'.repeat(Math.max(digits.length, 3));
  const local = digits.length > 11 ? digits.slice(-11) : digits;
  return `${local.slice(0, 3)}${'*'.repeat(local.length - 7)}${local.slice(-4)}`;
}

export function maskIdentity(identityNo: string): string {
  const text = identityNo.trim();
  if (text.length < 8) return '*'.repeat(text.length);
  return `${text.slice(0, 4)}${'*'.repeat(text.length - 6)}${text.slice(-2)}`;
}
