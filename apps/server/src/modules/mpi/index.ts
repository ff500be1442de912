// Public names of the index of persons (mpi): institutions, patients (local ids by assigner), persons, names.
// Other modules and the archive read people only through these.
export { ageAt } from './age.ts';
export { chineseIdentityFacts, isValidChineseIdentity, normalizeIdentity } from './identity.ts';
export { institutionCommands } from './institution.cli.ts';
export {
  ensureDefaultInstitution,
  findInstitution,
  getInstitutions,
  setInstitution,
  upsertDepartment,
} from './institution.ts';
export { maskIdentity, maskName, maskPhone } from './mask.ts';
export { mergePatients } from './merge-patients.ts';
export { nameKeys, namePinyin, sameName, searchKey, soundsLikeSameName } from './name-keys.ts';
export {
  findPatient,
  getLivePersonId,
  getPatient,
  getPatientsOfPerson,
} from './patient.ts';
export { prepareInstitution } from './prepare-institution.ts';
export { lockKey } from './repo.ts';
export type {
  Institution,
  Patient,
  PatientFacts,
  PatientSource,
  PatientUpsert,
} from './types.ts';
export { upsertPatient } from './upsert-patient.ts';
