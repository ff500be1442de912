// For tests of HL7 edges: a door on a real port over a real database, and a sender that reads the answers.
import { type Ack, createMllpClient, parseMessage, readAck } from '@yunying/hl7';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { setInstitution } from '../../mpi/index.ts';
import type { MessageRoutes } from '../message-route.ts';
import { mllpDoor } from '../orders.mllp.ts';

export type MllpRig = {
  ctx: TestContext;
  institutionId: string;
  host: string;
  port: number;
  send(message: Uint8Array | string): Promise<Ack & { raw: string }>;
  close(): Promise<void>;
};

/** Hospital YYYY is the default; hospital TWO is a second one. */
export async function openMllpRig(routes: MessageRoutes, env: Record<string, string> = {}): Promise<MllpRig> {
  const ctx = await openTestContext(env);
  const institution = await setInstitution(ctx.db, {
    code: 'YYYY',
    name: '云影示范医院',
    isDefault: true,
    aliases: [],
  });
  await setInstitution(ctx.db, { code: 'TWO', name: '第二医院', isDefault: false, aliases: ['TWO_HIS'] });
  const started = await mllpDoor(ctx, routes).start();
  const [host = '', port = ''] = started.address.split(':');
  const client = createMllpClient({ host, port: Number(port) });
  return {
    ctx,
    institutionId: institution.id,
    host,
    port: Number(port),
    send: async (message) => {
      const answer = await client.send(typeof message === 'string' ? Buffer.from(message, 'utf8') : message);
      const parsed = parseMessage(answer);
      return { ...readAck(parsed), raw: parsed.toString() };
    },
    close: async () => {
      await client.close();
      await started.stop(2000);
      await ctx.close();
    },
  };
}

let sent = 0;

/** A message of hospital YYYY; segments joined by CR. */
export function hl7(
  type: string,
  segments: readonly string[],
  options: { controlId?: string; facility?: string; charset?: string; application?: string } = {},
): string {
  sent += 1;
  const {
    controlId = `T${process.pid}-${sent}`,
    facility = 'YYYY',
    charset = 'UNICODE UTF-8',
    application = 'RIS',
  } = options;
  const head = `MSH|^~\\&|${application}|${facility}|YUNYING|YYYY|20261120093000||${type}|${controlId}|P|2.5.1||||||${charset}`;
  return `${[head, ...segments].join('\r')}\r`;
}

export function pid(
  patientId: string,
  name: string,
  more: { birth?: string; sex?: string; identity?: string; phone?: string; authority?: string } = {},
): string {
  const { birth = '19800102', sex = 'F', identity = '', phone = '', authority = 'YYYY' } = more;
  return `PID|1||${patientId}^^^${authority}^MR||${name}||${birth}|${sex}|||||${phone}||||||${identity}`;
}

/** A segment by its field numbers: segment('OBR', { 3: 'A1', 25: 'F' }). */
export function segment(name: string, fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, i) => fields[i + 1] ?? '')].join('|');
}
