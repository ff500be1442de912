// Feeds the demo through the real doors of a running platform: orders by MLLP, pictures by C-STORE and STOW-RS, reports
// by MLLP. Every answer is checked; a second run finds everything there already and changes nothing.
import { connect } from '@yunying/dimse';
import { createMllpClient, type MllpClient, parseMessage } from '@yunying/hl7';
import { cases, type DemoCase } from './cases.ts';
import { admitMessage, correctionMessage, orderMessage, reportMessage } from './messages.ts';
import { objectsOf, splitPart10, studyInstanceUidOf } from './objects.ts';
import { reportJpeg, reportPdf } from './pictures.ts';

export type Doors = { http: string; dimse: string; mllp: string; aeTitle: string; token: string };
export type Step = { done: number; total: number; text: string };

export async function feedDemo(
  doors: Doors,
  onStep: (step: Step) => void,
  chosen: DemoCase[] = cases,
): Promise<void> {
  const [host, port] = splitAddress(doors.mllp);
  const mllp = createMllpClient({ host, port });
  const total = chosen.length;
  try {
    for (const [done, demoCase] of chosen.entries()) {
      onStep({ done, total, text: demoCase.itemName });
      await sendMessage(mllp, admitMessage(demoCase));
      await sendMessage(mllp, orderMessage(demoCase, studyInstanceUidOf(demoCase)));
      await (demoCase.door === 'c-store' ? sendByStore(doors, demoCase) : sendByStow(doors, demoCase));
      if (demoCase.report !== null) await sendReport(mllp, demoCase);
    }
    onStep({ done: total, total, text: '' });
  } finally {
    await mllp.close();
  }
}

async function sendReport(mllp: MllpClient, demoCase: DemoCase): Promise<void> {
  await sendMessage(mllp, reportMessage(demoCase, await pictureOf(demoCase)));
  const correction = correctionMessage(demoCase);
  if (correction !== null) await sendMessage(mllp, correction);
}

async function pictureOf(demoCase: DemoCase): Promise<{ form: 'pdf' | 'jpeg'; base64: string } | null> {
  const form = demoCase.report?.form;
  if (form === 'pdf') return { form, base64: (await reportPdf(demoCase)).toString('base64') };
  if (form === 'jpeg') return { form, base64: (await reportJpeg(demoCase)).toString('base64') };
  return null;
}

async function sendMessage(mllp: MllpClient, bytes: Uint8Array): Promise<void> {
  const answer = parseMessage(await mllp.send(bytes));
  const code = answer.get('MSA-1');
  if (code === 'AA' || code === 'CA') return;
  throw new Error(
    `the MLLP door answered ${code} to ${parseMessage(bytes).get('MSH-10')}: ${answer.get('MSA-3') ?? answer.get('ERR-8') ?? ''}`,
  );
}

async function sendByStore(doors: Doors, demoCase: DemoCase): Promise<void> {
  const [host, port] = splitAddress(doors.dimse);
  const files: ReturnType<typeof splitPart10>[] = [];
  for await (const file of objectsOf(demoCase)) files.push(splitPart10(file));
  const kinds = new Map(files.map((file) => [`${file.sopClassUid}|${file.transferSyntaxUid}`, file]));
  const contexts = [...kinds.values()].map((kind) => ({
    abstractSyntax: kind.sopClassUid,
    transferSyntaxes: [kind.transferSyntaxUid],
  }));
  const association = await connect({
    host,
    port,
    callingAe: 'DEMOMODALITY',
    calledAe: doors.aeTitle,
    contexts,
  });
  for (const file of files) {
    const { status, errorComment } = await association.store(file);
    if (status !== 0)
      throw new Error(`C-STORE of ${demoCase.key} answered 0x${status.toString(16)} ${errorComment}`);
  }
  await association.release();
}

async function sendByStow(doors: Doors, demoCase: DemoCase): Promise<void> {
  const boundary = 'yunying-demo';
  async function* body(): AsyncGenerator<Uint8Array> {
    for await (const file of objectsOf(demoCase)) {
      yield Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
      yield file;
      yield Buffer.from('\r\n');
    }
    yield Buffer.from(`--${boundary}--\r\n`);
  }
  const response = await fetch(`${doors.http}/dicom-web/studies`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${doors.token}`,
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      accept: 'application/dicom+json',
    },
    body: ReadableStream.from(body()),
    duplex: 'half',
  } as RequestInit);
  if (response.status !== 200)
    throw new Error(`STOW-RS of ${demoCase.key} answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** host:port of a ready line; a wildcard address is reached by loopback. */
function splitAddress(address: string): [string, number] {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replaceAll(/[[\]]/g, '');
  return [host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, Number(address.slice(at + 1))];
}
