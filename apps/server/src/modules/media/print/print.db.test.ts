// From the doctor's wish to the film, through real sockets: DCMTK's print SCP keeps grey sheets; a printer of our own upper
// layer takes colour, refuses, reports a fault and breaks off.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { FilmPrint } from '@yunying/api';
import { CodecPool } from '@yunying/codec';
import { itemsOf, newUid, numberOf, setValue, textOf } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../../http/index.ts';
import type { JobRun } from '../../../jobs/index.ts';
import { silentLogger } from '../../../log/index.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { createAuthorize } from '../../access/index.ts';
import { staffCookie } from '../../accounts/testing/staff-cookie.ts';
import { storeInstance } from '../../archive/index.ts';
import { madeObject } from '../../archive/testing/made-objects.ts';
import { chunked, splitPart10 } from '../../archive/testing/rig.ts';
import { addNode } from '../../nodes/index.ts';
import { performPrint } from './perform-print.ts';
import { printRoutes } from './print.routes.ts';
import { dcmtkAbsent, startDcmtkPrinter } from './testing/dcmtk-printer.ts';
import { startPaperPrinter } from './testing/paper-printer.ts';

const study = newUid();
const series = newUid();

describe('printing on film', () => {
  let test: TestContext;
  let ctx: TestContext & { codec: CodecPool };
  let app: HttpApp;
  const cookies: Record<string, string> = {};
  const objects: string[] = [];
  let colored = '';

  beforeAll(async () => {
    test = await openTestContext();
    ctx = { ...test, codec: new CodecPool({ size: 1 }) };
    for (const role of ['doctor', 'system_admin'] as const) cookies[role] = await staffCookie(ctx, role);
    app = await createHttp(ctx, {
      listener: 'public',
      authorize: createAuthorize(ctx, 'public'),
      plugins: [printRoutes(ctx)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
    for (let count = 0; count < 5; count += 1) objects.push(await keep(false));
    colored = await keep(true);
  });
  afterAll(async () => {
    await app.close();
    await ctx.codec.close();
    await test.close();
  });

  /** 100 mm wide, 50 mm high; the coloured one has no spacing. */
  async function keep(isColor: boolean): Promise<string> {
    const file = madeObject({
      rows: 100,
      columns: 200,
      bits: 8,
      studyInstanceUid: study,
      seriesInstanceUid: series,
      change: (dataset) => {
        setValue(dataset, 'PatientName', 'Zhang^San');
        if (!isColor) return setValue(dataset, 'PixelSpacing', ['0.5', '0.5']);
        setValue(dataset, 'SamplesPerPixel', 3);
        setValue(dataset, 'PhotometricInterpretation', 'RGB');
        setValue(dataset, 'PlanarConfiguration', 0);
        const red = Buffer.alloc(100 * 200 * 3);
        for (let at = 0; at < red.length; at += 3) red[at] = 200;
        setValue(dataset, 'PixelData', red, 'OW');
      },
    });
    const source = { kind: 'import', name: 'test', institutionId: null, onConflict: 'refuse' } as const;
    expect((await storeInstance(ctx, chunked(file), source)).outcome).toBe('stored');
    return splitPart10(file).sopInstanceUid;
  }

  const wish = (nodeId: string, uids: readonly string[], more: Partial<FilmPrint> = {}): FilmPrint => ({
    nodeId,
    pictures: uids.map((sopInstanceUid) => ({ seriesInstanceUid: series, sopInstanceUid, frameNumber: 1 })),
    columns: 2,
    rows: 2,
    filmSize: '14INX17IN',
    orientation: 'PORTRAIT',
    medium: 'BLUE FILM',
    copies: 2,
    identity: false,
    trueSize: false,
    ...more,
  });
  const call = (method: 'GET' | 'POST', rest: string, payload?: object, role = 'doctor') =>
    app.inject({
      method,
      url: `/api/studies/${study}/prints${rest}`,
      headers: { cookie: cookies[role] ?? '', 'sec-fetch-site': 'same-origin' },
      ...(payload === undefined ? {} : { payload }),
    });
  const printer = (name: string, port: number, may = ['print']) =>
    addNode(ctx, { kind: 'dicom', name, host: '127.0.0.1', port, may });
  const job = (attempt = 1): JobRun => ({
    id: '1',
    name: 'media.print_film',
    key: null,
    payload: {},
    attempt,
    maxAttempts: 3,
    signal: AbortSignal.timeout(60_000),
    log: silentLogger,
    progress: async () => {},
  });
  /** Asked for at the door, done by the job; answers the state as the door tells it. */
  async function print(body: FilmPrint) {
    const asked = await call('POST', '', body);
    expect(asked.statusCode).toBe(200);
    const error = await performPrint(ctx, job(), asked.json().id).then(
      () => null,
      (thrown: Error) => thrown,
    );
    const [state] = (await call('GET', '')).json().prints;
    return { state, error, id: String(asked.json().id) };
  }

  it.skipIf(dcmtkAbsent)(
    "lays pictures out on sheets that DCMTK's print SCP keeps (skipped without dcmprscp)",
    async () => {
      const scp = await startDcmtkPrinter(mkdtempSync(join(test.folder, 'film-')));
      try {
        const node = await printer('FILM', scp.port);
        expect((await call('GET', '')).json()).toEqual({
          printers: [{ id: node.id, name: 'FILM' }],
          prints: [],
        });
        const { state, error } = await print(wish(node.id, objects, { identity: true }));
        expect(error).toBe(null);
        expect(state).toMatchObject({ state: 'printed', sheetCount: 2, printedCount: 2, own: true });
        const sheets = scp.sheets();
        expect(sheets.length).toBe(2);
        for (const sheet of sheets) {
          const [film = {}] = itemsOf(sheet, '21300030');
          expect(textOf(film, '20100010')).toBe('STANDARD\\2,2');
          expect(textOf(film, '20100050')).toBe('14INX17IN');
        }
        const shown = sheets.map((sheet) => itemsOf(sheet, '21300040').length).sort();
        expect(shown).toEqual([1, 4]);
        const pictures = scp.pictures();
        expect(pictures.length).toBe(5);
        expect(numberOf(pictures[0] ?? {}, '00280011')).toBe(1024); // words have to be read in it
      } finally {
        scp.stop();
      }
    },
  );

  it.skipIf(dcmtkAbsent)(
    'asks for the size of the body where it fits, and prints nothing where the printer cannot keep to it (skipped without dcmprscp)',
    async () => {
      const scp = await startDcmtkPrinter(mkdtempSync(join(test.folder, 'film-')));
      const crude = await startDcmtkPrinter(mkdtempSync(join(test.folder, 'film-')), {
        SupportsImageSize: 'false',
      });
      try {
        const node = await printer('TRUE', scp.port);
        const true1 = await print(wish(node.id, objects.slice(0, 1), { trueSize: true }));
        expect(true1.error).toBe(null);
        const [box = {}] = itemsOf(scp.sheets()[0] ?? {}, '21300040');
        expect(numberOf(box, '20200030')).toBe(100);
        const other = await printer('CRUDE', crude.port);
        const false1 = await print(wish(other.id, objects.slice(0, 1), { trueSize: true }));
        expect(false1.state).toMatchObject({ state: 'failed', printedCount: 0 });
        expect(crude.sheets()).toEqual([]);
      } finally {
        scp.stop();
        crude.stop();
      }
    },
  );

  it('prints in colour where the printer takes it, grey by planes beside it', async () => {
    const paper = await startPaperPrinter();
    const node = await printer('COLOR', paper.port);
    const { state, error } = await print(wish(node.id, [colored, objects[0] ?? '']));
    expect(error).toBe(null);
    expect(state.state).toBe('printed');
    expect(paper.images.map((image) => [image.photometric, image.samples, image.planar])).toEqual([
      ['RGB', 3, 1],
      ['RGB', 3, 1],
    ]);
    const [red] = paper.images;
    const plane = (red?.rows ?? 0) * (red?.columns ?? 0);
    expect([red?.pixels[0], red?.pixels[plane], red?.pixels[2 * plane]]).toEqual([200, 0, 0]);
    expect(paper.copies).toBe('2');
    await paper.close();
  });

  it('waits for a printer with a fault, and goes on when it is ready', async () => {
    const paper = await startPaperPrinter();
    const node = await printer('JAM', paper.port);
    paper.fault = 'FILM JAM';
    const { state, id } = await print(wish(node.id, objects));
    expect(state).toMatchObject({ state: 'waiting', errorDetail: 'FILM JAM' });
    paper.fault = null;
    await performPrint(ctx, job(2), id);
    expect(paper.printed).toBe(2);
    await paper.close();
  });

  it('repeats nothing by itself when the connection breaks while printing; a person goes on behind what came out', async () => {
    const paper = await startPaperPrinter();
    const node = await printer('BROKEN', paper.port);
    paper.breakAt = 2;
    const { state, error, id } = await print(wish(node.id, objects));
    expect(error?.message).toContain('printing.uncertain');
    expect(state).toMatchObject({ state: 'failed', printedCount: 1 });
    expect(state.error).toContain('请先查看打印机');
    await performPrint(ctx, job(2), id);
    expect(paper.printed).toBe(1);
    paper.breakAt = null;
    expect((await call('POST', `/${id}/retry`, {})).json().state).toBe('waiting');
    await performPrint(ctx, job(), id);
    expect(paper.printed).toBe(2);
    expect((await call('GET', '')).json().prints[0]).toMatchObject({ state: 'printed', printedCount: 2 });
    await paper.close();
  });

  it('is for those who may, on printers only, and every step is in the trail', async () => {
    const modality = await printer('MODALITY', 104, ['store']);
    expect((await call('POST', '', wish(modality.id, objects))).statusCode).toBe(404);
    expect((await call('GET', '', undefined, 'system_admin')).statusCode).toBeGreaterThanOrEqual(401);
    expect((await call('GET', '', undefined, 'nobody')).statusCode).toBe(401);
    expect((await call('POST', '/7/retry', {})).statusCode).toBe(404);
    const away = await printer('AWAY', 104);
    expect((await call('POST', '', wish(away.id, [newUid()]))).statusCode).toBe(404);
    const rows = await ctx.db
      .selectFrom('audit_event')
      .select(['event_type', 'result'])
      .where('event_type', 'like', 'image.print%')
      .execute();
    const count = (event: string, result: string) =>
      rows.filter((row) => row.event_type === event && row.result === result).length;
    expect(count('image.print_asked', 'ok')).toBeGreaterThanOrEqual(4);
    expect(count('image.printed', 'ok')).toBeGreaterThanOrEqual(3);
    expect(count('image.printed', 'error')).toBeGreaterThanOrEqual(1);
  });
});
