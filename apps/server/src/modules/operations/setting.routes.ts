// Administration listener: the runtime settings, their history, and a change of one. Taking a change back is a change
// to the value that held before it, so that the history only grows.
import { Id, NewSettingValue, pageOf, SettingChange, SettingItem } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { viewerOf } from '../access/index.ts';
import {
  changeSetting,
  isSettingKey,
  listSettingChanges,
  listSettings,
  type SettingKey,
} from '../settings/index.ts';

const Key = Type.String({ minLength: 1, maxLength: 60 });
const ChangesQuery = Type.Object({
  key: Type.Optional(Key),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  cursor: Type.Optional(Id),
});
const Settings = Type.Array(SettingItem);

const view = { permission: 'setting.view', scope: 'none' } as const;
const edit = { permission: 'setting.edit', scope: 'none', audit: 'setting.changed' } as const;

export function settingRoutes(ctx: Pick<Context, 'db' | 'clock'>): HttpPlugin {
  return {
    prefix: '/api',
    routes: async (app) => {
      app.get('/settings', { config: { access: view }, schema: { response: { 200: Settings } } }, () =>
        listSettings(ctx.db),
      );

      app.get(
        '/settings/changes',
        {
          config: { access: view },
          schema: { querystring: ChangesQuery, response: { 200: pageOf(SettingChange) } },
        },
        ({ query }) =>
          listSettingChanges(ctx.db, {
            key: query.key === undefined ? null : knownKey(query.key),
            cursor: query.cursor ?? null,
            limit: query.limit ?? 20,
          }),
      );

      app.put(
        '/settings/:key',
        {
          config: { access: edit },
          schema: {
            params: Type.Object({ key: Key }),
            body: NewSettingValue,
            response: { 200: Settings },
          },
        },
        async (req) => {
          const viewer = viewerOf(req);
          await changeSetting(ctx.db, {
            key: knownKey(req.params.key),
            value: req.body.value,
            expected: req.body.before,
            by: viewer.kind === 'staff' ? viewer.accountId : null,
            at: ctx.clock.now(),
            audit: { viewer, request: req },
          });
          return listSettings(ctx.db);
        },
      );
    },
  };
}

function knownKey(key: string): SettingKey {
  if (!isSettingKey(key)) throw new AppError('request.not_found');
  return key;
}
