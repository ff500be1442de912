// Takes the photographs of a list, one page at a time, and says of each what is wrong with it. A page that does not come
// so far is photographed as it is.
import { join } from 'node:path';
import { layoutFaults } from '../../test/harness/layout.ts';
import type { Taken } from './contact-sheet.ts';
import type { Shot } from './shots.ts';
import { rest } from './steps.ts';
import type { Look, Size, Studio } from './studio.ts';

export async function takeShot(studio: Studio, shot: Shot, size: Size, folder: string): Promise<Taken> {
  const { language = 'zh-CN', type = 'normal', name, group } = shot;
  const look: Look = { size, language, type };
  const file = `${name}-${size}.png`;
  const faults: string[] = [];
  const { page, trouble } = await studio.page(shot.who, look, shot.caseKey);
  page.setDefaultTimeout(20_000);
  try {
    await shot.before?.(page);
    await page.goto(await shot.path(studio));
    await shot.after?.(page);
  } catch (error) {
    faults.push(
      `did not come so far: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : error}`,
    );
  }
  await rest(page);
  await page.screenshot({ path: join(folder, file) });
  const isPatient = shot.who === 'patient' && language === 'zh-CN';
  faults.push(...(await layoutFaults(page, isPatient ? 'zh-CN' : null)));
  // A page made to fail says so in its console too.
  if (shot.before === undefined)
    faults.push(...new Set(trouble.filter((line) => !line.includes('Failed to load resource'))));
  await page.context().close();
  return { file, name, group, size, faults };
}
