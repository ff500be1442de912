// The links that the demo's patients received, read where a phone would show them: the SMS outbox.
import { cases } from './cases.ts';
import { type DemoPatient, type PatientKey, patients } from './patients.ts';

export type DemoPatientLink = {
  url: string;
  code: string;
  name: string;
  idTail: string;
  phone: string;
  examName: string;
};
type OutboxMessage = { at: string; phone: string; body: string; links: string[] };

/** One link for each patient: the message about the first of the cases that the patient has in cases.ts. */
export async function patientLinks(outboxUrl: string): Promise<DemoPatientLink[]> {
  const messages = (await (await fetch(outboxUrl)).json()) as OutboxMessage[];
  const found: DemoPatientLink[] = [];
  for (const key of Object.keys(patients) as PatientKey[]) {
    const patient: DemoPatient = patients[key];
    const wanted = cases.filter((demoCase) => demoCase.patient === key);
    const withLink = messages.filter(
      (message) => message.phone === patient.phone && message.links.length > 0,
    );
    for (const demoCase of wanted) {
      const url = withLink.find((message) => message.body.includes(demoCase.itemName))?.links[0];
      if (url === undefined) continue;
      found.push({
        url,
        code: new URL(url).pathname.split('/').at(-1) ?? '',
        name: `${patient.familyName}${patient.givenName}`,
        idTail: patient.identityNo.slice(-6),
        phone: patient.phone,
        examName: demoCase.itemName,
      });
      break;
    }
  }
  return found;
}
