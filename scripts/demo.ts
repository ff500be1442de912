// npm run demo: the platform in profile demo on ./data/demo (or YUNYING_DATA), fed through its real doors. Prints the
// ready line, progress, one JSON line with everything a script needs, a table for people; stays up until Ctrl-C.

import { readConfig } from '../apps/server/src/config.ts';
import { fail } from '../apps/server/src/run-server.ts';
import { type Server, startServer } from '../apps/server/src/start-server.ts';
import { feedDemo, type Step } from '../demo/feed.ts';
import { type DemoPatientLink, patientLinks } from '../demo/links.ts';
import { waitUntilReadable } from '../demo/wait.ts';
import { buildWebApps } from './setup/web.ts';

buildWebApps();
const config = readConfig({ YUNYING_DATA: 'data/demo', ...process.env, YUNYING_PROFILE: 'demo' });
let server: Server | null = null;
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(0));

try {
  server = await startServer(config, (reason) => {
    process.stderr.write(`yunying: ${reason}\n`);
    void end(1);
  });
  await run(server);
} catch (error) {
  if (!ending) {
    await server?.stop();
    fail(error);
  }
}

async function run({ ctx, ready, demo: accounts }: Server): Promise<void> {
  if (accounts === null) throw new Error('the demo accounts exist in profile demo only');
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  const { http, adminHttp, dimse, mllp, aeTitle } = ready;
  if (http === null || dimse === null || mllp === null)
    throw new Error('the demo needs the roles web, scp and mllp');
  const outbox = `${http}/demo/outbox.json`;
  await feedDemo({ http, dimse, mllp, aeTitle, token: accounts.token }, (step) =>
    progress('接收 / receiving', step),
  );
  await waitUntilReadable(ctx, (step) => progress('制作影像 / preparing pictures', step));
  const patients = await patientLinks(outbox);
  const { token, doctor, admins } = accounts;
  process.stdout.write(`${JSON.stringify({ demo: { token, doctor, admins, outbox, patients } })}\n`);
  process.stderr.write(
    tableOf({ http, adminHttp: adminHttp ?? '', patients, doctor, admins, dimse, mllp, aeTitle }),
  );
}

function progress(what: string, { done, total, text }: Step): void {
  const line = `${what}  ${done} / ${total}  ${text}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${done === total ? '\n' : ''}`);
  else process.stderr.write(`${line}\n`);
}

type Table = {
  http: string;
  adminHttp: string;
  dimse: string;
  mllp: string;
  aeTitle: string;
  patients: DemoPatientLink[];
  doctor: { user: string; password: string };
  admins: { user: string; password: string; role: string }[];
};

function tableOf({ http, adminHttp, dimse, mllp, aeTitle, patients, doctor, admins }: Table): string {
  const lines = [
    '',
    '云影演示已就绪 · the Yunying demo is ready (Ctrl-C ends it)',
    '',
    '患者 / patients: open the link at phone size; the SMS code appears in the outbox',
    ...patients.map(({ name, url, phone, idTail }) => `  ${url}   ${name}  ${phone}  证件后六位 ${idTail}`),
    `  短信收件箱 / SMS outbox  ${http}/demo/outbox`,
    '',
    `医生 / doctor      ${http}/doctor/   ${doctor.user} / ${doctor.password}`,
    ...admins.map(
      ({ user, password, role }) => `管理 / ${role.padEnd(14)} ${adminHttp}/   ${user} / ${password}`,
    ),
    `DICOM ${aeTitle}@${dimse}   HL7 MLLP ${mllp}   DICOMweb ${http}/dicom-web`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  await server?.stop();
  process.exit(code);
}
