// `yunying node add|list|echo`: the remote AEs (and HL7 peers) that may talk to us.
import { NodeRules } from '@yunying/api';
import type { Command } from 'commander';
import { Value } from 'typebox/value';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { echoNode } from './echo-node.ts';
import { type NodeRow, nodeMays } from './node-types.ts';
import { addNode, listNodes } from './register-node.ts';

type Part = Pick<Context, 'db' | 'clock' | 'config'>;
/** Opens database and configuration for one command, and closes them after it. */
export type WithContext = (run: (ctx: Part) => Promise<void>) => Promise<void>;

type AddOptions = {
  may?: string;
  hl7?: boolean;
  facility?: string;
  charset?: string;
  onConflict?: string;
  rules?: string;
};

const echoLimitMs = 10_000;

export function nodeCommands(
  program: Command,
  withContext: WithContext,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): void {
  const node = program.command('node').description('remote AEs and HL7 peers');
  node
    .command('add <name> [host] [port]')
    .description('register a node, or change a registered one')
    .option('--may <words>', `comma separated: ${nodeMays.join(', ')} (HL7: send)`)
    .option('--hl7', 'an HL7 v2 peer: the name is its sending application (MSH-3)')
    .option('--facility <name>', 'HL7: sending facility (MSH-4)')
    .option('--charset <name>', 'character set when the peer declares none, e.g. GB18030')
    .option('--on-conflict <rule>', 'refuse or accept: the answer to other content under a known UID')
    .option('--rules <json>', 'rules of the node, e.g. {"mostAssociations": 4, "sendAs": "uncompressed"}')
    .action((name: string, host: string | undefined, port: string | undefined, options: AddOptions) =>
      withContext(async (ctx) => {
        const saved = await addNode(ctx, {
          kind: options.hl7 === true ? 'hl7' : 'dicom',
          name,
          facility: options.facility ?? '',
          host: host ?? null,
          port: port === undefined ? null : Number(port),
          ...(options.may === undefined ? {} : { may: options.may.split(',') }),
          charset: options.charset ?? null,
          onConflict: parseRule(options.onConflict),
          ...(options.rules === undefined ? {} : { rules: parseRules(options.rules) }),
        });
        print(describe(saved));
      }),
    );
  node
    .command('list')
    .description('registered nodes')
    .action(() =>
      withContext(async (ctx) => {
        for (const row of await listNodes(ctx.db)) print(describe(row));
      }),
    );
  node
    .command('echo <name>')
    .description('C-ECHO to a registered node')
    .action((name: string) =>
      withContext(async (ctx) => {
        const row = (await listNodes(ctx.db)).find((one) => one.kind === 'dicom' && one.name === name);
        if (row === undefined)
          throw new AppError('request.not_found', { reason: 'no DICOM node of this name' });
        const { ok, ms, reason, detail } = await echoNode(ctx, row, echoLimitMs);
        if (!ok) throw new AppError('nodes.no_answer', { reason: detail ?? reason ?? 'failed' });
        print(`${name} ${row.host}:${row.port} answered in ${ms} ms`);
      }),
    );
}

function describe(row: NodeRow): string {
  const place = row.host === null ? 'any host' : `${row.host}${row.port === null ? '' : `:${row.port}`}`;
  const name = row.kind === 'hl7' ? `${row.name}|${row.facility}` : row.name;
  const state = row.disabled_at === null ? '' : '  disabled';
  return `${row.kind.padEnd(6)}${name.padEnd(18)}${place.padEnd(24)}may ${row.may}  on conflict ${row.on_conflict}${state}`;
}

function parseRule(text: string | undefined): 'refuse' | 'accept' {
  if (text === undefined || text === 'refuse') return 'refuse';
  if (text === 'accept') return 'accept';
  throw new AppError('request.invalid', { field: 'on-conflict', allowed: ['refuse', 'accept'] });
}

function parseRules(text: string): NodeRules {
  try {
    return Value.Parse(NodeRules, JSON.parse(text));
  } catch {
    throw new AppError('request.invalid', { field: 'rules' });
  }
}
