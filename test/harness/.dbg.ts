import { readFileSync } from 'node:fs';
import { marksOf, openBrowser, openPage } from './browser.ts';
import { examOf, provePatient } from './screens.ts';

const lines = readFileSync('/tmp/polish/demo.log', 'utf8')
  .split('\n')
  .filter((l) => l.startsWith('{'));
const ready = JSON.parse(lines.find((l) => l.startsWith('{"ready"'))!);
const demo = JSON.parse(lines.find((l) => l.startsWith('{"demo"'))!).demo;
const place = { http: ready.http, adminHttp: ready.adminHttp, demo, patient: demo.patients[0] };
const b = await openBrowser();
try {
  const cookies = await provePatient(b, place);
  const { page, context, trouble } = await openPage(b, 'phone');
  await context.addCookies(cookies);
  await page.goto(place.http + '/exams/' + (await examOf(place)).id);
  await page.locator('a[href*="/images/"]').first().click();
  await page.locator('.full-button').click();
  await page.locator('.reading').waitFor();
  while ((await marksOf(page))['full-current'] === undefined) await page.waitForTimeout(100);
  for (let press = 0; press < Number(process.argv[2] ?? 0); press++) await page.keyboard.press('Tab');
  const say = async (w: string) =>
    console.log(
      w,
      await page.evaluate(
        `[document.activeElement.tagName, document.activeElement.className, document.querySelector('.yv-corner')?.innerText, [...document.querySelectorAll('.yv-corner')].map(c=>c.innerText).join('|')]`,
      ),
    );
  await say('start');
  await page.locator('.reading').focus();
  await say('focused');
  await page.keyboard.press('ArrowDown');
  await page.waitForTimeout(500);
  await page.keyboard.press('ArrowDown');
  await page.waitForTimeout(500);
  await say('down');
  await page.screenshot({ path: '/tmp/polish/dbg.png' });
  console.log(trouble);
} finally {
  await b.close();
}
