// "Try it": what the engine would answer a subject, without being the subject. Asks the same functions as every door.
import type { NewGrantForm, SubjectKind, TryAnswer, TryForm } from '@yunying/api';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import {
  type Authority,
  businessRoles,
  decide,
  isBusinessRole,
  loadAccountAuthority,
  loadClientAuthority,
  loadNodeAuthority,
  parsePermissions,
} from '../access/index.ts';
import { getExamFacts, getLooseFacts } from '../orders/index.ts';
import { placeNames } from './places.ts';
import * as repo from './repo.ts';

export type Subject = { kind: SubjectKind; id: string };

/** Counting more than this would only say "many". */
const mostCounted = 200_000;

const tried = [
  'exam.list',
  'exam.view',
  'report.view',
  'report.download',
  'image.view',
  'image.original',
  'image.download',
  'image.print',
  'dicom.query',
  'study.annotate',
  'study.send',
  'exam.break_glass',
] as const;

export async function authorityOf(db: Db, { kind, id }: Subject, now: Date): Promise<Authority> {
  switch (kind) {
    case 'account':
      return loadAccountAuthority(db, id, now);
    case 'client': {
      const client = await repo.selectSubject(db, 'client', id);
      return loadClientAuthority(db, id, parsePermissions(client?.permissions ?? ''), now);
    }
    case 'node':
      return loadNodeAuthority(db, id, now);
  }
}

export async function seenBy(
  db: Db,
  authority: Authority,
  now: Date,
): Promise<{ count: number; isFloor: boolean }> {
  const found = await repo.countExams(db, { authority, permission: 'exam.list', now }, mostCounted + 1);
  return { count: Math.min(found, mostCounted), isFloor: found > mostCounted };
}

/** A grant that is not saved yet, as the engine takes one. */
export async function formGrant(
  db: Db,
  form: NewGrantForm,
  rolePermissions: string | null,
): Promise<Authority['grants'][number]> {
  const { role, permissions, reach, level, tags } = form;
  const named =
    role === null
      ? parsePermissions((permissions ?? []).join(' '))
      : isBusinessRole(role)
        ? new Set(businessRoles[role])
        : parsePermissions(rolePermissions ?? '');
  const client =
    form.subjectKind === 'client' ? await repo.selectSubject(db, 'client', form.subjectId) : null;
  const registered = client == null ? null : parsePermissions(client.permissions ?? '');
  const held = registered === null ? named : new Set([...named].filter((name) => registered.has(name)));
  return { grantId: 'new', role, permissions: held, reach, level, tags: new Set(tags) };
}

/** Throws request.not_found when there is no such subject or exam. */
export async function tryIt(ctx: Pick<Context, 'db' | 'clock'>, form: TryForm): Promise<TryAnswer> {
  const now = ctx.clock.now();
  const subject = { kind: form.subjectKind, id: form.subjectId };
  if ((await repo.selectSubject(ctx.db, subject.kind, subject.id)) === undefined)
    throw new AppError('request.not_found', { field: 'subjectId' });
  const found = await repo.findExamOrStudy(ctx.db, form.exam.trim());
  if (found === undefined) throw new AppError('request.not_found', { field: 'exam' });
  const facts =
    found.examId === null
      ? await getLooseFacts(ctx.db, found.institutionId, found.patientRowId)
      : await getExamFacts(ctx.db, found.examId);
  const authority = await authorityOf(ctx.db, subject, now);
  const places = await placeNames(ctx.db);
  const seen = await seenBy(ctx.db, authority, now);
  return {
    exam: {
      id: facts.examId,
      examType: facts.examType,
      institution: places.institutions.get(facts.institutionId) ?? '—',
      department: facts.departmentId === null ? null : (places.departments.get(facts.departmentId) ?? null),
      examAt: facts.examAt?.toISOString() ?? null,
      labels: facts.labels.map(({ tag, level, restriction }) => ({ tag, level, restriction })),
    },
    actions: tried.map((permission) => {
      const decision = decide(authority, facts, permission, now);
      return {
        permission,
        allowed: decision.allowed,
        identity: decision.allowed ? decision.identity : 'full',
        rule: decision.rule,
        grantId: /^grant (\d+)$/.exec(decision.rule)?.[1] ?? null,
      };
    }),
    seen: seen.count,
    seenIsFloor: seen.isFloor,
  };
}
