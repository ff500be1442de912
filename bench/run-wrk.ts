// One run of wrk over a list of addresses: requests per second, megabytes per second, the 95th percentile.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type WrkRequest = { origin: string; paths: readonly string[]; headers: Record<string, string> };
export type WrkSample = { rate: number; megabytes: number; p95Ms: number };

/** `folder` holds the script of the run. Throws when a request failed. */
export function runWrk(
  folder: string,
  { origin, paths, headers }: WrkRequest,
  connections: number,
  seconds: number,
): WrkSample {
  const script = join(folder, 'wrk.lua');
  const table = Object.entries(headers).map(
    ([name, value]) => `[${JSON.stringify(name)}]=${JSON.stringify(value)}`,
  );
  writeFileSync(join(folder, 'paths'), `${paths.join('\n')}\n`);
  writeFileSync(
    script,
    `local p={} for l in io.lines(${JSON.stringify(join(folder, 'paths'))}) do p[#p+1]=l end local i=0
local h={${table.join(',')}}
function request() i=i%#p+1 return wrk.format("GET",p[i],h) end
function done(s,l,r) local e=s.errors io.write(string.format("BENCH %d %d %d %d %d\\n",s.requests,s.bytes,s.duration,e.status+e.connect+e.read+e.write+e.timeout,l:percentile(95))) end
`,
  );
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', script, origin];
  const done = spawnSync('wrk', options, { encoding: 'utf8' });
  const found = /BENCH (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(done.stdout);
  if (found === null) throw new Error(`wrk: ${done.stdout}${done.stderr}`);
  const [requests = 0, bytes = 0, microseconds = 1, errors = 0, p95 = 0] = found.slice(1).map(Number);
  if (errors > 0) throw new Error(`${errors} of ${requests} requests to ${origin} failed`);
  const passed = microseconds / 1e6;
  return { rate: requests / passed, megabytes: bytes / passed / 1e6, p95Ms: p95 / 1000 };
}
