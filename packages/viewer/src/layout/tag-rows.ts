// The attributes of an object as rows of a tree, from WADO-RS metadata (DICOM JSON, PS3.18 Annex F), with names from
// the dictionary where it knows them.
import { isItem, type JsonItem } from '../geometry/dicom-json.ts';

export type TagRow = {
  /** (0008,0060) */
  tag: string;
  vr: string;
  name: string;
  value: string;
  depth: number;
};

const mostRows = 4000;
const mostDepth = 8;
const longestValue = 400;

export type NameOf = (tag: string) => string;

export function tagRows(instance: JsonItem, nameOf: NameOf): TagRow[] {
  const rows: TagRow[] = [];
  addItem(rows, instance, nameOf, 0);
  return rows;
}

/** Rows that hold the text in tag, name or value, with the sequences they lie in. */
export function filterRows(rows: readonly TagRow[], sought: string): TagRow[] {
  const text = sought.trim().toLowerCase();
  if (text === '') return [...rows];
  const kept = new Set<number>();
  for (const [at, row] of rows.entries()) {
    const plain = row.tag.replace(/[(),]/g, '');
    const texts = [row.tag, plain, row.name, row.value].map((one) => one.toLowerCase());
    if (!texts.some((one) => one.includes(text))) continue;
    kept.add(at);
    let depth = row.depth;
    for (let above = at - 1; above >= 0 && depth > 0; above -= 1) {
      const parent = rows[above];
      if (parent === undefined || parent.depth >= depth) continue;
      kept.add(above);
      depth = parent.depth;
    }
  }
  return rows.filter((_, at) => kept.has(at));
}

function addItem(rows: TagRow[], item: JsonItem, nameOf: NameOf, depth: number): void {
  for (const tag of Object.keys(item).sort()) {
    if (rows.length >= mostRows || !/^[0-9A-Fa-f]{8}$/.test(tag)) continue;
    const attribute = item[tag];
    if (attribute === undefined) continue;
    const vr = typeof attribute.vr === 'string' ? attribute.vr.slice(0, 2) : '';
    const values: unknown[] = Array.isArray(attribute.Value) ? attribute.Value : [];
    const row = { tag: `(${tag.slice(0, 4)},${tag.slice(4)})`.toUpperCase(), vr, name: nameOf(tag), depth };
    if (vr !== 'SQ') {
      rows.push({ ...row, value: isItem(attribute) ? textOfValues(attribute, values) : '' });
      continue;
    }
    rows.push({ ...row, value: `${values.length}` });
    if (depth >= mostDepth) continue;
    for (const [at, one] of values.entries()) {
      if (!isItem(one)) continue;
      rows.push({ tag: `#${at + 1}`, vr: '', name: '', value: '', depth: depth + 1 });
      addItem(rows, one, nameOf, depth + 2);
    }
  }
}

function textOfValues(
  attribute: { InlineBinary?: unknown; BulkDataURI?: unknown },
  values: unknown[],
): string {
  if (attribute.BulkDataURI !== undefined || attribute.InlineBinary !== undefined) return '…';
  return values.map(plain).join('\\').slice(0, longestValue);
}

/** Person names by their groups, everything else as it stands. */
function plain(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value)
    .filter((part) => typeof part === 'string')
    .join('=');
}
