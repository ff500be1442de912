// The data dictionary of PS3.6 and the command elements of PS3.7, read lazily from the generated table.
// Tags are eight upper-case hex digits everywhere in this package; keywords are the standard's.
import { dictionaryText } from './dictionary.gen.ts';
import { DicomError } from './errors.ts';
import { isVr, type Vr } from './vr.ts';

export interface DictionaryEntry {
  keyword: string;
  vr: Vr;
  vm: string;
  /** US in the table, SS where Pixel Representation is 1 (PS3.3 C.7.6.3). */
  signedByPixelRepresentation: boolean;
}

interface Tables {
  byTag: ReadonlyMap<string, DictionaryEntry>;
  tagByKeyword: ReadonlyMap<string, string>;
}

let tables: Tables | null = null;

function load(): Tables {
  if (tables !== null) return tables;
  const byTag = new Map<string, DictionaryEntry>();
  const tagByKeyword = new Map<string, string>();
  for (const line of dictionaryText.split('\n')) {
    const [tag, keyword, vrText, vm] = line.split(' ');
    if (!tag || !keyword || !vrText || !vm) continue;
    const signedByPixelRepresentation = vrText === 'xs';
    const vr = isVr(vrText) ? vrText : 'US';
    byTag.set(tag, { keyword, vr, vm, signedByPixelRepresentation });
    // For a repeating group the keyword means its first group: OverlayRows is 60000010.
    if (!tagByKeyword.has(keyword)) tagByKeyword.set(keyword, tag.replace('XX', '00'));
  }
  tables = { byTag, tagByKeyword };
  return tables;
}

/** Every element of the standard by tag; repeating ones under their XX pattern ('60XX0010'). */
export function dictionary(): ReadonlyMap<string, DictionaryEntry> {
  return load().byTag;
}

export function dictionaryEntry(tag: string): DictionaryEntry | undefined {
  const { byTag } = load();
  const entry = byTag.get(tag);
  if (entry !== undefined) return entry;
  const group = tag.slice(0, 2);
  if (group === '50' || group === '60' || group === '7F') return byTag.get(`${group}XX${tag.slice(4)}`);
  if (tag.startsWith('002031')) return byTag.get('002031XX');
  return undefined;
}

export function keywordOf(tag: string): string | undefined {
  return dictionaryEntry(tag.toUpperCase())?.keyword;
}

export function tagOf(keyword: string): string | undefined {
  return load().tagByKeyword.get(keyword);
}

/** The VR of an element sent without one: dictionary, group length, private creator, otherwise UN (PS3.5 §7.8). */
export function vrOf(tag: string): Vr {
  const entry = dictionaryEntry(tag);
  if (entry !== undefined) return entry.vr;
  if (tag.endsWith('0000')) return 'UL';
  return isPrivateCreator(tag) ? 'LO' : 'UN';
}

export function isPrivateTag(tag: string): boolean {
  return (Number.parseInt(tag.slice(3, 4), 16) & 1) === 1;
}

function isPrivateCreator(tag: string): boolean {
  return isPrivateTag(tag) && tag.startsWith('00', 4) && tag.slice(6) >= '10';
}

const tagForm = /^[0-9A-Fa-f]{8}$/;

/** Accepts 'PatientName' or '00100010'. */
export function toTag(tagOrKeyword: string): string {
  const tag = tagOf(tagOrKeyword);
  if (tag !== undefined) return tag;
  if (tagForm.test(tagOrKeyword)) return tagOrKeyword.toUpperCase();
  throw new DicomError('unknown-keyword', `'${tagOrKeyword.slice(0, 64)}' is neither a tag nor a keyword`);
}
