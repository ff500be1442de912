// A patient's way in: /r/:code, the second factor, the session.
import { type Static, Type } from 'typebox';
import { Id, Nullable } from './problem.ts';

/** What a holder of the link sees before proving anything: no name, no report, no picture. */
export const Entry = Type.Object({
  institutionName: Type.String(),
  examName: Type.String({ description: 'Item name, for example 头颅CT平扫.' }),
  examDate: Type.String({ description: 'YYYY-MM-DD' }),
  reportReady: Type.Boolean(),
  factors: Type.Array(Type.Union([Type.Literal('sms'), Type.Literal('identity')])),
  phoneMasked: Nullable(Type.String({ description: '138****0000' })),
  proved: Type.Boolean({ description: 'The caller already has a session that may open this exam.' }),
  examId: Nullable(Id),
});
export type Entry = Static<typeof Entry>;

export const SmsCodeSent = Type.Object({
  phoneMasked: Type.String(),
  expiresInSeconds: Type.Integer(),
  nextSendInSeconds: Type.Integer(),
});
export type SmsCodeSent = Static<typeof SmsCodeSent>;

export const Proof = Type.Union([
  Type.Object({ factor: Type.Literal('sms'), smsCode: Type.String({ pattern: '^[0-9]{6}$' }) }),
  Type.Object({
    factor: Type.Literal('identity'),
    name: Type.String({ minLength: 1, maxLength: 64 }),
    identityTail: Type.String({
      pattern: '^[0-9A-Za-z]{6}$',
      description: 'Last six of the identity document.',
    }),
  }),
]);
export type Proof = Static<typeof Proof>;

export const Proved = Type.Object({
  examId: Id,
  scope: Type.Union([Type.Literal('person'), Type.Literal('exam')]),
});
export type Proved = Static<typeof Proved>;

export const Me = Type.Object({
  kind: Type.Union([Type.Literal('patient'), Type.Literal('staff')]),
  displayName: Type.String({ description: 'Masked for a patient: 王*明.' }),
  role: Nullable(Type.String()),
  scope: Nullable(Type.Union([Type.Literal('person'), Type.Literal('exam')])),
  examId: Nullable(Id),
  mustChangePassword: Type.Boolean(),
  institutionName: Type.String(),
});
export type Me = Static<typeof Me>;

export const StaffLogin = Type.Object({
  loginName: Type.String({ minLength: 1, maxLength: 64 }),
  password: Type.String({ minLength: 1, maxLength: 200 }),
});
export const PasswordChange = Type.Object({
  oldPassword: Type.String({ minLength: 1, maxLength: 200 }),
  newPassword: Type.String({ minLength: 10, maxLength: 200 }),
});
