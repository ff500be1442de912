// A patient's way in through a link: what a holder of the link is shown, the SMS code, and the proof that opens a
// session. Unknown, expired and revoked links answer alike. Before the proof nothing of the person is shown but a
// masked phone number, so that the holder knows which phone to look at.

import { randomInt, timingSafeEqual } from 'node:crypto';
import type { Entry, Proof, Proved, SmsCodeSent } from '@yunying/api';
import type { Context } from '../../context.ts';
import { newId } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import {
  hiddenSubject,
  mayViewExam,
  openSession,
  revokeSession,
  sm3,
  takeOne,
  tryOnce,
  type Viewer,
} from '../access/index.ts';
import { type AuditRequest, recordAudit } from '../audit/index.ts';
import {
  getLivePersonId,
  getPatient,
  maskPhone,
  normalizeIdentity,
  type Patient,
  sameName,
} from '../mpi/index.ts';
import { type Exam, getExam } from '../orders/index.ts';
import { getSettings } from '../settings/index.ts';
import * as repo from './repo.ts';

type Part = Pick<Context, 'db' | 'clock' | 'config'>;

/** Sends a log-in code; the notify module gives it (it lies above this one). Throws notify.gateway_*. */
export type SendLoginCode = (message: {
  codeId: string;
  phone: string;
  code: string;
  institutionName: string;
  examId: string;
  minutes: number;
}) => Promise<void>;

export type EntryCall = { code: string; viewer: Viewer; request: AuditRequest };

const minuteMs = 60_000;
const codeMinutes = 5;
const codeTries = 5;
const identityLimit = { max: 5, windowMs: 24 * 60 * minuteMs, lockMs: 30 * minuteMs };
const sendsPerAddressAndHour = 60;

type Opened = { link: repo.LinkRow; exam: Exam; patient: Patient };

export async function openEntry(ctx: Part, call: EntryCall): Promise<Entry> {
  const { link, exam, patient } = await openLink(ctx, call);
  const phone = mobileOf(patient);
  const proved = mayViewExam(call.viewer, exam).allowed;
  await repo.touchLink(ctx.db, link.id, ctx.clock.now());
  await audit(ctx, 'share.opened', call, link, exam, 'ok');
  return {
    institutionName: exam.institutionName,
    examName: exam.itemName,
    examDate: exam.examAt.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }),
    reportReady: exam.published && exam.status !== 'withdrawn',
    factors: [
      ...(phone === null ? [] : (['sms'] as const)),
      ...(tailOf(patient) === null ? [] : (['identity'] as const)),
    ],
    phoneMasked: phone === null ? null : maskPhone(phone),
    proved,
    examId: proved ? exam.examId : null,
  };
}

export async function sendSmsCode(ctx: Part, call: EntryCall, send: SendLoginCode): Promise<SmsCodeSent> {
  const { link, exam, patient } = await openLink(ctx, call);
  const phone = mobileOf(patient);
  if (phone === null) throw new AppError('entry.factor_absent');
  await takeSend(ctx, phone, call.request.ip);
  const now = ctx.clock.now();
  const code = randomInt(1_000_000).toString().padStart(6, '0');
  const codeId = newId();
  await ctx.db.transaction().execute((tx) =>
    repo.replaceCode(
      tx,
      {
        id: codeId,
        share_link_id: link.id,
        code_hash: codeHash(codeId, call.code, code),
        created_at: now,
        expires_at: new Date(now.getTime() + codeMinutes * minuteMs),
      },
      now,
    ),
  );
  await send({
    codeId,
    phone,
    code,
    institutionName: exam.institutionName,
    examId: exam.examId,
    minutes: codeMinutes,
  });
  await audit(ctx, 'entry.code_sent', call, link, exam, 'ok');
  return { phoneMasked: maskPhone(phone), expiresInSeconds: codeMinutes * 60, nextSendInSeconds: 60 };
}

export type OpenedSession = { proved: Proved; secret: string; expiresAt: Date };

/** An SMS code opens all exams of the person, name and document this exam only. */
export async function proveEntry(ctx: Part, call: EntryCall, proof: Proof): Promise<OpenedSession> {
  const { link, exam, patient } = await openLink(ctx, call);
  try {
    if (proof.factor === 'sms') await requireCode(ctx, call.code, link, proof.smsCode);
    else await requireIdentity(ctx, exam, patient, proof);
  } catch (error) {
    if (error instanceof AppError)
      await audit(ctx, 'entry.proved', call, link, exam, 'denied', error.code, proof.factor);
    throw error;
  }
  const scope = proof.factor === 'sms' ? 'person' : 'exam';
  const session = await openSession(
    ctx,
    {
      kind: 'patient',
      personId: exam.personId,
      examId: scope === 'exam' ? exam.examId : null,
      proof: proof.factor,
      shareLinkId: link.id,
    },
    { ip: call.request.ip, userAgent: call.request.headers['user-agent'] ?? '' },
  );
  if (call.viewer.kind === 'patient') await revokeSession(ctx.db, call.viewer.sessionId, ctx.clock.now());
  await audit(ctx, 'entry.proved', call, link, exam, 'ok', undefined, proof.factor);
  return { proved: { examId: exam.examId, scope }, secret: session.secret, expiresAt: session.expiresAt };
}

async function openLink(ctx: Part, call: EntryCall): Promise<Opened> {
  const now = ctx.clock.now();
  const max = (await getSettings(ctx.db))['entry.lookups_per_minute'];
  const limit = { max, windowMs: minuteMs, now, lockedCode: 'request.too_many' as const };
  await takeOne(ctx.db, 'entry-ip', hiddenSubject(call.request.ip), limit);
  const link = /^[A-Za-z0-9_-]{22}$/.test(call.code)
    ? await repo.selectLiveLink(ctx.db, sm3(call.code), now)
    : undefined;
  if (link === undefined) throw new AppError('entry.link_unknown');
  const exam = await getExam(ctx.db, link.exam_id);
  // The exam may have been moved to another patient since: that one's exam is not this link's business.
  if ((await getLivePersonId(ctx.db, link.person_id)) !== exam.personId)
    throw new AppError('entry.link_unknown');
  return { link, exam, patient: await getPatient(ctx.db, exam.patientRowId) };
}

/** All limits of one number in one transaction: refused by one, counted by none. */
async function takeSend(ctx: Part, phone: string, ip: string): Promise<void> {
  const settings = await getSettings(ctx.db);
  const now = ctx.clock.now();
  const number = hiddenSubject(phone);
  const limits = [
    { kind: 'sms-ip', subject: hiddenSubject(ip), max: sendsPerAddressAndHour, windowMs: 60 * minuteMs },
    { kind: 'sms-day', subject: number, max: settings['sms.per_day'], windowMs: 1440 * minuteMs },
    { kind: 'sms-hour', subject: number, max: settings['sms.per_hour'], windowMs: 60 * minuteMs },
    { kind: 'sms-minute', subject: number, max: settings['sms.per_minute'], windowMs: minuteMs },
  ];
  await ctx.db.transaction().execute(async (tx) => {
    for (const { kind, subject, ...limit } of limits) {
      await takeOne(tx, kind, subject, { ...limit, now, lockedCode: 'entry.sms_too_many' });
    }
  });
}

async function requireCode(ctx: Part, linkCode: string, link: repo.LinkRow, given: string): Promise<void> {
  const now = ctx.clock.now();
  const row = await repo.takeCodeTry(ctx.db, link.id, codeTries, now);
  if (row === undefined) throw new AppError('entry.code_expired');
  const right = timingSafeEqual(Buffer.from(row.code_hash), Buffer.from(codeHash(row.id, linkCode, given)));
  if (!right) throw new AppError('entry.code_wrong', { remaining: codeTries - row.tries });
  if (!(await repo.useCode(ctx.db, row.id, now))) throw new AppError('entry.code_expired');
}

/** Counted per person, not per link: several links to one person give no more tries. */
async function requireIdentity(
  ctx: Part,
  exam: Exam,
  patient: Patient,
  given: { name: string; identityTail: string },
): Promise<void> {
  const tail = tailOf(patient);
  if (tail === null) throw new AppError('entry.factor_absent');
  const verdict = await tryOnce(ctx.db, 'identity', `person:${exam.personId}`, {
    ...identityLimit,
    now: ctx.clock.now(),
    lockedCode: 'entry.locked',
    evaluate: async () => {
      const rightName = sameName(given.name, patient.name);
      const rightTail = normalizeIdentity(given.identityTail) === tail;
      return rightName && rightTail ? true : null;
    },
  });
  if (verdict.ok) return;
  if (verdict.lockedForMs > 0)
    throw new AppError('entry.locked', { retryAfterSeconds: verdict.lockedForMs / 1000 });
  throw new AppError('entry.identity_wrong', { remaining: verdict.remaining });
}

/** Six digits alone could be searched in a dump; bound to the link's code, which is nowhere, they cannot. */
function codeHash(codeId: string, linkCode: string, code: string): string {
  return sm3(`${codeId} ${linkCode} ${code}`);
}

/** A mainland mobile number, or null: landlines get no SMS. */
export function mobileOf(patient: Pick<Patient, 'phone'>): string | null {
  const digits = (patient.phone ?? '').replace(/[\s\-()]/g, '').replace(/^(?:\+|00)?86(?=1\d{10}$)/, '');
  return /^1[3-9]\d{9}$/.test(digits) ? digits : null;
}

function tailOf(patient: Patient): string | null {
  const identity = normalizeIdentity(patient.identityNo ?? '');
  return identity.length >= 6 ? identity.slice(-6) : null;
}

function audit(
  ctx: Part,
  event: string,
  call: EntryCall,
  link: repo.LinkRow,
  exam: Exam,
  result: 'ok' | 'denied',
  resultCode?: string,
  factor?: string,
): Promise<void> {
  return recordAudit(ctx.db, {
    event,
    viewer: call.viewer,
    objectType: 'share-link',
    objectId: link.id,
    patientId: exam.patientRowId,
    result,
    resultCode,
    detail: { examId: exam.examId, factor },
    request: call.request,
  });
}
