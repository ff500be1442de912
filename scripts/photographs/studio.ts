// One browser and one running demo to photograph: sessions of the people of the demo (each proved or logged in once),
// and which of them an examination belongs to.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { cases } from '../../demo/cases.ts';
import { patients } from '../../demo/patients.ts';
import { openPage, type sizes } from '../../test/harness/browser.ts';
import { type Place, provePatient } from '../../test/harness/screens.ts';

import { type MadeKind, storeMade } from './made-studies.ts';

export type Size = keyof typeof sizes;
export type Who = 'nobody' | 'patient' | 'doctor' | 'system_admin' | 'security_admin' | 'audit_admin';
export type Look = { size: Size; language: 'zh-CN' | 'en'; type: 'normal' | 'large' };
export type Exam = { id: string; studyInstanceUid: string; itemName: string; caseKey: string };
type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;
type ExamRow = { id: string; itemName: string; accessionNumber: string | null; studyInstanceUids: string[] };

export class Studio {
  readonly browser: Browser;
  readonly place: Place;
  readonly exams: readonly Exam[];
  readonly #sessions = new Map<string, Promise<Cookies>>();
  readonly #made = new Map<MadeKind, Promise<string>>();

  private constructor(browser: Browser, place: Place, exams: Exam[]) {
    this.browser = browser;
    this.place = place;
    this.exams = exams;
  }

  static async open(browser: Browser, place: Place): Promise<Studio> {
    const headers = { authorization: `Bearer ${place.demo.token}` };
    const list = await (await fetch(`${place.http}/api/exams?limit=100`, { headers })).json();
    const exams = (list as { items: ExamRow[] }).items.flatMap(
      ({ id, itemName, accessionNumber, studyInstanceUids: [studyInstanceUid] }): Exam[] => {
        const found = cases.find((one) => one.accessionNumber === accessionNumber);
        if (found === undefined || studyInstanceUid === undefined) return [];
        return [{ id, itemName, studyInstanceUid, caseKey: found.key }];
      },
    );
    return new Studio(browser, place, exams);
  }

  exam(caseKey: string): Exam {
    const found = this.exams.find((one) => one.caseKey === caseKey);
    if (found === undefined) throw new Error(`the demo has no examination ${caseKey}`);
    return found;
  }

  /** The Study Instance UID of a made study, which is stored when it is first asked for. */
  madeStudy(kind: MadeKind): Promise<string> {
    const { http, demo } = this.place;
    const made = this.#made.get(kind) ?? storeMade(kind, { http, token: demo.token });
    this.#made.set(kind, made);
    return made;
  }

  /** A page of that person; `caseKey` says which patient. */
  async page(who: Who, look: Look, caseKey: string): Promise<{ page: Page; trouble: string[] }> {
    const { page, context, trouble } = await openPage(this.browser, look.size);
    await context.addCookies(await this.#session(who, caseKey));
    await context.addInitScript(
      `localStorage.setItem('yunying.language', '${look.language}'); localStorage.setItem('yunying.type', '${look.type}');`,
    );
    return { page, trouble };
  }

  #session(who: Who, caseKey: string): Promise<Cookies> {
    const owner = who === 'patient' ? this.#ownerOf(caseKey) : null;
    const key = owner === null ? who : owner.phone;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const made =
      owner === null ? this.#logIn(who) : provePatient(this.browser, { ...this.place, patient: owner });
    this.#sessions.set(key, made);
    return made;
  }

  #ownerOf(caseKey: string): Place['patient'] {
    const patientKey = cases.find(({ key }) => key === caseKey)?.patient ?? 'wei';
    const { phone } = patients[patientKey];
    return this.place.demo.patients.find((one) => one.phone === phone) ?? this.place.patient;
  }

  async #logIn(who: Who): Promise<Cookies> {
    if (who === 'nobody') return [];
    const { http, adminHttp, demo } = this.place;
    const isDoctor = who === 'doctor';
    const account = isDoctor ? demo.doctor : demo.admins.find(({ role }) => role === who);
    if (account === undefined) throw new Error(`the demo has no ${who}`);
    const { page, context } = await openPage(this.browser, 'desktop');
    await page.goto(isDoctor ? `${http}/doctor/` : adminHttp);
    await page.locator('input:not([type=password])').first().fill(account.user);
    await page.locator('input[type=password]').fill(account.password);
    await page.keyboard.press('Enter');
    await page.locator('input[type=password]').waitFor({ state: 'detached' });
    const cookies = await context.cookies();
    await context.close();
    return cookies;
  }
}
