// DICOMweb beyond whole objects, over real HTTP requests: metadata in both forms, bulk data of every encoding, media with a
// DICOMDIR, storing metadata with bulk data. Objects are made here, so no corpus is needed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDataset,
  encodeDataset,
  getSequence,
  getString,
  newUid,
  parseDicom,
  setCharset,
  setValue,
  toDicomJson,
  writePart10,
} from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { createHttp, type HttpApp } from '../../../http/index.ts';
import { addClient, createAuthorize } from '../../access/index.ts';
import { dicomwebRoutes } from '../dicomweb.routes.ts';
import { storeInstance } from '../store-instance.ts';
import { stowRoutes } from '../stow.routes.ts';
import { chunked, openRig, type Rig } from '../testing/rig.ts';
import { fromNativeXml, toNativeXml } from './native-model.ts';

const sopClassUid = '1.2.840.10008.5.1.4.1.1.7';
const little = '1.2.840.10008.1.2.1';
const big = '1.2.840.10008.1.2.2';
const deflated = '1.2.840.10008.1.2.1.99';
const rle = '1.2.840.10008.1.2.5';
const study = newUid();
const series = newUid();
const hasDcmtk = spawnSync('dcmdump', ['--version']).status === 0;

const pixels = new Uint8Array(new Uint16Array(64 * 600).map((_unused, at) => at % 4096).buffer);

function makeDataset(sopInstanceUid: string, number = 1) {
  const dataset = createDataset();
  setCharset(dataset, 'ISO_IR 192');
  const values = {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
    StudyInstanceUID: study,
    SeriesInstanceUID: series,
    StudyDate: '20260102',
    PatientName: 'Wang^XiaoDong=王^小东',
    PatientID: 'W1',
    Modality: 'OT',
    InstanceNumber: String(number),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 600,
    Columns: 64,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
  setValue(dataset, '7FE00010', pixels, 'OW');
  return dataset;
}

function makeFile(sopInstanceUid: string, transferSyntaxUid: string, number = 1): Uint8Array {
  const dataset = makeDataset(sopInstanceUid, number);
  if (transferSyntaxUid === rle)
    dataset.elements.set('7FE00010', {
      kind: 'fragments',
      tag: '7FE00010',
      vr: 'OB',
      fragments: [new Uint8Array(0), Uint8Array.of(1, 2, 3, 4)],
    });
  return writePart10(
    { sopClassUid, sopInstanceUid, transferSyntaxUid },
    encodeDataset(dataset, transferSyntaxUid),
  );
}

/** Parts of a multipart answer: headers and bytes. */
function split(payload: Buffer, contentType: unknown): { head: string; body: Buffer }[] {
  const mark = Buffer.from(`--${/boundary=([^;]+)/.exec(String(contentType))?.[1] ?? ''}`);
  const parts: { head: string; body: Buffer }[] = [];
  for (let at = payload.indexOf(mark); at >= 0; ) {
    const next = payload.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const start = payload.indexOf('\r\n\r\n', at) + 4;
    parts.push({
      head: payload.subarray(at, start).toString('latin1'),
      body: payload.subarray(start, next - 2),
    });
    at = next;
  }
  return parts;
}

function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      const files = new Map<string, Buffer>();
      zip.on('entry', (entry: { fileName: string }) => {
        zip.openReadStream(entry as never, async (failed, stream) => {
          if (failed) return reject(failed);
          const chunks: Buffer[] = [];
          for await (const chunk of stream) chunks.push(chunk as Buffer);
          files.set(entry.fileName, Buffer.concat(chunks));
          zip.readEntry();
        });
      });
      zip.on('end', () => resolve(files));
      zip.on('error', reject);
      zip.readEntry();
    });
  });
}

describe('DICOMweb of the archive, every form', () => {
  let rig: Rig;
  let app: HttpApp;
  let authorization: string;
  const uids = { little: newUid(), big: newUid(), deflated: newUid(), rle: newUid() };
  const path = (uid: string, more = '') =>
    `/dicom-web/studies/${study}/series/${series}/instances/${uid}${more}`;
  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'GET', url, headers: { authorization, ...headers } });
  const store = async (file: Uint8Array) =>
    storeInstance(rig.ctx, chunked(file), {
      kind: 'import',
      name: 'test',
      institutionId: null,
      onConflict: 'refuse',
    });

  beforeAll(async () => {
    rig = await openRig({ YUNYING_RATE_PER_MINUTE: '1000000' });
    authorization = `Bearer ${(await addClient(rig.ctx, { name: 'tester' })).token}`;
    app = await createHttp(rig.ctx, {
      listener: 'public',
      authorize: createAuthorize(rig.ctx, 'public'),
      plugins: [stowRoutes(rig.ctx), dicomwebRoutes(rig.ctx)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
    const syntaxes = { little, big, deflated, rle };
    for (const [index, [name, uid]] of Object.entries(uids).entries()) {
      const outcome = await store(makeFile(uid, syntaxes[name as keyof typeof syntaxes], index + 1));
      expect(outcome.outcome).toBe('stored');
    }
  });
  afterAll(async () => {
    await app.close();
    await rig.close();
  });

  it.each(['little', 'big', 'deflated'] as const)(
    'gives the pixels of a %s endian object as little endian octets, and ranges of them',
    async (name) => {
      const url = path(uids[name], '/bulkdata/7FE00010');
      const whole = await get(url, { accept: 'application/octet-stream' });
      expect(whole.statusCode).toBe(200);
      expect(whole.rawPayload.equals(Buffer.from(pixels))).toBe(true);
      const part = await get(url, { accept: 'application/octet-stream', range: 'bytes=4001-5002' });
      expect(part.statusCode).toBe(206);
      expect(part.rawPayload.equals(Buffer.from(pixels.subarray(4001, 5003)))).toBe(true);
      const known = await get(url, {
        accept: 'application/octet-stream',
        'if-none-match': String(whole.headers.etag),
      });
      expect(known.statusCode).toBe(304);
    },
  );

  it('gives encapsulated pixels frame by frame as received', async () => {
    const answer = await get(path(uids.rle, '/bulkdata/7FE00010'), {
      accept: 'multipart/related; type="image/dicom-rle"',
    });
    expect(answer.statusCode).toBe(200);
    const [part] = split(answer.rawPayload, answer.headers['content-type']);
    expect(part?.body.toString('hex')).toBe('01020304');
    expect(part?.head).toContain(`image/dicom-rle;transfer-syntax=${rle}`);
    expect((await get(path(uids.rle, '/bulkdata/7FE00010'), { accept: 'image/png' })).statusCode).toBe(406);
  });

  it('gives all bulk data of an instance, a series and a study with their addresses', async () => {
    for (const [url, count] of [
      [path(uids.big, '/bulkdata'), 1],
      [`/dicom-web/studies/${study}/series/${series}/bulkdata`, 4],
      [`/dicom-web/studies/${study}/bulkdata`, 4],
    ] as const) {
      const answer = await get(url);
      const parts = split(answer.rawPayload, answer.headers['content-type']);
      expect(parts).toHaveLength(count);
      expect(parts[0]?.head.toLowerCase()).toContain('content-location: ');
    }
  });

  it('gives metadata as JSON and XML that hold the same, tagged and compressed', async () => {
    const json = await get(`/dicom-web/studies/${study}/metadata`, { accept: 'application/dicom+json' });
    const xml = await get(`/dicom-web/studies/${study}/metadata`, {
      accept: 'multipart/related; type="application/dicom+xml"',
    });
    const fromXml = split(xml.rawPayload, xml.headers['content-type']).map((part) =>
      fromNativeXml(part.body.toString()),
    );
    const plain = (value: unknown) =>
      JSON.stringify(value, (_key, one) => (typeof one === 'number' ? String(one) : one));
    expect(fromXml.map(plain)).toEqual(json.json().map(plain));
    const again = await get(`/dicom-web/studies/${study}/metadata`, {
      'if-none-match': String(json.headers.etag),
    });
    expect(again.statusCode).toBe(304);
    const one = await get(path(uids.little, '/metadata'), {
      accept: 'application/dicom+xml',
      'accept-encoding': 'gzip',
    });
    expect(one.headers['content-encoding']).toBe('gzip');
    expect((await get(path(uids.little, '/metadata'), { accept: 'text/html' })).statusCode).toBe(406);
  });

  it('gives an object in the syntax asked for, refuses one that cannot be made, and takes the accept parameter', async () => {
    const named = await get(path(uids.big), { accept: `application/dicom; transfer-syntax=${big}` });
    expect(named.headers['content-type']).toContain(big);
    expect(named.rawPayload.equals(Buffer.from(makeFile(uids.big, big, 2)))).toBe(true);
    const bad = await get(path(uids.big), {
      accept: 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.100',
    });
    expect(bad.statusCode).toBe(406);
    const asked = await get(
      `${path(uids.big)}?accept=${encodeURIComponent('application/dicom; transfer-syntax=*')}`,
    );
    expect(asked.headers['content-type']).toContain('application/dicom');
    const cut = await get(path(uids.big), { accept: 'application/dicom', range: 'bytes=0-131' });
    expect([cut.statusCode, cut.rawPayload.subarray(128).toString()]).toEqual([206, 'DICM']);
  });

  it('packs a study as a medium: DICOMDIR and every file as stored, names of 8 signs', async () => {
    const answer = await get(`/dicom-web/studies/${study}?accept=application/zip`);
    expect(answer.statusCode).toBe(200);
    const files = await unzip(answer.rawPayload);
    expect([...files.keys()]).toEqual([
      'DICOMDIR',
      'IMAGES/S0000001/I0000001',
      'IMAGES/S0000001/I0000002',
      'IMAGES/S0000001/I0000003',
      'IMAGES/S0000001/I0000004',
    ]);
    expect(files.get('IMAGES/S0000001/I0000001')?.equals(Buffer.from(makeFile(uids.little, little)))).toBe(
      true,
    );
    const { dataset } = parseDicom(files.get('DICOMDIR') ?? new Uint8Array(0));
    const images = getSequence(dataset, '00041220').filter(
      (record) => getString(record, '00041430') === 'IMAGE',
    );
    expect(images.map((record) => getString(record, '00041511'))).toEqual(Object.values(uids));
  });

  it.skipIf(!hasDcmtk)('makes a medium that DCMTK reads (needs DCMTK)', async () => {
    const files = await unzip((await get(`/dicom-web/studies/${study}?accept=application/zip`)).rawPayload);
    const folder = mkdtempSync(join(tmpdir(), 'yunying-media-'));
    try {
      for (const name of ['DICOMDIR', 'IMAGES/S0000001/I0000001']) {
        const file = join(folder, name.replaceAll('/', '_'));
        writeFileSync(file, files.get(name) ?? '');
        const dump = spawnSync('dcmdump', ['-q', file], { encoding: 'utf8' });
        expect([dump.status, dump.stderr]).toEqual([0, '']);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const boundary = 'web-test';
  const part = (headers: Record<string, string>, body: Uint8Array | string) =>
    Buffer.concat([
      Buffer.from(
        `--${boundary}\r\n${Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('')}\r\n`,
      ),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ]);
  const stow = (type: string, parts: Buffer[], accept = 'application/dicom+json') =>
    app.inject({
      method: 'POST',
      url: '/dicom-web/studies',
      headers: {
        authorization,
        accept,
        'content-type': `multipart/related; type="${type}"; boundary=${boundary}`,
      },
      payload: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    });
  const metadata = (uid: string, uri: string | null) => {
    const json = toDicomJson(makeDataset(uid));
    if (uri === null) delete json['7FE00010'];
    else json['7FE00010'] = { vr: 'OW', BulkDataURI: uri };
    return json;
  };

  it.each(['application/dicom+json', 'application/dicom+xml'])(
    'stores %s with its bulk data',
    async (type) => {
      const uid = newUid();
      const json = metadata(uid, 'bulk/1');
      const answer = await stow(type, [
        part({ 'Content-Type': type }, type.endsWith('json') ? JSON.stringify([json]) : toNativeXml(json)),
        part({ 'Content-Type': 'application/octet-stream', 'Content-Location': 'bulk/1' }, pixels),
      ]);
      expect(answer.statusCode).toBe(200);
      const back = await get(path(uid, '/bulkdata/7FE00010'), { accept: 'application/octet-stream' });
      expect(back.rawPayload.equals(Buffer.from(pixels))).toBe(true);
      expect((await get(path(uid, '/metadata'))).json()[0]['00100010'].Value[0].Ideographic).toBe('王^小东');
    },
  );

  it('stores compressed frames, reports what failed, warns of values that did not come, and answers in XML', async () => {
    const [good, bad, warned] = [newUid(), newUid(), newUid()];
    const short = metadata(warned, 'bulk/rle');
    short['00282000'] = { vr: 'OB', BulkDataURI: 'bulk/never' };
    const answer = await stow('application/dicom+json', [
      part(
        { 'Content-Type': 'application/dicom+json' },
        JSON.stringify([metadata(good, 'bulk/rle'), metadata(bad, 'bulk/gone'), short]),
      ),
      part(
        { 'Content-Type': `image/dicom-rle; transfer-syntax=${rle}`, 'Content-Location': 'bulk/rle' },
        Uint8Array.of(1, 2, 3, 4),
      ),
    ]);
    expect(answer.statusCode).toBe(202);
    const report = answer.json();
    expect(report['00081199'].Value).toHaveLength(2);
    expect(report['00081199'].Value[1]['00081196'].Value).toEqual([0xb006]);
    expect(report['00081198'].Value[0]['00081155'].Value).toEqual([bad]);
    const bulk = await get(path(good, '/bulkdata/7FE00010'));
    expect(bulk.headers['content-type']).toContain('image/dicom-rle');
    const xml = await stow(
      'application/dicom+json',
      [part({ 'Content-Type': 'application/dicom+json' }, JSON.stringify([metadata(newUid(), 'x')]))],
      'application/dicom+xml',
    );
    expect([xml.statusCode, xml.headers['content-type']]).toEqual([409, 'application/dicom+xml']);
  });

  it.each(['{', '"text"', '[1]'])('refuses the metadata %s', async (text) => {
    const answer = await stow('application/dicom+json', [
      part({ 'Content-Type': 'application/dicom+json' }, text),
    ]);
    expect(answer.statusCode).toBe(400);
  });

  it('says what it can do, as WADL and as JSON', async () => {
    const options = await app.inject({ method: 'OPTIONS', url: '/dicom-web', headers: { authorization } });
    expect([options.statusCode, options.headers['content-type']]).toEqual([
      200,
      'application/vnd.sun.wadl+xml',
    ]);
    expect(options.body).toContain('id="RetrieveRendered"');
    const json = await get('/dicom-web/capabilities', { accept: 'application/json' });
    expect(json.json().resources.length).toBeGreaterThan(20);
  });

  it('streams a study of many objects as a medium and as parts without holding it', async () => {
    const many = Number(process.env.YUNYING_TEST_MANY ?? 300);
    const [ofMany, itsSeries] = [newUid(), newUid()];
    for (let at = 0; at < many; at += 50) {
      const files = Array.from({ length: Math.min(50, many - at) }, (_unused, index) => {
        const dataset = makeDataset(newUid(), at + index + 1);
        setValue(dataset, 'StudyInstanceUID', ofMany);
        setValue(dataset, 'SeriesInstanceUID', itsSeries);
        const sopInstanceUid = getString(dataset, 'SOPInstanceUID') ?? '';
        return writePart10(
          { sopClassUid, sopInstanceUid, transferSyntaxUid: little },
          encodeDataset(dataset, little),
        );
      });
      await Promise.all(files.map(store));
    }
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    for (const accept of ['application/zip', 'multipart/related; type="application/dicom"']) {
      const answer = await fetch(`${address}/dicom-web/studies/${ofMany}`, {
        headers: { authorization, accept },
      });
      let sizeBytes = 0;
      let heldBytes = 0;
      for await (const chunk of answer.body ?? []) {
        sizeBytes += chunk.length;
        heldBytes = Math.max(heldBytes, process.memoryUsage().arrayBuffers);
      }
      expect(sizeBytes).toBeGreaterThan(many * pixels.length);
      expect(heldBytes).toBeLessThan(150 * 1024 ** 2);
    }
    const files = await unzip((await get(`/dicom-web/studies/${ofMany}/media`)).rawPayload);
    expect(files.size).toBe(many + 1);
  }, 120_000);

  it('hides what is deleted by permission, and nothing without it', async () => {
    const uid = newUid();
    await store(makeFile(uid, little, 99));
    const without = (await addClient(rig.ctx, { name: 'reader', permissions: ['image.view'] })).token;
    const remove = (token: string) =>
      app.inject({ method: 'DELETE', url: path(uid), headers: { authorization: token } });
    expect((await remove(`Bearer ${without}`)).statusCode).toBe(403);
    const may = (await addClient(rig.ctx, { name: 'remover', permissions: ['study.delete'] })).token;
    expect((await remove(`Bearer ${may}`)).statusCode).toBe(204);
    expect((await remove(`Bearer ${may}`)).statusCode).toBe(404);
    expect((await get(path(uid, '/metadata'))).statusCode).toBe(404);
  });
});
