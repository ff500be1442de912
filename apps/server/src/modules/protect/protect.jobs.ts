// Jobs of protected patients: labels of one exam's person when orders, reports or pictures changed it; labels of
// everybody after a rule changed and once a day, with progress; the notice to a patient whose protection was broken.
import type { Context } from '../../context.ts';
import { isAppError } from '../../errors.ts';
import type { JobPayload, JobRun, JobTable } from '../../jobs/index.ts';
import { getStudy } from '../archive/index.ts';
import { getReportVersion } from '../reports/index.ts';
import { labelPerson } from './label-person.ts';
import * as repo from './repo-rules.ts';
import { runJob } from './rules.ts';
import { tellPatient } from './tell-patient.ts';

const atOnce = 200;

export function protectJobs(): JobTable {
  return {
    'protect.label_exam': {
      concurrency: 2,
      timeoutMs: 60_000,
      run: async (ctx, job) => {
        const examId = await examOf(ctx, job.payload);
        const personId = examId === null ? null : await repo.selectPersonOfExam(ctx.db, examId);
        if (personId === null) return;
        const { set, removed } = await labelPerson(ctx, personId);
        if (set + removed > 0) job.log.info({ event: 'protect.labelled', examId, set, removed });
      },
    },
    [runJob]: { concurrency: 1, timeoutMs: 12 * 3_600_000, run: labelEverybody },
    'protect.tell_patient': {
      concurrency: 1,
      timeoutMs: 60_000,
      run: async (ctx, job) => {
        if (typeof job.payload.breakGlassId === 'string') await tellPatient(ctx, job.payload.breakGlassId);
      },
    },
  };
}

export async function labelEverybody(ctx: Context, job: JobRun): Promise<void> {
  const run = {
    started_at: ctx.clock.now(),
    ended_at: null as Date | null,
    seen_count: '0',
    total_count: String(await repo.countPersons(ctx.db)),
    set_count: '0',
    removed_count: '0',
  };
  let [seen, set, removed, after] = [0, 0, 0, '0'];
  for (;;) {
    const persons = await repo.selectPersons(ctx.db, after, atOnce);
    for (const personId of persons) {
      job.signal.throwIfAborted(); // the next try begins anew: labels that stand are found standing
      const outcome = await labelPerson(ctx, personId);
      seen += 1;
      set += outcome.set;
      removed += outcome.removed;
      after = personId;
    }
    const isDone = persons.length < atOnce;
    await repo.writeRun(ctx.db, {
      ...run,
      ended_at: isDone ? ctx.clock.now() : null,
      seen_count: String(seen),
      set_count: String(set),
      removed_count: String(removed),
    });
    await job.progress(seen, Number(run.total_count));
    if (isDone) return;
  }
}

async function examOf(ctx: Pick<Context, 'db'>, payload: JobPayload): Promise<string | null> {
  try {
    if (typeof payload.examId === 'string') return payload.examId;
    if (typeof payload.studyId === 'string') return (await getStudy(ctx.db, { id: payload.studyId })).exam_id;
    if (typeof payload.reportId === 'string' && typeof payload.version === 'number')
      return (await getReportVersion(ctx.db, payload.reportId, payload.version)).examId;
  } catch (error) {
    if (!isAppError(error, 'request.not_found')) throw error; // gone since
  }
  return null;
}
