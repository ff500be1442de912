import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../testing/postgres.ts';
import { changeSetting, getSetting } from './settings.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

const at = new Date('2026-11-24T00:00:00Z');

it('gives the default, then the changed value, and audits the change', async () => {
  expect(await getSetting(test.db, 'share.link_days')).toBe(180);
  await changeSetting(test.db, { key: 'share.link_days', value: 30, by: null, at });
  expect(await getSetting(test.db, 'share.link_days')).toBe(30);
  const events = await test.db.selectFrom('audit_event').select(['event_type', 'object_id']).execute();
  expect(events).toEqual([{ event_type: 'setting.changed', object_id: 'share.link_days' }]);
});

it('refuses values outside the limits and survives a spoiled row', async () => {
  await expect(
    changeSetting(test.db, { key: 'sms.per_day', value: 5000, by: null, at }),
  ).rejects.toMatchObject({ code: 'request.invalid' });
  await test.db
    .insertInto('setting')
    .values({ key: 'sms.per_hour', value: '"many"', updated_at: at })
    .execute();
  await changeSetting(test.db, { key: 'sms.per_day', value: 20, by: null, at });
  expect(await getSetting(test.db, 'sms.per_hour')).toBe(5);
});
