import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, describeSettings, readConfig } from './config.ts';

describe('configuration', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yunying-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = (env: Record<string, string>) => readConfig({ YUNYING_DATA: folder, ...env });

  it('has the defaults of the contract', () => {
    const config = readConfig({}, '/srv/yunying');
    expect(config).toMatchObject({
      dataDir: '/srv/yunying/data',
      profile: 'production',
      http: { host: '127.0.0.1', port: 8080 },
      adminHttp: { host: '127.0.0.1', port: 8081 },
      dimse: { host: '0.0.0.0', port: 11112 },
      dimseTls: null,
      mllp: { host: '127.0.0.1', port: 2575 },
      aeTitle: 'YUNYING',
      publicUrl: 'http://127.0.0.1:8080',
      databaseUrl: null,
      blobs: { kind: 'file', folder: '/srv/yunying/data/blobs' },
      settle: { quietSeconds: 30 },
    });
  });

  it('settles sooner in profile demo', () => {
    expect(read({ YUNYING_PROFILE: 'demo' }).settle.quietSeconds).toBe(3);
  });

  it('takes yunying.json, and the environment over it', () => {
    writeFileSync(
      join(folder, 'yunying.json'),
      '{"http": "127.0.0.1:9000", "settleSeconds": 7, "profile": "demo"}',
    );
    expect(read({})).toMatchObject({ http: { port: 9000 }, settle: { quietSeconds: 7 }, profile: 'demo' });
    expect(read({ YUNYING_HTTP: '127.0.0.1:0' }).http.port).toBe(0);
  });

  it.each([
    [{ YUNYING_HTPP: '1' }, /unknown environment variable YUNYING_HTPP/],
    [{ YUNYING_HTTP: '8080' }, /YUNYING_HTTP "8080" must be host:port/],
    [{ YUNYING_HTTP: '127.0.0.1:70000' }, /must be host:port/],
    [{ YUNYING_ROLES: 'web,pacs' }, /unknown role "pacs"/],
    [{ YUNYING_PROFILE: 'test' }, /must be one of: production, demo/],
    [{ YUNYING_AE: 'SEVENTEEN_LETTERS' }, /must be an AE title/],
    [{ YUNYING_BLOBS: 's3://' }, /must be s3:\/\/bucket/],
    [{ YUNYING_BLOBS: 's3://key:secret@films' }, /must be s3:\/\/bucket/],
    [{ YUNYING_BLOBS_COPY: 'ftp://films' }, /must be file:/],
    [{ YUNYING_PUBLIC_URL: 'https://yun.example/path' }, /must be an origin only/],
    [{ YUNYING_SETTLE_SECONDS: '-1' }, /whole number from 0/],
    [{ YUNYING_RESERVE: '80%' }, /more than half/],
    [{ YUNYING_DIMSE_PROCESSES: '65' }, /whole number from 0 to 64/],
  ])('refuses %o with a sentence', (env, sentence) => {
    expect(() => read(env)).toThrow(ConfigError);
    expect(() => read(env)).toThrow(sentence);
  });

  it('never repeats a database URL, which holds a password', () => {
    expect(() => read({ YUNYING_DATABASE_URL: 'mysql://root:geheim@db/x' })).toThrow(
      /^(?!.*geheim).*YUNYING_DATABASE_URL/,
    );
  });

  it.each([
    ['{"htttp": "x"}', /unknown key "htttp"/],
    ['[1]', /one JSON object/],
    ['{', /not valid JSON/],
    ['{"http": {}}', /must be text, a number/],
  ])('refuses the file %s', (content, sentence) => {
    writeFileSync(join(folder, 'yunying.json'), content);
    expect(() => read({})).toThrow(sentence);
  });

  it('keeps the order of roles whatever the order asked', () => {
    expect(read({ YUNYING_ROLES: 'scp, web' }).roles).toEqual(['web', 'scp']);
  });

  it('describes every setting once', () => {
    const names = describeSettings().map((row) => row.env);
    expect(new Set(names).size).toBe(names.length);
  });
});
