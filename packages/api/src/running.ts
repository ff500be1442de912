// Running the platform: runtime settings as the system administrator sees and changes them.
import { type Static, Type } from 'typebox';
import { Id, Nullable } from './problem.ts';

export const SettingItem = Type.Object({
  key: Type.String(),
  value: Type.Integer(),
  standard: Type.Integer(),
  least: Type.Integer(),
  most: Type.Integer(),
  unit: Type.Union([
    Type.Literal('minutes'),
    Type.Literal('hours'),
    Type.Literal('days'),
    Type.Literal('count'),
  ]),
  /** Null: never changed. */
  changedAt: Nullable(Type.String()),
  changedBy: Nullable(Type.String()),
});
export type SettingItem = Static<typeof SettingItem>;

/** `before`: the value the administrator saw; another one meanwhile is a conflict. */
export const NewSettingValue = Type.Object({ value: Type.Integer(), before: Type.Integer() });
export type NewSettingValue = Static<typeof NewSettingValue>;

export const SettingChange = Type.Object({
  id: Id,
  key: Type.String(),
  before: Type.Integer(),
  after: Type.Integer(),
  changedAt: Type.String(),
  changedBy: Nullable(Type.String()),
});
export type SettingChange = Static<typeof SettingChange>;
