// Words that make a password guessable in this trade and country. Compared after folding: lower case, the usual
// look-alike signs turned back into letters, digits and signs at both ends removed.

export const weakWords: readonly string[] = [
  'password',
  'passwd',
  'passw',
  'admin',
  'administrator',
  'root',
  'system',
  'superuser',
  'qwerty',
  'qwert',
  'asdfgh',
  'zxcvbn',
  'letmein',
  'welcome',
  'iloveyou',
  'woaini',
  'monkey',
  'dragon',
  'master',
  'login',
  'hello',
  'test',
  'changeme',
  'default',
  'guest',
  'user',
  'doctor',
  'nurse',
  'hospital',
  'yiyuan',
  'yunying',
  'dicom',
  'pacs',
  'radiology',
  'fangshe',
  'mima',
  'beijing',
  'shanghai',
  'guangxi',
  'nanning',
  'china',
  'zhongguo',
  'abc',
  'aaa',
  'qaz',
  'wsx',
  'p@ss',
]; // prettier-ignore

const lookAlikes: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '0': 'o',
  '1': 'l',
  '!': 'i',
  '3': 'e',
  $: 's',
  '5': 's',
  '7': 't',
};

/** True when nothing but a weak word is left once the decoration is taken off. */
export function isWeakWord(password: string): boolean {
  const plain = password.toLowerCase();
  const bare = plain.replace(/^[^a-z@$]+|[^a-z]+$/g, '');
  const folded = [...bare].map((sign) => lookAlikes[sign] ?? sign).join('');
  const lettersOnly = plain.replace(/[^a-z]/g, '');
  return [bare, folded, lettersOnly].some((form) => weakWords.some((word) => consistsOf(form, word)));
}

function consistsOf(form: string, word: string): boolean {
  return form.length > 0 && form.replaceAll(word, '').length === 0;
}
