// What the index of persons knows. A *patient* is a local id given by one institution (PID-3, (0010,0020));
// a *person* is the human being behind one or several of them.

export type Institution = { id: string; code: string; name: string; isDefault: boolean };

/** Who said it. hl7 (the registration desk) outranks dicom (typed at the device); staff outranks both. */
export type PatientSource = 'staff' | 'hl7' | 'dicom';

/** What a message or an object says about a patient. null = not said, keep what is known; '' = erase (HL7 ""). */
export type PatientFacts = {
  institutionId: string;
  patientId: string;
  /** As people write it: 韦小妹, Buc Jérôme. */
  name: string | null;
  /** When the sender gives a reading (PID-5 phonetic repetition); else it is made from the name. */
  namePinyin?: string | null;
  /** GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated. */
  sex: string | null;
  /** YYYYMMDD, YYYYMM or YYYY. */
  birthDate: string | null;
  /** CV02.01.101: 01 resident card, 03 passport ... */
  identityType: string | null;
  identityNo: string | null;
  phone: string | null;
  address: string | null;
  source: PatientSource;
};

/** `patientId` is the row id of the patient (of the survivor, when the id was merged away). */
export type PatientUpsert = { patientId: string; personId: string; created: boolean };

export type Patient = {
  /** Row id. */
  id: string;
  institutionId: string;
  patientId: string;
  personId: string;
  /** Row id of the survivor when an A40 merged this id away. */
  mergedIntoId: string | null;
  name: string;
  sex: string;
  birthDate: string | null;
  identityType: string | null;
  identityNo: string | null;
  phone: string | null;
  address: string | null;
};
