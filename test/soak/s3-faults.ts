// Faults of an S3 store that holds the objects: it refuses, cannot be reached, does not answer, is slow, and changes
// bytes on the way, while associations and STOW-RS store without giving up. Every Success is in S3 afterwards, failures
// told the senders to repeat, and the server recovered by itself. Long form: `npm run soak -- s3-faults`; a short one runs in `npm test`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type S3Fault, startTestS3, type TestS3 } from '../../apps/server/src/testing/s3.ts';
import { repositoryRoot } from '../../scripts/setup/root.ts';
import { runYunying, startPlatform } from '../harness/platform.ts';
import { type Fault, type FaultReport, type Ground, runUnderLoad, template } from './faults.ts';
import { pause } from './ledger.ts';

const senders = 2;

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
  return runUnderLoad(ground, troublesOf(s3, seconds), senders, onStep, () => s3.stop());
}

function troublesOf(s3: TestS3, seconds: number): Fault[] {
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
