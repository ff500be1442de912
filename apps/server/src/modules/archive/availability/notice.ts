// The content of an Instance Availability Notification (PS3.4 table R.3.2-1): the performed steps of a study, and of
// every series its instances, where they are and from whom they are to be fetched.
import { createHash } from 'node:crypto';
import { type DicomJson, isUid, itemsOf, textOf } from '@yunying/dicom';
import { StatusError, status } from '@yunying/dimse';
import { element } from '../../../dimse/dataset-json.ts';
import type { PlacedInstance } from '../archive-types.ts';

export const availabilitySopClass = '1.2.840.10008.5.1.4.33';
const performedStepSopClass = '1.2.840.10008.3.1.2.3.3';

const mostInstances = 100_000;

export type Notice = { studyInstanceUid: string; instanceCount: number; sha256: string; json: DicomJson };

export function makeNotice(
  studyInstanceUid: string,
  instances: readonly PlacedInstance[],
  performedSteps: readonly string[],
  retrieveAeTitle: string,
): Notice {
  const bySeries = new Map<string, DicomJson[]>();
  for (const one of instances) {
    const items = bySeries.get(one.series_instance_uid) ?? [];
    items.push({
      '00080054': element('AE', retrieveAeTitle),
      '00080056': element('CS', 'ONLINE'),
      '00081150': element('UI', one.sop_class_uid),
      '00081155': element('UI', one.sop_instance_uid),
    });
    bySeries.set(one.series_instance_uid, items);
  }
  const series = [...bySeries].map(([seriesInstanceUid, items]) => ({
    '00081199': element('SQ', ...items),
    '0020000E': element('UI', seriesInstanceUid),
  }));
  const steps = performedSteps.map((uid) => ({
    '00081150': element('UI', performedStepSopClass),
    '00081155': element('UI', uid),
    '00404019': element('SQ'),
  }));
  return {
    studyInstanceUid,
    instanceCount: instances.length,
    sha256: hashOf(instances.map((one) => one.sop_instance_uid)),
    json: {
      '00081111': element('SQ', ...steps),
      '00081115': element('SQ', ...series),
      '0020000D': element('UI', studyInstanceUid),
    },
  };
}

/** Throws StatusError when a type 1 attribute is missing or no UID. */
export function readNotice(json: DicomJson): Notice {
  const studyInstanceUid = requireUid(json, '0020000D', 'Study Instance UID');
  const series = itemsOf(json, '00081115');
  if (series.length === 0)
    throw new StatusError(status.missingAttribute, 'Referenced Series Sequence is missing');
  const uids: string[] = [];
  for (const one of series) {
    requireUid(one, '0020000E', 'Series Instance UID');
    for (const item of itemsOf(one, '00081199')) {
      requireUid(item, '00081150', 'Referenced SOP Class UID');
      uids.push(requireUid(item, '00081155', 'Referenced SOP Instance UID'));
      if (textOf(item, '00080056') === null)
        throw new StatusError(status.missingAttribute, 'Instance Availability is missing');
    }
    if (uids.length > mostInstances) throw new StatusError(status.resourceLimitation, 'too many instances');
  }
  if (uids.length === 0) throw new StatusError(status.missingAttribute, 'Referenced SOP Sequence is missing');
  return { studyInstanceUid, instanceCount: uids.length, sha256: hashOf(uids), json };
}

function hashOf(uids: readonly string[]): string {
  return createHash('sha256')
    .update([...uids].sort().join('\n'))
    .digest('hex');
}

function requireUid(json: DicomJson, tag: string, name: string): string {
  const uid = textOf(json, tag);
  if (uid === null) throw new StatusError(status.missingAttribute, `${name} is missing`);
  if (!isUid(uid)) throw new StatusError(status.invalidAttributeValue, `${name} is not a UID`);
  return uid;
}
