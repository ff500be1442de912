// kill -9 at random moments while four associations store and HL7 messages arrive; then a restart, and the three
// questions: is everything there that was answered Success or AA, bit for bit? Is nothing half-there visible? Do the
// jobs go on? Long form: `npm run soak -- crash`; three rounds run in `npm test`.
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newUid, patchDataset } from '@yunying/dicom';
import { connect } from '@yunying/dimse';
import { buildMessage, createMllpClient, parseMessage } from '@yunying/hl7';
import { splitPart10 } from '../../demo/objects.ts';
import { repositoryRoot } from '../../scripts/setup/root.ts';
import { type Platform, runYunying, startPlatform } from '../harness/platform.ts';
import {
  compareStudy,
  type Ledger,
  pause,
  type SentObject,
  sha256,
  splitHostPort,
  studiesOf,
} from './ledger.ts';

export type CrashReport = {
  rounds: number;
  objects: number;
  messages: number;
  studies: number;
  wrong: string[];
};

const associations = 4;

export async function crashRounds(
  dataDir: string,
  rounds: number,
  onStep: (text: string) => void,
): Promise<CrashReport> {
  const template = await readFile(join(repositoryRoot, 'demo/studies/ct-head/I10.dcm'));
  const ledger: Ledger = { objects: new Map(), accessionNumbers: new Set(), wrong: [] };
  let platform = await startPlatform({ dataDir });
  const token = runYunying(dataDir, ['client', 'add', `crash-${Date.now()}`]).trim();
  try {
    for (let round = 1; round <= rounds; round++) {
      const load = startLoad(platform, template, round, ledger);
      await pause(randomInt(400, 3000));
      await platform.kill(round % 2 === 0 ? 'server' : 'server and database');
      await load;
      platform = await startPlatform({ dataDir });
      await compare(platform, token, ledger, round);
      const acknowledged = [...ledger.objects.values()].filter((object) => object.acknowledged).length;
      onStep(
        `round ${round}/${rounds}: ${acknowledged} objects and ${ledger.accessionNumbers.size} messages acknowledged, ${ledger.wrong.length} wrong`,
      );
    }
    await compare(platform, token, ledger, null);
    await waitForJobs(platform, token, ledger);
  } finally {
    await platform.stop();
  }
  const objects = [...ledger.objects.values()].filter((object) => object.acknowledged);
  return {
    rounds,
    objects: objects.length,
    messages: ledger.accessionNumbers.size,
    studies: studiesOf(ledger).size,
    wrong: ledger.wrong,
  };
}

/** Sends until the doors break; every answer of success is written down. */
async function startLoad(
  { ready }: Platform,
  template: Uint8Array,
  round: number,
  ledger: Ledger,
): Promise<void> {
  const work = [sendMessages(ready.mllp, round, ledger)];
  for (let i = 0; i < associations; i++) work.push(sendObjects(ready, template, round, ledger));
  await Promise.allSettled(work);
}

async function sendObjects(
  ready: Platform['ready'],
  template: Uint8Array,
  round: number,
  ledger: Ledger,
): Promise<void> {
  const first = splitPart10(template);
  const contexts = [{ abstractSyntax: first.sopClassUid, transferSyntaxes: [first.transferSyntaxUid] }];
  const [host, port] = splitHostPort(ready.dimse);
  const association = await connect({ host, port, callingAe: 'CRASHSCU', calledAe: ready.aeTitle, contexts });
  const studyInstanceUid = newUid();
  const seriesInstanceUid = newUid();
  for (;;) {
    const sopInstanceUid = newUid();
    const file = patchDataset(template, {
      StudyInstanceUID: studyInstanceUid,
      SeriesInstanceUID: seriesInstanceUid,
      SOPInstanceUID: sopInstanceUid,
      PatientID: `CRASH${round}`,
    });
    const object = splitPart10(file);
    const sent: SentObject = {
      studyInstanceUid,
      seriesInstanceUid,
      sopInstanceUid,
      sha256: sha256(object.dataset),
      acknowledged: false,
    };
    ledger.objects.set(sopInstanceUid, sent);
    const { status } = await association.store(object);
    if (status !== 0) throw new Error(`C-STORE answered 0x${status.toString(16)}`);
    sent.acknowledged = true;
  }
}

async function sendMessages(address: string, round: number, ledger: Ledger): Promise<void> {
  const [host, port] = splitHostPort(address);
  const client = createMllpClient({ host, port });
  try {
    for (let i = 1; ; i++) {
      const accessionNumber = `CR${round}N${i}T${Date.now()}`;
      const answer = parseMessage(await client.send(reportMessage(accessionNumber, round)));
      if (answer.get('MSA-1') !== 'AA')
        ledger.wrong.push(`message ${accessionNumber} answered ${answer.get('MSA-1')}`);
      else ledger.accessionNumbers.add(accessionNumber);
    }
  } finally {
    await client.close();
  }
}

async function compare(
  platform: Platform,
  token: string,
  ledger: Ledger,
  round: number | null,
): Promise<void> {
  const get = (path: string, accept: string) =>
    fetch(`${platform.ready.http}${path}`, { headers: { authorization: `Bearer ${token}`, accept } });
  for (const studyInstanceUid of studiesOf(ledger)) await compareStudy(get, studyInstanceUid, ledger);
  const prefix = round === null ? 'CR' : `CR${round}N`;
  for (const accessionNumber of ledger.accessionNumbers) {
    if (!accessionNumber.startsWith(prefix)) continue;
    const found = (await (await get(`/api/exams?q=${accessionNumber}`, 'application/json')).json()) as {
      items?: { id: string }[];
    };
    const id = found.items?.[0]?.id;
    const detail = id === undefined ? '' : await (await get(`/api/exams/${id}`, 'application/json')).text();
    if (!detail.includes(`text of ${accessionNumber}`))
      ledger.wrong.push(`message ${accessionNumber} was answered AA and its report is not there`);
  }
}

/** Every study must settle and get its pictures, although its jobs were killed in the middle. */
async function waitForJobs(platform: Platform, token: string, ledger: Ledger): Promise<void> {
  const until = Date.now() + 600_000;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  for (const studyInstanceUid of studiesOf(ledger)) {
    if (
      ![...ledger.objects.values()].some(
        (object) => object.studyInstanceUid === studyInstanceUid && object.acknowledged,
      )
    )
      continue;
    let state = '';
    while (state !== 'ready' && Date.now() < until) {
      const response = await fetch(`${platform.ready.http}/api/studies/${studyInstanceUid}/manifest`, {
        headers,
      });
      state =
        response.status === 200
          ? ((await response.json()) as { mediaState: string }).mediaState
          : String(response.status);
      if (state !== 'ready') await pause(500);
    }
    if (state !== 'ready') ledger.wrong.push(`study ${studyInstanceUid} never became ready: ${state}`);
  }
}

const reportMessage = (accessionNumber: string, round: number): Uint8Array =>
  buildMessage({
    type: 'ORU^R01^ORU_R01',
    version: '2.5.1',
    sendingApplication: 'CRASHRIS',
    sendingFacility: 'YYYY',
    controlId: accessionNumber,
    charset: 'UNICODE UTF-8',
    segments: [
      {
        name: 'PID',
        fields: { '3.1': `CRASH${round}`, '5.1': '测试', '5.2': '断电', 7: '19700101', 8: 'M' },
      },
      { name: 'ORC', fields: { 1: 'RE', 3: accessionNumber } },
      {
        name: 'OBR',
        fields: {
          1: '1',
          3: accessionNumber,
          '4.1': 'CT001',
          '4.2': '头颅CT平扫',
          7: '20261120093000',
          18: accessionNumber,
          24: 'CT',
          25: 'F',
        },
      },
      {
        name: 'OBX',
        fields: { 1: '1', 2: 'TX', '3.1': 'IMPRESSION', 5: `text of ${accessionNumber}`, 11: 'F' },
      },
    ],
  }).toBytes();
