// Faults of an S3 store that holds the objects: it refuses, cannot be reached, does not answer, is slow, and changes
// bytes on the way, while associations and STOW-RS store without giving up. Every Success is in S3 afterwards, failures
// told the senders to repeat, and the server recovered by itself. Long form: `npm run soak -- s3-faults`; a short one runs in `npm test`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type S3Fault, startTestS3, type TestS3 } from '../../apps/server/src/testing/s3.ts';
import { repositoryRoot } from '../../scripts/setup/root.ts';
import { runYunying, startPlatform } from '../harness/platform.ts';
import {
  type FaultReport,
  type Ground,
  honest,
  residentMiB,
  sendUntilTold,
  stowUntilTold,
  template,
  untilSomethingIsStored,
} from './faults.ts';
import { compareStudy, pause, studiesOf } from './ledger.ts';

const senders = 2;

type S3Trouble = { name: string; happen(ground: Ground): Promise<void> };

export async function runS3Faults(
  folder: string,
  seconds: number,
  onStep: (text: string) => void,
): Promise<FaultReport> {
  const s3 = await startTestS3(join(folder, 's3'));
  const dataDir = join(folder, 's3-data');
  const env = { YUNYING_BLOBS: s3.url('faults'), ...s3.keys };
  const platform = await startPlatform({ dataDir, env });
  const ground: Ground = {
    platform,
    // With a store of its own: this process is the way to S3, and waits for the command.
    token: runYunying(dataDir, ['client', 'add', `s3-faults-${Date.now()}`], '', {
      YUNYING_BLOBS: 'file:cli-blobs',
    }).trim(),
    ledger: { objects: new Map(), accessionNumbers: new Set(), wrong: [] },
    template: await readFile(join(repositoryRoot, template)),
    statuses: new Map(),
    repeats: 0,
    stopping: false,
  };
  const troubles = troublesOf(s3, seconds);
  let peakMiB = 0;
  const watch = setInterval(() => {
    peakMiB = Math.max(peakMiB, residentMiB(platform.ready.pid));
  }, 200);
  try {
    const load = Promise.all([
      ...Array.from({ length: senders }, () => sendUntilTold(ground)),
      stowUntilTold(ground),
    ]);
    for (const trouble of troubles) {
      onStep(trouble.name);
      await trouble.happen(ground);
      await untilSomethingIsStored(ground, trouble.name);
    }
    ground.stopping = true;
    await load;
    for (const study of studiesOf(ground.ledger))
      await compareStudy(
        (path, accept) =>
          fetch(`${platform.ready.http}${path}`, {
            headers: { authorization: `Bearer ${ground.token}`, accept },
          }),
        study,
        ground.ledger,
      );
  } finally {
    clearInterval(watch);
    ground.stopping = true;
    await platform.stop();
    await s3.stop();
  }
  const { wrong, objects } = ground.ledger;
  const unsent = [...objects.values()].filter((object) => !object.acknowledged).length;
  if (unsent > 0) wrong.push(`${unsent} objects were never stored although their senders repeated them`);
  for (const [status, log] of ground.statuses)
    if (!honest.test(status)) wrong.push(`a failure was answered ${status}; the log then:\n${log}`);
  const statuses = [...ground.statuses.keys()].sort();
  const faults = troubles.map(({ name }) => name);
  return { faults, objects: objects.size, repeats: ground.repeats, statuses, peakMiB, wrong };
}

function troublesOf(s3: TestS3, seconds: number): S3Trouble[] {
  const during =
    (fault: (method: string, path: string) => S3Fault | undefined) => async (): Promise<void> => {
      s3.fault = fault;
      await pause(seconds * 1000);
      s3.fault = () => undefined;
    };
  return [
    {
      name: `S3 refuses for ${seconds} s`,
      happen: during(() => ({ answer: 503, body: '<Error><Code>SlowDown</Code></Error>' })),
    },
    {
      name: `S3 cannot be reached for ${seconds} s`,
      happen: async ({ platform, ledger }) => {
        await s3.away();
        await pause(seconds * 1000);
        const answer = await fetch(`${platform.ready.http}/readyz`);
        if (!(await answer.text()).includes('blob-store'))
          ledger.wrong.push('/readyz did not say that the store is away');
        await s3.back();
      },
    },
    {
      name: `S3 takes requests and does not answer for ${seconds} s`,
      happen: during(() => ({ hang: true })),
    },
    { name: `S3 answers late for ${seconds} s`, happen: during(() => ({ delayMs: 700 })) },
    {
      name: `what is sent to S3 changes on the way for ${seconds} s`,
      happen: during((method) => (method === 'PUT' ? { changeBody: true } : undefined)),
    },
  ];
}
