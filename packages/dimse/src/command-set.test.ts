import { describe, expect, it } from 'vitest';
import { commandField } from './command-fields.ts';
import type { CommandFields } from './command-set.ts';
import { decodeCommandSet, encodeCommandSet, noDataset } from './command-set.ts';
import { status, statusCategory, statusName } from './status.ts';

const everything: CommandFields = {
  commandField: commandField.cMoveRsp,
  affectedSopClassUid: '1.2.840.10008.1.1',
  requestedSopClassUid: '1.2.3',
  messageId: 7,
  messageIdBeingRespondedTo: 65_535,
  moveDestination: 'DEST',
  priority: 2,
  status: 0xff00,
  offendingElement: [0x00100020, 0xfffee000],
  errorComment: 'what was wrong',
  errorId: 5,
  affectedSopInstanceUid: '1.2.3.4',
  requestedSopInstanceUid: '1.2.3.5',
  eventTypeId: 1,
  attributeIdentifierList: [0x00080018],
  actionTypeId: 1,
  numberOfRemainingSuboperations: 4,
  numberOfCompletedSuboperations: 3,
  numberOfFailedSuboperations: 2,
  numberOfWarningSuboperations: 1,
  moveOriginatorApplicationEntityTitle: 'ORIGIN',
  moveOriginatorMessageId: 9,
};

describe('command sets', () => {
  it('come back with every element', () => {
    const bytes = encodeCommandSet(everything, false);
    expect(decodeCommandSet(bytes)).toEqual({ ...everything, commandDataSetType: noDataset });
    expect(bytes.readUInt32LE(8)).toBe(bytes.length - 12);
  });

  it('have even element lengths and an error comment within 64 safe characters', () => {
    const bytes = encodeCommandSet({ commandField: 1, errorComment: `张${'x'.repeat(100)}` }, true);
    expect(bytes.length % 2).toBe(0);
    expect(decodeCommandSet(bytes).errorComment).toBe(`?${'x'.repeat(63)}`);
  });

  it('may be followed by elements of another group, which are stepped over', () => {
    const failedUids = Buffer.from([0x08, 0, 0x58, 0, 4, 0, 0, 0, 0x31, 0x2e, 0x32, 0]);
    const bytes = encodeCommandSet({ commandField: 0x8010, status: 0xb000 }, false);
    expect(decodeCommandSet(Buffer.concat([bytes, failedUids]))).toMatchObject({ status: 0xb000 });
    expect(() => decodeCommandSet(Buffer.concat([bytes, failedUids.subarray(0, 10)]))).toThrow(/length 4/);
  });

  it('are refused with the byte offset when cut, of another group, or without Command Field', () => {
    const bytes = encodeCommandSet(everything, false);
    expect(() => decodeCommandSet(bytes.subarray(0, bytes.length - 1))).toThrow(/at byte \d+/);
    const wrongGroup = Buffer.from(bytes);
    wrongGroup.writeUInt16LE(0x0008, 12);
    expect(() => decodeCommandSet(wrongGroup)).toThrow(/at byte 12: group 0008/);
    expect(() => decodeCommandSet(Buffer.alloc(0))).toThrow(/Command Field is missing/);
  });

  it('refuse to carry a UID or AE title that is none', () => {
    expect(() => encodeCommandSet({ affectedSopClassUid: '1/2' }, false)).toThrow(/not a UID/);
    expect(() => encodeCommandSet({ moveDestination: '' }, false)).toThrow(/not an AE title/);
  });
});

describe('status codes', () => {
  it.each([
    [status.success, 'success', 'Success'],
    [status.pending, 'pending', 'Pending'],
    [status.cancel, 'cancel', 'Cancelled'],
    [0xb007, 'warning', 'Warning: dataset does not match SOP class'],
    [0x0107, 'warning', 'Attribute list error'],
    [0xa700, 'failure', 'Refused: out of resources'],
    [0xa901, 'failure', 'Error: dataset does not match SOP class'],
    [0xc123, 'failure', 'Error: cannot understand or unable to process'],
    [0x0122, 'failure', 'SOP class not supported'],
    [0x7777, 'failure', 'failure 0x7777'],
  ])('0x%s has its category and name', (code, category, name) => {
    expect(statusCategory(code)).toBe(category);
    expect(statusName(code)).toBe(name);
  });
});
