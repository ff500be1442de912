// index.html beside the photographs: all of them on one page, in groups, each with what was wrong when it was taken.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Size } from './studio.ts';

export type Taken = {
  file: string;
  name: string;
  group: string;
  size: Size;
  /** Why the page did not come so far, faults of its layout, errors in its console. */
  faults: string[];
};

const widths: Record<Size, number> = { phone: 195, tablet: 300, office: 480, desktop: 480 };
const plain = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export function writeContactSheet(folder: string, taken: readonly Taken[]): void {
  const groups = new Map<string, Taken[]>();
  for (const one of taken) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  const sections = [...groups].map(
    ([group, members]) => `<h2>${plain(group)}</h2><div class="row">${members.map(figure).join('')}</div>`,
  );
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>云影 · 界面照片</title><style>
body { font: 14px/1.5 "Noto Sans SC", system-ui, sans-serif; margin: 24px; background: #eef2f4; color: #17242b; }
.row { display: flex; flex-wrap: wrap; gap: 20px; align-items: flex-start; }
figure { margin: 0; } img { display: block; border: 1px solid #c5d0d6; border-radius: 6px; }
figcaption { padding-top: 4px; max-width: 480px; } .fault { color: #c8321f; }
</style><h1>云影 · 界面照片（${taken.length}）</h1>${sections.join('\n')}`,
  );
}

function figure({ file, name, size, faults }: Taken): string {
  const notes = faults.map((fault) => `<div class="fault">${plain(fault)}</div>`).join('');
  const picture = `<a href="${file}"><img src="${file}" width="${widths[size]}" loading="lazy" alt="${plain(name)}"></a>`;
  return `<figure>${picture}<figcaption style="width:${widths[size]}px">${plain(name)}${notes}</figcaption></figure>`;
}
