import { describe, expect, it } from 'vitest';
import type { Event, State } from './state-table.ts';
import { nextState, transitions } from './state-table.ts';

const pduEvents: readonly Event[] = [
  'A-ASSOCIATE-RQ',
  'A-ASSOCIATE-AC',
  'A-ASSOCIATE-RJ',
  'P-DATA-TF',
  'A-RELEASE-RQ',
  'A-RELEASE-RP',
  'A-ABORT',
  'invalid PDU',
  'transport closed',
];
const openStates: readonly State[] = [
  'Sta2',
  'Sta3',
  'Sta5',
  'Sta6',
  'Sta7',
  'Sta8',
  'Sta9',
  'Sta10',
  'Sta11',
  'Sta12',
  'Sta13',
];

describe('the state table of PS3.8 §9.2', () => {
  it('answers whatever may come over an open transport in every state', () => {
    for (const event of pduEvents) {
      for (const state of openStates) expect(transitions[event][state], `${event} in ${state}`).toBeDefined();
    }
  });

  it('aborts as the provider on a PDU that does not belong to the state', () => {
    expect(transitions['A-ASSOCIATE-RQ'].Sta6).toBe('AA-8');
    expect(transitions['P-DATA-TF'].Sta3).toBe('AA-8');
    expect(transitions['P-DATA-TF'].Sta2).toBe('AA-1');
    expect(transitions['A-RELEASE-RP'].Sta6).toBe('AA-8');
  });

  it('still takes data after asking for the release, and gives data after being asked', () => {
    expect(transitions['P-DATA-TF'].Sta7).toBe('AR-6');
    expect(transitions['P-DATA request'].Sta8).toBe('AR-7');
    expect(transitions['P-DATA request'].Sta7).toBeUndefined();
  });

  it('leads every abort to waiting for the transport to close, or to idle', () => {
    for (const action of ['AA-1', 'AA-6', 'AA-7', 'AA-8'] as const) expect(nextState[action]).toBe('Sta13');
    for (const action of ['AA-2', 'AA-3', 'AA-4', 'AA-5'] as const) expect(nextState[action]).toBe('Sta1');
  });
});
