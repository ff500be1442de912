// DCMTK's own programs against a running server, for what the tests beside the code do not ask of them: TLS with a
// client's certificate, a question in GB18030 whose answers are read back from files, C-CANCEL, several at once.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  encodeDataset,
  encodeFileMeta,
  fromDicomJson,
  getString,
  newUid,
  parseDicom,
  patchDataset,
  recode,
} from '@yunying/dicom';
import { connect } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../apps/server/src/db/free-port.ts';
import { cases } from '../demo/cases.ts';
import { feedDemo } from '../demo/feed.ts';
import { objectsOf, splitPart10, studyInstanceUidOf } from '../demo/objects.ts';
import { type Platform, runYunying, startPlatform } from './harness/platform.ts';

const run = promisify(execFile);
const noDcmtk = !existsSync('/usr/bin/storescu') || !existsSync('/usr/bin/openssl');
const chosen = cases.filter(({ key }) => ['us-heart', 'pet-ct', 'xa-coronary'].includes(key));
const sent = cases.find(({ key }) => key === 'nm-heart') ?? expect.fail('no such case');
const explicitLittleEndian = '1.2.840.10008.1.2.1';

describe.skipIf(noDcmtk)('DCMTK against a running server (needs DCMTK and openssl)', () => {
  let folder: string;
  let platform: Platform;
  let token: string;
  let tlsPort: number;
  const file = (name: string) => join(folder, name);
  const certify = (name: string) =>
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
        ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
        ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
      ],
      { stdio: 'ignore' },
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'yunying-dcmtk-'));
    for (const name of ['server', 'modality', 'stranger']) certify(name);
    tlsPort = await freePort();
    platform = await startPlatform({
      dataDir: file('data'),
      env: {
        YUNYING_DIMSE_TLS: `127.0.0.1:${tlsPort}`,
        YUNYING_DIMSE_TLS_CERT: file('server.pem'),
        YUNYING_DIMSE_TLS_KEY: file('server.key'),
        YUNYING_DIMSE_TLS_CA: file('modality.pem'),
      },
    });
    token = runYunying(file('data'), ['client', 'add', 'feeder']).trim();
    await feedDemo({ ...platform.ready, token }, () => {}, chosen);
    await mkdir(file('objects'));
    let number = 0;
    for await (const object of objectsOf(sent)) await writeFile(file(`objects/${++number}.dcm`), object);
  }, 180_000);
  afterAll(async () => {
    await platform?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const port = () => String(platform.ready.dimse.split(':').at(-1));
  const dcmtk = (program: string, args: string[]) =>
    run(program, ['-aec', platform.ready.aeTitle, ...args], {
      timeout: 60_000,
      env: { ...process.env, TCP_NODELAY: '1' },
    });
  const instancesOf = async (studyUid: string): Promise<number> => {
    const answer = await fetch(`${platform.ready.http}/dicom-web/studies/${studyUid}/instances`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/dicom+json' },
    });
    return answer.status === 200 ? ((await answer.json()) as unknown[]).length : 0;
  };

  describe('over TLS', () => {
    const tls = (name: string) => [
      '+tls',
      file(`${name}.key`),
      file(`${name}.pem`),
      '+cf',
      file('server.pem'),
    ];
    const store = (name: string) =>
      dcmtk('storescu', [...tls(name), '-R', '+sd', '127.0.0.1', String(tlsPort), file('objects')]);

    it('storescu is refused with a certificate that our authority did not sign, and without one', async () => {
      await expect(store('stranger')).rejects.toThrow();
      const anonymous = ['+tla', '+cf', file('server.pem'), '127.0.0.1', String(tlsPort)];
      await expect(dcmtk('echoscu', anonymous)).rejects.toThrow();
      await expect(dcmtk('echoscu', ['127.0.0.1', String(tlsPort)])).rejects.toThrow();
      expect(await instancesOf(studyInstanceUidOf(sent))).toBe(0);
    });

    it('storescu stores with a certificate that it signed', async () => {
      await store('modality');
      expect(await instancesOf(studyInstanceUidOf(sent))).toBe(1);
    });
  });

  it('findscu asks in GB18030 and gets Chinese names back in GB18030', async () => {
    const question = recode(
      fromDicomJson({
        '00080052': { vr: 'CS', Value: ['STUDY'] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: '*韦*' }] },
        '0020000D': { vr: 'UI' },
      }),
      'GB18030',
    );
    const meta = encodeFileMeta({
      sopClassUid: '1.2.840.10008.5.1.4.1.2.2.1',
      sopInstanceUid: '1.2.3',
      transferSyntaxUid: explicitLittleEndian,
    });
    await writeFile(
      file('question.dcm'),
      Buffer.concat([meta, encodeDataset(question, explicitLittleEndian)]),
    );
    await mkdir(file('answers'));
    await dcmtk('findscu', [
      ...['-S', '-X', '-od', file('answers'), '127.0.0.1', port(), file('question.dcm')],
    ]);
    const uids: string[] = [];
    for (const name of await readdir(file('answers'))) {
      const bytes = await readFile(file(`answers/${name}`));
      const { dataset } = parseDicom(bytes);
      expect(getString(dataset, 'SpecificCharacterSet')).toBe('GB18030');
      expect(bytes.includes(Buffer.from([0xce, 0xa4]))).toBe(true); // 韦 in GB18030
      expect(getString(dataset, 'PatientName')).toContain('韦');
      uids.push(getString(dataset, 'StudyInstanceUID') ?? '');
    }
    const [us, pet] = ['us-heart', 'pet-ct'].map((key) => chosen.find((one) => one.key === key));
    expect(uids).toEqual(expect.arrayContaining([us, pet].map((one) => studyInstanceUidOf(one ?? sent))));
  });

  it('findscu sends C-CANCEL in the middle of its answers and gets a final one', async () => {
    const asked = ['-v', '-S', '--cancel', '1', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID'];
    const { stdout, stderr } = await dcmtk('findscu', [...asked, '127.0.0.1', port()]);
    // With few studies the last answer may be on its way before the cancel arrives.
    expect(`${stdout}${stderr}`).toContain('Sending Cancel Request');
    expect(`${stdout}${stderr}`).toMatch(/Final Find Response \((Success|Cancel)/);
  });

  it('four storescu at once bring a study of their own each, and every object arrives', async () => {
    const studies = ['ct-head', 'mg', 'nm-heart', 'xa-coronary'];
    const counts = await Promise.all(
      studies.map(async (name) => {
        const at = join(import.meta.dirname, '../demo/studies', name);
        const { stdout, stderr } = await dcmtk('storescu', [
          '-v',
          '-xs',
          '+sd',
          '127.0.0.1',
          port(),
          at,
        ]).catch(() => dcmtk('storescu', ['-v', '-x=', '+sd', '127.0.0.1', port(), at]));
        return `${stdout}${stderr}`.match(/Received Store Response \(Success\)/g)?.length ?? 0;
      }),
    );
    const files = await Promise.all(
      studies.map((name) => readdir(join(import.meta.dirname, '../demo/studies', name))),
    );
    expect(counts).toEqual(files.map(({ length }) => length));
  });

  it('an asynchronous window lets our own SCU keep several C-STOREs under way', async () => {
    const original = await readFile(file('objects/1.dcm'));
    const study = newUid();
    const objects = Array.from({ length: 8 }, () =>
      splitPart10(
        patchDataset(original, {
          StudyInstanceUID: study,
          SeriesInstanceUID: `${study}.1`,
          SOPInstanceUID: newUid(),
        }),
      ),
    );
    const [{ sopClassUid: abstractSyntax, transferSyntaxUid } = expect.fail('no object')] = objects;
    const association = await connect({
      host: '127.0.0.1',
      port: Number(port()),
      callingAe: 'ASYNCSCU',
      calledAe: platform.ready.aeTitle,
      asyncOps: { invoked: 4, performed: 1 },
      contexts: [{ abstractSyntax, transferSyntaxes: [transferSyntaxUid] }],
    });
    expect(association.peerUserInformation.asyncOperations?.invoked).toBe(4);
    const answers = await Promise.all(objects.map((object) => association.store(object)));
    expect(answers.map(({ status }) => status)).toEqual(objects.map(() => 0));
    expect(await instancesOf(study)).toBe(8);
    await association.release();
  });
});
