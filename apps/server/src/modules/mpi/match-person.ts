// The rule that decides whether two local ids are one person. First form of the index, in one place so that the
// later MPI replaces just this file: a valid identity number with the same name and no contradiction in the
// number's own birth date and sex links (spec rule D3); everything else stays separate, because a false link
// shows one patient the pictures of another.
import { chineseIdentityFacts, normalizeIdentity } from './identity.ts';
import { sameName } from './name-keys.ts';

export type PersonEvidence = {
  name: string;
  sex: string | null;
  birthDate: string | null;
  identityNo: string | null;
};
export type PersonCandidate = PersonEvidence & { personId: string };

/** The identity number in normal form when it may link on its own, else null (borrowed or invalid number). */
export function linkingIdentity(evidence: PersonEvidence): string | null {
  if (evidence.identityNo === null || evidence.identityNo === '') return null;
  const facts = chineseIdentityFacts(evidence.identityNo);
  if (facts === null) return null;
  if (evidence.sex !== null && (evidence.sex === '1' || evidence.sex === '2') && evidence.sex !== facts.sex)
    return null;
  const born = evidence.birthDate;
  if (born !== null && born !== '' && !facts.birthDate.startsWith(born)) return null;
  return normalizeIdentity(evidence.identityNo);
}

/** The one person this evidence belongs to, or null = a person of their own. Two candidates = nobody's. */
export function matchPerson(evidence: PersonEvidence, candidates: readonly PersonCandidate[]): string | null {
  const identity = linkingIdentity(evidence);
  if (identity === null) return null;
  const persons = new Set<string>();
  for (const candidate of candidates) {
    if (linkingIdentity(candidate) === identity && sameName(candidate.name, evidence.name))
      persons.add(candidate.personId);
  }
  if (persons.size !== 1) return null;
  return [...persons][0] ?? null;
}

/** Two ids that are surely not one person: each has a valid identity number, and they differ (spec rule D6). */
export function surelyDifferent(a: PersonEvidence, b: PersonEvidence): boolean {
  const left = linkingIdentity(a);
  const right = linkingIdentity(b);
  return left !== null && right !== null && left !== right;
}
