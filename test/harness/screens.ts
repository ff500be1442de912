// A walk through every screen of a running demo, at one size, in one language and type size. Used by the check of the
// layout and by the photographs. A patient proves who he is once; later walks take the session along.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { marksOf, openPage, type sizes } from './browser.ts';
import type { DemoLine } from './platform.ts';

export type Look = { size: keyof typeof sizes; language: 'zh-CN' | 'en'; type: 'normal' | 'large' };
export type Visit = (page: Page, name: string) => Promise<void>;
export type Patient = DemoLine['patients'][number];
/** A running demo, and the patient whose first examination is walked through. */
export type Place = { http: string; adminHttp: string; demo: DemoLine; patient: Patient };
type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;
type ExamRow = { id: string; itemName: string; studyInstanceUids: string[] };

const waitMs = 60_000;

export const lookName = ({ size, language, type }: Look): string =>
  [size, ...(language === 'en' ? ['en'] : []), ...(type === 'large' ? ['large'] : [])].join('-');

async function openLook(browser: Browser, look: Look, cookies: Cookies = []) {
  const opened = await openPage(browser, look.size);
  await opened.context.addCookies(cookies);
  const { language, type } = look;
  await opened.context.addInitScript(
    `localStorage.setItem('yunying.language', '${language}'); localStorage.setItem('yunying.type', '${type}');`,
  );
  return opened;
}

/** Fonts and pictures there, nothing moving. */
async function rest(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 10_000 }).catch(() => undefined);
  await page.evaluate('document.fonts.ready');
  await page.waitForTimeout(250);
}

async function untilMark(page: Page, name: string): Promise<void> {
  const until = Date.now() + waitMs;
  while ((await marksOf(page))[name] === undefined) {
    if (Date.now() > until) throw new Error(`no mark ${name} at ${page.url()}`);
    await page.waitForTimeout(100);
  }
}

/** The session of a patient, by the code that came to the phone. */
export async function provePatient(browser: Browser, { demo, patient }: Place): Promise<Cookies> {
  const newest = async () => {
    const messages = (await (await fetch(demo.outbox)).json()) as {
      phone: string;
      code?: string;
      at: string;
    }[];
    return messages.find((message) => message.phone === patient.phone && message.code !== undefined);
  };
  const before = await newest();
  const { page, context } = await openPage(browser, 'phone');
  await page.goto(patient.url);
  await page.locator('.code-row button').click();
  const until = Date.now() + waitMs;
  for (;;) {
    const message = await newest();
    if (message?.code !== undefined && message.at !== before?.at) {
      await page.locator('.code-field').fill(message.code);
      break;
    }
    if (Date.now() > until) throw new Error('no code in the outbox');
    await page.waitForTimeout(200);
  }
  await page.waitForURL(/\/exams\/\d+/);
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

export async function walkPatient(
  browser: Browser,
  place: Place,
  look: Look,
  cookies: Cookies,
  visit: Visit,
): Promise<void> {
  const { http } = place;
  const see = async (page: Page, name: string) => {
    await rest(page);
    await visit(page, `patient-${name}`);
  };
  const stranger = await openLook(browser, look);
  await stranger.page.goto(place.patient.url);
  await stranger.page.locator('.code-row').waitFor();
  await see(stranger.page, 'landing');
  await stranger.page.goto(http);
  await see(stranger.page, 'home');
  await stranger.context.close();

  const { page, context } = await openLook(browser, look, cookies);
  await page.goto(`${http}/exams`);
  await page.locator('a[href^="/exams/"]').first().waitFor();
  await see(page, 'list');
  const exam = await examOf(place);
  await page.goto(`${http}/exams/${exam.id}`);
  await page.locator('a[href*="/report/"]').first().waitFor();
  await see(page, 'exam');
  await page.locator('a[href*="/report/"]').first().click();
  await page.locator('.pages-slot img').first().waitFor();
  await see(page, 'report');
  await page.goBack();
  await page.locator('a[href*="/images/"]').first().click();
  await untilMark(page, 'previews-all');
  await see(page, 'film');
  await page.locator('.full-button').click();
  await untilMark(page, 'full-current');
  await see(page, 'reading');
  await context.close();
}

export async function walkDoctor(browser: Browser, place: Place, look: Look, visit: Visit): Promise<void> {
  const { http } = place;
  const see = async (page: Page, name: string) => {
    await rest(page);
    await visit(page, `doctor-${name}`);
  };
  const { page, context } = await openLook(browser, look);
  await page.goto(`${http}/doctor/`);
  await page.locator('input[type=password]').waitFor();
  await see(page, 'log-in');
  await logIn(page, place.demo.doctor);
  await page.getByText(place.patient.examName).first().waitFor();
  await see(page, 'worklist');
  const exam = await examOf(place);
  await page.goto(`${http}/doctor/?exam=${exam.id}`);
  await page.locator('.exam-head').waitFor();
  await see(page, 'exam');
  await page.goto(`${http}/doctor/view/${exam.studyInstanceUid}`);
  await untilMark(page, 'full-current');
  await see(page, 'reading');
  await context.close();
}

/** The log-in, and every page of the navigation of that administrator. */
export async function walkAdmin(
  browser: Browser,
  { adminHttp, demo }: Place,
  look: Look,
  visit: Visit,
  pages: 'log-in' | 'all' = 'all',
): Promise<void> {
  const see = async (page: Page, name: string) => {
    await rest(page);
    await visit(page, `admin-${name}`);
  };
  const { page, context } = await openLook(browser, look);
  await page.goto(adminHttp);
  await page.locator('input[type=password]').waitFor();
  await see(page, 'log-in');
  const admin = demo.admins[0];
  if (pages === 'all' && admin !== undefined) {
    await logIn(page, admin);
    await page.locator('nav a[href]').first().waitFor({ state: 'attached' });
    await see(page, 'overview');
    const paths = await page.evaluate<string[]>(
      `[...document.querySelectorAll('nav a[href^="/"]')].map((link) => link.getAttribute('href'))`,
    );
    for (const path of new Set(paths.filter((one) => one !== '/'))) {
      await page.goto(`${adminHttp}${path}`);
      await see(
        page,
        path
          .replace(/[^a-z0-9]+/gi, ' ')
          .trim()
          .replaceAll(' ', '-'),
      );
    }
  }
  await context.close();
}

async function logIn(page: Page, { user, password }: { user: string; password: string }): Promise<void> {
  await page.locator('input:not([type=password])').first().fill(user);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
}

/** The examination that the patient's link is about. */
export async function examOf({
  http,
  demo,
  patient,
}: Place): Promise<{ id: string; studyInstanceUid: string }> {
  const headers = { authorization: `Bearer ${demo.token}` };
  const list = await (await fetch(`${http}/api/exams?limit=50`, { headers })).json();
  const exam = (list as { items: ExamRow[] }).items.find(({ itemName }) => itemName === patient.examName);
  const studyInstanceUid = exam?.studyInstanceUids[0];
  if (exam === undefined || studyInstanceUid === undefined)
    throw new Error(`the demo has no ${patient.examName}`);
  return { id: exam.id, studyInstanceUid };
}
