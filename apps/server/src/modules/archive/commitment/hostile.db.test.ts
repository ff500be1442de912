// Broken data sets of every service with small data sets (commitment, availability, worklist, performed steps): each
// is answered with a status, the association and the door live on, and nothing of them is kept as if it were whole.
import { encodeDataset, fromDicomJson, newUid } from '@yunying/dicom';
import { commandField, type RequestFields, status } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate, seededRandom } from '../../../../../../packages/dimse/src/testing/mutation.ts';
import { element } from '../../../dimse/dataset-json.ts';
import { littleEndian, openTo } from '../../../dimse/testing/request.ts';
import { openServices, type ServiceRig } from '../../../dimse/testing/service-rig.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { mppsService, worklistService } from '../../orders/index.ts';
import { availabilityService } from '../availability/index.ts';
import { commitmentService } from './commitment.scp.ts';
import { requestJson } from './references.ts';

const rounds = 150;
const commitment = '1.2.840.10008.1.20.1';
const mpps = '1.2.840.10008.3.1.2.3.3';
const availability = '1.2.840.10008.5.1.4.33';
const worklist = '1.2.840.10008.5.1.4.31';

const reference = { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: newUid() };
const requests: Record<string, { sopClass: string; fields: RequestFields; json: object }> = {
  'N-ACTION of commitment': {
    sopClass: commitment,
    fields: {
      commandField: commandField.nActionRq,
      requestedSopClassUid: commitment,
      requestedSopInstanceUid: '1.2.840.10008.1.20.1.1',
      actionTypeId: 1,
    },
    json: requestJson(newUid(), [reference]),
  },
  'N-EVENT-REPORT of commitment': {
    sopClass: commitment,
    fields: {
      commandField: commandField.nEventReportRq,
      affectedSopClassUid: commitment,
      affectedSopInstanceUid: '1.2.840.10008.1.20.1.1',
      eventTypeId: 1,
    },
    json: requestJson(newUid(), [reference]),
  },
  'N-CREATE of availability': {
    sopClass: availability,
    fields: { commandField: commandField.nCreateRq, affectedSopClassUid: availability },
    json: {
      '0020000D': element('UI', newUid()),
      '00081115': element('SQ', {
        '0020000E': element('UI', newUid()),
        '00081199': element('SQ', {
          '00080056': element('CS', 'ONLINE'),
          '00081150': element('UI', reference.sopClassUid),
          '00081155': element('UI', reference.sopInstanceUid),
        }),
      }),
    },
  },
  'C-FIND of the worklist': {
    sopClass: worklist,
    fields: { commandField: commandField.cFindRq, affectedSopClassUid: worklist, priority: 0 },
    json: {
      '00100010': element('PN', { Alphabetic: 'Wei*', Ideographic: '韦*' }),
      '00400100': element('SQ', {
        '00400002': element('DA', '20261120-20261130'),
        '00400003': element('TM', '0800-1700'),
        '00080060': element('CS', 'CT'),
      }),
    },
  },
  'N-CREATE of a performed step': {
    sopClass: mpps,
    fields: { commandField: commandField.nCreateRq, affectedSopClassUid: mpps },
    json: {
      '00080060': element('CS', 'CT'),
      '00100010': element('PN', { Alphabetic: 'Wei^Xiaomei', Ideographic: '韦^小妹' }),
      '00400241': element('AE', 'CT1'),
      '00400244': element('DA', '20261125'),
      '00400245': element('TM', '093000'),
      '00400252': element('CS', 'IN PROGRESS'),
      '00400253': element('SH', 'S1'),
      '00400270': element('SQ', { '0020000D': element('UI', newUid()) }),
    },
  },
};

describe('broken data sets', () => {
  let ctx: TestContext;
  let rig: ServiceRig;
  beforeAll(async () => {
    ctx = await openTestContext();
    rig = await openServices(ctx, [
      commitmentService(ctx),
      availabilityService(ctx),
      worklistService(ctx),
      mppsService(ctx),
    ]);
  });
  afterAll(async () => {
    await rig.close();
    await ctx.close();
  });

  it.each(Object.entries(requests))(
    'are answered with a status: %s',
    async (name, { sopClass, fields, json }) => {
      const random = seededRandom(name.length);
      const whole = Buffer.from(encodeDataset(fromDicomJson(json), littleEndian));
      const association = await openTo(rig.port, sopClass);
      const seen = new Set<number>();
      for (let round = 0; round < rounds; round += 1) {
        const mutated = mutate(Buffer.from(whole), random);
        const dataset = mutated.length % 2 === 0 ? mutated : mutated.subarray(0, -1);
        for await (const response of association.request(1, fields, { dataset })) seen.add(response.status);
      }
      await association.release();
      expect(seen.size).toBeGreaterThan(1);
      expect([...seen]).not.toContain(status.pending);
    },
    60_000,
  );
});
