import { type NodeItem, nodeMays } from '@yunying/api';
import { describe, expect, it } from 'vitest';
import { fieldsToNode, standardFields } from './node-fields.ts';
import { byLastSeen, pageOfNodes, sameNode } from './nodes.ts';

const node = (id: string, more: Partial<NodeItem> = {}): NodeItem => ({
  id,
  kind: 'dicom',
  name: `CT${id}`,
  facility: null,
  host: null,
  port: null,
  may: 'store',
  charset: null,
  onConflict: 'refuse',
  rules: {},
  holds: { tlsKey: false, passcode: false },
  lastSeenAt: null,
  disabledAt: null,
  ...more,
});
const five = ['1', '2', '3', '4', '5'].map((id) => node(id));

describe('the list of nodes', () => {
  it('is cut into pages like every other list', () => {
    const first = pageOfNodes(five, { cursor: null, page: 1, limit: 2 });
    expect(first).toMatchObject({ items: [{ id: '1' }, { id: '2' }], nextCursor: '2', total: 5 });
    const last = pageOfNodes(five, { cursor: '4', page: 3, limit: 2 });
    expect(last).toMatchObject({ items: [{ id: '5' }], nextCursor: null });
    expect(pageOfNodes(five, { cursor: 'gone', page: 2, limit: 9 }).items).toHaveLength(5);
  });

  it('is sorted by who was heard last, the never heard at its end', () => {
    const nodes = [
      node('1'),
      node('2', { lastSeenAt: '2026-11-01' }),
      node('3', { lastSeenAt: '2026-11-02' }),
    ];
    expect(byLastSeen(nodes).map((one) => one.id)).toEqual(['3', '2', '1']);
  });

  it('knows which node a form would change', () => {
    const nodes = [node('1'), node('2', { kind: 'hl7', name: 'HIS', facility: 'EAST' })];
    expect(sameNode(nodes, { kind: 'dicom', name: ' CT1 ', facility: 'left over' })?.id).toBe('1');
    expect(sameNode(nodes, { kind: 'hl7', name: 'HIS', facility: 'EAST' })?.id).toBe('2');
    expect(sameNode(nodes, { kind: 'hl7', name: 'HIS', facility: '' })).toBeUndefined();
  });
});

describe('the form of a node', () => {
  it('leaves out what was left empty', () => {
    expect(fieldsToNode({ ...standardFields, name: ' CT01 ', host: ' ' }, false)).toEqual({
      kind: 'dicom',
      name: 'CT01',
      may: ['store'],
      onConflict: 'refuse',
      replace: false,
    });
  });

  it('keeps every right that a DICOM node can have', () => {
    const fields = { ...standardFields, name: 'PACS', may: [...nodeMays] };
    expect(fieldsToNode(fields, true).may).toEqual([...nodeMays]);
  });

  it('gives an HL7 system the right to send, whatever was ticked before', () => {
    const fields = { ...standardFields, kind: 'hl7' as const, name: 'HIS', facility: 'EAST', may: ['find'] };
    expect(fieldsToNode(fields, true)).toMatchObject({ may: ['send'], facility: 'EAST', replace: true });
  });
});
