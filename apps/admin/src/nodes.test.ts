import { type NodeItem, nodeMays } from '@yunying/api';
import { describe, expect, it } from 'vitest';
import { fieldsToNode, nodeToFields, standardFields } from './node-fields.ts';
import { standardRules } from './node-rule-fields.ts';
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

  it('begins with what a node is, and saving it unchanged changes nothing', () => {
    const known = node('1', {
      host: '10.0.0.7',
      port: 104,
      may: 'store find',
      onConflict: 'accept',
      rules: {
        mostAssociations: 4,
        bytesPerSecond: 2_500_000,
        sendAs: 'uncompressed',
        privateClasses: ['1.2.276.0.1'],
        tls: { ca: '-----BEGIN CERTIFICATE-----', certificate: '-----BEGIN CERTIFICATE-----' },
        user: { name: 'yunying', isConfirmed: true },
      },
      holds: { tlsKey: true, passcode: true },
    });
    const saved = fieldsToNode(nodeToFields(known), true, known);
    expect(saved).toMatchObject({ name: 'CT1', host: '10.0.0.7', port: 104, may: ['store', 'find'] });
    expect(saved.rules).toEqual(known.rules);
    expect(saved.secrets).toBeUndefined();
  });

  it('says which rules are taken away, and with a certificate its key', () => {
    const rules = { tls: { certificate: '-----BEGIN CERTIFICATE-----' }, mostAssociations: 4 };
    const known = node('1', { rules, holds: { tlsKey: true, passcode: false } });
    const fields = nodeToFields(known);
    const cleared = { ...fields, rules: { ...fields.rules, tlsCertificate: ' ', mostAssociations: null } };
    expect(fieldsToNode(cleared, true, known)).toMatchObject({ rules: { tls: {} }, secrets: { tlsKey: '' } });
    expect(fieldsToNode({ ...fields, rules: standardRules }, true, known).rules).toEqual({});
  });
});
