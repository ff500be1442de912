// What a Modality Performed Procedure Step must and may say (PS3.4 table F.7.2-1): type 1 attributes of N-CREATE,
// what N-SET may not touch, the performed series. A refusal names the attribute in Offending Element.
import { type DicomJson, isUid, itemsOf, textOf } from '@yunying/dicom';
import { status } from '@yunying/dimse';
import type { PerformedSeries, StepState } from './repo.ts';

export class AttributeRefusal extends Error {
  readonly status: number;
  readonly tag: number;

  constructor(code: number, tag: string, message: string) {
    super(message);
    this.status = code;
    this.tag = Number.parseInt(tag, 16);
  }
}

const stepStatus = '00400252';
const performedSeries = '00400340';
const scheduledAttributes = '00400270';
const mostSeries = 2000;
const mostInstances = 100_000;

const required: readonly (readonly [tag: string, name: string])[] = [
  [scheduledAttributes, 'Scheduled Step Attributes Sequence'],
  ['00400253', 'Performed Procedure Step ID'],
  ['00400241', 'Performed Station AE Title'],
  ['00400244', 'Performed Procedure Step Start Date'],
  ['00400245', 'Performed Procedure Step Start Time'],
  [stepStatus, 'Performed Procedure Step Status'],
  ['00080060', 'Modality'],
];

/** Set at N-CREATE and fixed from then on: the patient, the schedule, the start. */
const fixed = new Set([
  '00080005',
  '00080060',
  '00081120',
  '00100010',
  '00100020',
  '00100021',
  '00100030',
  '00100040',
  '00200010',
  scheduledAttributes,
  '00400241',
  '00400242',
  '00400243',
  '00400244',
  '00400245',
  '00400253',
]);

export function requireNewStep(attributes: DicomJson): void {
  for (const [tag, name] of required) {
    const known = attributes[tag];
    if (known === undefined) throw new AttributeRefusal(status.missingAttribute, tag, `${name} is missing`);
    const filled = known.vr === 'SQ' ? itemsOf(attributes, tag).length > 0 : textOf(attributes, tag) !== null;
    if (!filled) throw new AttributeRefusal(status.missingAttributeValue, tag, `${name} is empty`);
  }
  if (textOf(attributes, stepStatus) !== 'IN PROGRESS') {
    throw new AttributeRefusal(status.invalidAttributeValue, stepStatus, 'a new step must be IN PROGRESS');
  }
  for (const item of itemsOf(attributes, scheduledAttributes))
    requireUid(item, '0020000D', 'Study Instance UID');
}

/** N-SET replaces whole attributes; those fixed at creation are left as they are. */
export function mergeStep(known: DicomJson, change: DicomJson): { attributes: DicomJson; state: StepState } {
  const allowed = Object.entries(change).filter(([tag]) => !fixed.has(tag));
  const merged: DicomJson = { ...known, ...Object.fromEntries(allowed) };
  const attributes = Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)));
  const state = stateOf(attributes);
  if (state === 'completed' && itemsOf(attributes, performedSeries).length === 0) {
    throw new AttributeRefusal(
      attributes[performedSeries] === undefined ? status.missingAttribute : status.missingAttributeValue,
      performedSeries,
      'a completed step names its series',
    );
  }
  return { attributes, state };
}

function stateOf(attributes: DicomJson): StepState {
  switch (textOf(attributes, stepStatus)) {
    case 'IN PROGRESS':
      return 'in-progress';
    case 'COMPLETED':
      return 'completed';
    case 'DISCONTINUED':
      return 'discontinued';
    default:
      throw new AttributeRefusal(
        status.invalidAttributeValue,
        stepStatus,
        'the status is none of IN PROGRESS, COMPLETED, DISCONTINUED',
      );
  }
}

export function readSeries(attributes: DicomJson): PerformedSeries[] {
  const items = itemsOf(attributes, performedSeries);
  if (items.length > mostSeries) throw tooMany();
  const bySeries = new Map<string, PerformedSeries>();
  let instances = 0;
  for (const item of items) {
    const uid = requireUid(item, '0020000E', 'Series Instance UID');
    const references = [...itemsOf(item, '00081140'), ...itemsOf(item, '00400220')].map((reference) => [
      requireUid(reference, '00081150', 'Referenced SOP Class UID'),
      requireUid(reference, '00081155', 'Referenced SOP Instance UID'),
    ]);
    instances += references.length;
    if (instances > mostInstances) throw tooMany();
    bySeries.set(uid, {
      series_instance_uid: uid,
      series_description: textOf(item, '0008103E')?.slice(0, 64) ?? null,
      protocol_name: textOf(item, '00181030')?.slice(0, 64) ?? null,
      retrieve_ae_title: textOf(item, '00080054')?.slice(0, 16) ?? null,
      instance_count: references.length,
      instances: JSON.stringify(references),
    });
  }
  return [...bySeries.values()];
}

function tooMany(): AttributeRefusal {
  return new AttributeRefusal(status.resourceLimitation, performedSeries, 'too many series or instances');
}

function requireUid(item: DicomJson, tag: string, name: string): string {
  const uid = textOf(item, tag);
  if (uid === null) {
    const code = item[tag] === undefined ? status.missingAttribute : status.missingAttributeValue;
    throw new AttributeRefusal(code, tag, `${name} is missing`);
  }
  if (!isUid(uid)) throw new AttributeRefusal(status.invalidAttributeValue, tag, `${name} is not a UID`);
  return uid;
}
