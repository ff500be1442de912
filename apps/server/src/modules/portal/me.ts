// Who is signed in, as the apps show it: a patient's own name stays masked on every screen.
import type { Me } from '@yunying/api';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { Viewer } from '../access/index.ts';
import { ensureDefaultInstitution, getInstitutions, getPatientsOfPerson, maskName } from '../mpi/index.ts';

export async function describeMe(ctx: Pick<Context, 'db'>, viewer: Viewer): Promise<Me> {
  if (viewer.kind === 'staff') {
    return {
      kind: 'staff',
      displayName: viewer.displayName,
      role: viewer.role,
      scope: null,
      examId: null,
      mustChangePassword: viewer.mustChangePassword,
      institutionName: (await ensureDefaultInstitution(ctx.db)).name,
    };
  }
  if (viewer.kind !== 'patient') throw new AppError('access.unauthenticated');
  const patient = (await getPatientsOfPerson(ctx.db, viewer.personId))[0];
  const institutions = await getInstitutions(ctx.db);
  const own =
    institutions.find((one) => one.id === patient?.institutionId) ??
    institutions.find((one) => one.isDefault);
  return {
    kind: 'patient',
    displayName: patient === undefined ? '' : maskName(patient.name),
    role: null,
    scope: viewer.examId === null ? 'person' : 'exam',
    examId: viewer.examId,
    mustChangePassword: false,
    institutionName: own?.name ?? '',
  };
}
