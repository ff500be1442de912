// Which of the tender's ten kinds an exam is (china-interfaces D2), from the modality that was ordered or came,
// and from the item's name where the modality does not decide (CT of teeth, a PDF from the pathology system).
import type { ExamType } from '@yunying/api';

const byModality: Readonly<Record<string, ExamType>> = {
  CR: 'RAD',
  DX: 'RAD',
  DR: 'RAD',
  RF: 'RAD',
  RG: 'RAD',
  MG: 'RAD',
  XA: 'RAD',
  CT: 'RAD',
  MR: 'RAD',
  MRI: 'RAD',
  BMD: 'RAD',
  US: 'US',
  IVUS: 'US',
  BDUS: 'US',
  ES: 'ES',
  SM: 'PATH',
  GM: 'PATH',
  PATH: 'PATH',
  ECG: 'ECG',
  EPS: 'ECG',
  HD: 'ECG',
  IO: 'DENT',
  PX: 'DENT',
  CBCT: 'DENT',
  PT: 'PETCT',
  PET: 'PETCT',
  NM: 'NM',
  ST: 'NM',
  OP: 'OPH',
  OPT: 'OPH',
  OPM: 'OPH',
  OPV: 'OPH',
  OAM: 'OPH',
  OCT: 'OPH',
};
// Objects that accompany an exam and do not say what it is.
const attached = new Set([
  'SR',
  'KO',
  'PR',
  'DOC',
  'SEG',
  'REG',
  'RTSTRUCT',
  'RTDOSE',
  'RTPLAN',
  'OT',
  'SC',
  'AU',
  'XC',
]);

const byName: readonly [RegExp, ExamType][] = [
  [/PET|正电子/i, 'PETCT'],
  [/病理|活检|细胞学|冰冻|免疫组化/, 'PATH'],
  [/口腔|牙|CBCT|全景片|曲面断层/i, 'DENT'],
  [/眼底|眼前节|角膜|视网膜|OCT/, 'OPH'],
  [/内镜|胃镜|肠镜|支气管镜|膀胱镜|喉镜|宫腔镜/, 'ES'],
  [/心电|动态血压|HOLTER/i, 'ECG'],
  [/超声|彩超|B超|多普勒/i, 'US'],
  [/核医学|骨显像|骨扫描|SPECT|甲状腺显像|肾动态/i, 'NM'],
  [/CT|核磁|磁共振|MR|X线|DR|钼靶|造影|透视|摄片|胸片|平扫/i, 'RAD'],
];

export function examTypeOf(from: {
  modalities: readonly (string | null)[];
  itemName: string | null;
}): ExamType {
  const modalities = from.modalities.flatMap((m) =>
    m === null || m.trim() === '' ? [] : [m.trim().toUpperCase()],
  );
  const name = from.itemName ?? '';
  if (modalities.includes('PT') || modalities.includes('PET')) return 'PETCT';
  const types = modalities.flatMap((m) => byModality[m] ?? []);
  const first = types[0];
  if (first !== undefined) return first === 'RAD' && isDental(name) ? 'DENT' : first;
  for (const [pattern, type] of byName) if (pattern.test(name)) return type;
  return 'OTHER';
}

/** The modality people would name the exam by: the first that is not a mere attachment. */
export function mainModality(modalities: readonly (string | null)[]): string | null {
  const named = modalities.flatMap((m) =>
    m === null || m.trim() === '' ? [] : [m.trim().toUpperCase().slice(0, 16)],
  );
  if (named.includes('PT')) return 'PT';
  return named.find((m) => !attached.has(m)) ?? named[0] ?? null;
}

/** A CT ordered and a CT that came are the same; so are the names that systems use for one modality. */
export function sameModality(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false;
  return family(a) === family(b);
}

function family(modality: string): string {
  const upper = modality.trim().toUpperCase();
  if (['CR', 'DX', 'DR', 'RG'].includes(upper)) return 'DX';
  if (['PT', 'PET', 'PETCT', 'PT\\CT'].includes(upper)) return 'PT';
  if (['MR', 'MRI'].includes(upper)) return 'MR';
  return upper;
}

function isDental(name: string): boolean {
  return /口腔|牙|颌面|CBCT/i.test(name);
}
