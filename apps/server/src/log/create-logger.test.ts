import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { createLogger } from './create-logger.ts';

function capture() {
  const lines: string[] = [];
  return { lines, log: createLogger({ level: 'debug', write: (line) => void lines.push(line) }) };
}

describe('the log', () => {
  it('drops a patient name in an unknown field, and counts what it dropped', () => {
    const { lines, log } = capture();
    log.info({
      event: 'archive.stored',
      studyInstanceUid: '1.2.3',
      patientName: '张三',
      body: { phone: '13800138000' },
    });
    expect(lines.join('')).not.toMatch(/张三|13800138000/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      event: 'archive.stored',
      studyInstanceUid: '1.2.3',
      droppedFields: 2,
    });
  });

  it('drops a name put into a field for codes, in whatever script', () => {
    const { lines, log } = capture();
    log.info({ event: 'x', reason: '张三 has no report' });
    log.info({ event: 'x', reason: 'ZHANG^SAN' });
    expect(lines.join('')).not.toMatch(/张三|ZHANG/);
  });

  it('keeps the message of a foreign error out, with its causes', () => {
    const { lines, log } = capture();
    const cause = Object.assign(new Error('Key (name)=(张三) already exists'), {
      code: '23505',
      detail: '张三',
    });
    log.error({ event: 'x', error: new Error('bad value 张三', { cause }) });
    expect(lines.join('')).not.toContain('张三');
    expect(JSON.parse(lines[0] ?? '').error.cause.code).toBe('23505');
  });

  it('keeps the message of a bug of ours, and the code and safe details of an AppError', () => {
    const { lines, log } = capture();
    log.error({ event: 'x', error: new TypeError('x is not a function') });
    log.error({ event: 'x', error: new AppError('storage.missing', { blobId: '7', patient: '张三' }) });
    expect(JSON.parse(lines[0] ?? '').error.message).toBe('x is not a function');
    expect(JSON.parse(lines[1] ?? '').error).toMatchObject({
      code: 'storage.missing',
      details: { blobId: '7' },
    });
    expect(lines[1]).not.toContain('张三');
  });

  it('gates the fields of a child too', () => {
    const { lines, log } = capture();
    log.child({ jobId: '1', name: '张三' }).warn({ event: 'x' });
    expect(lines[0]).not.toContain('张三');
    expect(JSON.parse(lines[0] ?? '').jobId).toBe('1');
  });
});
