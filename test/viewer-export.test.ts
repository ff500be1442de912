// Pictures to keep, from the running platform: one with the person's name in it, sheets of film, and the whole study;
// refused without a session and for pictures that are not of the study.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StudyManifest } from '@yunying/api';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoLine, type Platform, startPlatform } from './harness/platform.ts';

describe('export', () => {
  let platform: Platform;
  let demo: DemoLine;
  let cookie = '';
  let study = '';
  let pictures: { seriesInstanceUid: string; sopInstanceUid: string; frameNumber: number }[] = [];

  beforeAll(async () => {
    platform = await startPlatform({ dataDir: mkdtempSync(join(tmpdir(), 'export-')), program: 'fed-demo' });
    demo = await platform.demo;
    const { http } = platform.ready;
    const { user: loginName, password } = demo.doctor;
    const entered = await fetch(`${http}/api/staff/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: http },
      body: JSON.stringify({ loginName, password }),
    });
    cookie = entered.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const list = (await (await get('/api/exams?limit=50')).json()) as {
      items: { itemName: string; studyInstanceUids: string[] }[];
    };
    const exam = list.items.find(({ itemName }) => itemName.includes('MR'));
    study = exam?.studyInstanceUids[0] ?? '';
    const manifest = (await (await get(`/api/studies/${study}/manifest`)).json()) as StudyManifest;
    pictures = manifest.series.flatMap(({ seriesInstanceUid, frames }) =>
      frames.map(({ sopInstanceUid, frameNumber }) => ({ seriesInstanceUid, sopInstanceUid, frameNumber })),
    );
  }, 300_000);
  afterAll(() => platform?.stop());

  const get = (path: string) => fetch(`${platform.ready.http}${path}`, { headers: { cookie } });
  const post = (path: string, body: unknown, session = cookie) =>
    fetch(`${platform.ready.http}/api/studies/${study}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: session, origin: platform.ready.http },
      body: JSON.stringify(body),
    });
  const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

  it('of one picture is that picture, turned as it was shown, with identity or without', async () => {
    const [picture] = pictures;
    const plain = await post('picture', { picture, format: 'png', identity: false });
    expect(plain.headers.get('content-type')).toBe('image/png');
    const named = await bytesOf(await post('picture', { picture, format: 'png', identity: true }));
    const bare = await bytesOf(plain);
    expect(named.equals(bare)).toBe(false);
    const turned = await post('picture', {
      picture: { ...picture, rotation: 90 },
      format: 'jpeg',
      identity: false,
    });
    const [upright, lying] = await Promise.all(
      [bare, await bytesOf(turned)].map((one) => sharp(one).metadata()),
    );
    expect([lying?.width, lying?.height]).toEqual([upright?.height, upright?.width]);
    expect(lying?.format).toBe('jpeg');
  });

  it('of many is a PDF with so many on a sheet', async () => {
    const ask = { pictures: pictures.slice(0, 7), perSheet: 6, identity: true, trueSize: true };
    const answer = await post('film-sheet', ask);
    expect(answer.status).toBe(200);
    const pdf = (await bytesOf(answer)).toString('latin1');
    expect(pdf.startsWith('%PDF-')).toBe(true);
    expect(pdf.match(/\/Type \/Page\b/g)?.length).toBe(2);
  });

  it('of the study is a ZIP', async () => {
    const answer = await get(`/dicom-web/studies/${study}?accept=application/zip`);
    expect(answer.headers.get('content-type')).toBe('application/zip');
    const zip = await bytesOf(answer);
    expect(zip.subarray(0, 2).toString()).toBe('PK');
    expect(zip.includes('DICOMDIR')).toBe(true);
  });

  it('is refused without a session, for strange pictures, and for a count no sheet has', async () => {
    const [picture] = pictures;
    expect((await post('picture', { picture, format: 'png', identity: false }, '')).status).toBe(401);
    const strange = { ...picture, sopInstanceUid: '1.2.3' };
    expect((await post('picture', { picture: strange, format: 'png', identity: false })).status).toBe(404);
    const odd = { pictures: [picture], perSheet: 5, identity: false, trueSize: false };
    expect((await post('film-sheet', odd)).status).toBe(400);
  });
});
