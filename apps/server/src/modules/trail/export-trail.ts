// Rows of the audit trail as a file for those who examine it (spec AD-8): CSV, XLSX or JSON lines in a ZIP, with a second
// file that says whose and what it is and signs its SM3 by SM2; the public key is in it. Whoever holds the hospital's
// public key can prove later that no byte was changed.
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { TrailExportForm, TrailFilter, TrailItem } from '@yunying/api';
import writeXlsxFile from 'write-excel-file/node';
import { ZipFile } from 'yazl';
import type { Context } from '../../context.ts';
import { readTrail } from './search-trail.ts';

type Part = Pick<Context, 'db' | 'crypto' | 'clock'>;

const mostRows: Record<TrailExportForm, number> = { csv: 100_000, jsonl: 100_000, xlsx: 50_000 };

export const exportColumns = [
  'id',
  'at',
  'actorKind',
  'actorId',
  'actorName',
  'actorRole',
  'authMethod',
  'sessionId',
  'address',
  'forwardedChain',
  'deviceModel',
  'device',
  'event',
  'objectType',
  'objectId',
  'patientId',
  'patientName',
  'studyInstanceUid',
  'reportVersion',
  'purpose',
  'dataScope',
  'result',
  'resultCode',
  'beforeHash',
  'afterHash',
  'bytes',
  'durationMs',
  'detail',
  'traceId',
  'node',
  'linkNo',
  'hash',
] as const satisfies readonly (keyof TrailItem)[];

export type TrailExport = { zip: Buffer; rows: number; complete: boolean; sm3: string };

export async function exportTrail(
  ctx: Part,
  filter: TrailFilter,
  form: TrailExportForm,
): Promise<TrailExport> {
  const most = mostRows[form];
  const items: TrailItem[] = [];
  for await (const page of readTrail(ctx, filter, most)) items.push(...page);
  const file = await fileOf(form, items);
  const sm3 = createHash('sm3').update(file).digest('hex');
  const { keyId, signature } = ctx.crypto.sign(file);
  const note = {
    file: `audit.${form}`,
    rows: items.length,
    complete: items.length < most,
    filter,
    exportedAt: ctx.clock.now().toISOString(),
    sm3,
    signatureAlgorithm: 'SM2 with SM3, DER, over the file',
    keyId,
    signature: signature.toString('base64'),
    publicKey: ctx.crypto.publicKey(keyId),
  };
  const zip = new ZipFile();
  zip.addBuffer(file, note.file);
  zip.addBuffer(Buffer.from(`${JSON.stringify(note, null, 2)}\n`), 'signature.json');
  zip.end();
  return { zip: await buffer(zip.outputStream), rows: items.length, complete: note.complete, sm3 };
}

async function fileOf(form: TrailExportForm, items: readonly TrailItem[]): Promise<Buffer> {
  switch (form) {
    case 'jsonl':
      return Buffer.from(items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    case 'csv': {
      const lines = items.map((item) => exportColumns.map((column) => csvCell(item[column])).join(','));
      return Buffer.from(`\ufeff${[exportColumns.join(','), ...lines].join('\r\n')}\r\n`);
    }
    case 'xlsx': {
      const head = exportColumns.map((column) => ({ value: column, fontWeight: 'bold' as const }));
      const rows = items.map((item) =>
        exportColumns.map((column) => ({ value: textOf(item[column]), type: String })),
      );
      return writeXlsxFile([head, ...rows]).toBuffer();
    }
  }
}

const textOf = (value: string | number | null): string => (value === null ? '' : String(value));

/** A cell that a table program would take for a formula is written as text. */
export function csvCell(value: string | number | null): string {
  const text = textOf(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
