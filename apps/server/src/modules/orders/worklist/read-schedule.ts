// What an order group says about the schedule that modalities ask for (HL7 v2.5.1 §4.5.6 IPC; IHE RAD SWF: OBR-19 and
// OBR-20 in older messages): ids, station, place, performing physician. Null when it says nothing at all.

import { isAeTitle } from '@yunying/dimse';
import { displayName, type Group, parseXcn } from '@yunying/hl7';
import { first } from '../read-order.ts';
import { isShortString, type Schedule } from './plan-items.ts';

export function readSchedule(group: Group): Schedule | null {
  const short = (text: string | null) => (isShortString(text) ? text : null);
  const station = first(group, 'IPC-9');
  const schedule: Schedule = {
    requestedProcedureId: short(first(group, 'IPC-2.1', 'OBR-19')),
    scheduledStepId: short(first(group, 'IPC-4.1', 'OBR-20')),
    stationAeTitle: station !== null && isAeTitle(station) ? station : null,
    stationName: first(group, 'IPC-7.1')?.slice(0, 64) ?? null,
    location: first(group, 'IPC-8.1')?.slice(0, 64) ?? null,
    performingPhysician: readPerformer(group),
  };
  return Object.values(schedule).every((value) => value === null) ? null : schedule;
}

/** OBR-34, the technician of the exam, is whom Chinese RIS put down as performing. */
function readPerformer(group: Group): string | null {
  const piece = group.head('OBR')?.field(34)?.at(1);
  if (piece === undefined || piece.raw === '') return null;
  const name = displayName(parseXcn(piece)).trim();
  return name === '' ? null : name.slice(0, 100);
}
