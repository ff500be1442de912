// s3rver in a process of its own (it takes over what a process does with uncaught errors). Argument: its folder. Prints
// its port, and ends with the process that started it.
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

type StoredObject = { bucket: string; key: string };
type Running = { port: number };
type Server = {
  store: { putObject(object: StoredObject): Promise<{ size: number; md5: string }> };
  run(): Promise<Running>;
};
const S3rver: new (options: object) => Server = createRequire(import.meta.url)('s3rver');

const directory = process.argv[2] ?? '';
const server = new S3rver({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory,
  configureBuckets: [{ name: 'films' }],
});

// It answers before its file has its last bytes; an S3 store never does.
const { store } = server;
const putObject = store.putObject.bind(store);
store.putObject = async (object) => {
  const stored = await putObject(object);
  const path = join(directory, object.bucket, `${object.key}._S3rver_object`);
  while ((await stat(path)).size < stored.size) await new Promise((resolve) => setTimeout(resolve, 2));
  return stored;
};

process.stdout.write(`${JSON.stringify({ port: (await server.run()).port })}\n`);
process.stdin.on('close', () => process.exit(0)).resume();
