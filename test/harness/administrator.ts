// The demo's system administrator at the administration listener, for tests that set rules on a running server.
import { admins } from '../../apps/server/src/modules/accounts/demo-passwords.ts';

export type Administrator = {
  /** Throws unless the answer is a success. */
  call(method: string, path: string, body?: object): Promise<unknown>;
  nodeId(name: string): Promise<string>;
};

export async function asAdministrator(adminHttp: string): Promise<Administrator> {
  const ask = async (method: string, path: string, cookie: string, body?: object): Promise<Response> => {
    const answer = await fetch(`${adminHttp}${path}`, {
      method,
      headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const account = admins.find(({ role }) => role === 'system_admin');
  if (account === undefined) throw new Error('the demo has no system administrator');
  const { user: loginName, password } = account;
  const entered = await ask('POST', '/api/staff/login', '', { loginName, password });
  const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const call = async (method: string, path: string, body?: object): Promise<unknown> =>
    (await ask(method, path, cookie, body)).json();
  return {
    call,
    nodeId: async (name) => {
      const nodes = (await call('GET', '/api/nodes')) as { id: string; name: string }[];
      const found = nodes.find((node) => node.name === name);
      if (found === undefined) throw new Error(`there is no node ${name}`);
      return found.id;
    },
  };
}
