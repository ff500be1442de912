// All that stands in a room, short enough for an address: layout, tool, active viewport, links, and for each viewport
// its series, frame and presentation. A link reopens the same view; what does not fit the studies any more is left out.
// Read back with limits, because addresses are typed and sent by anybody.
import type { StudyManifest } from '@yunying/api';
import { isLayout, paneCount } from '../layout/grid.ts';
import { linkNames } from '../layout/links.ts';
import { initialPresentation } from '../pane/presentation.ts';
import { readViewCode, viewCode } from '../pane/view-code.ts';
import { type LayoutName, type LinkName, type PaneState, type ToolName, toolNames } from '../types.ts';

export type Desk = {
  layout: LayoutName;
  tool: ToolName;
  active: number;
  panes: (PaneState | null)[];
  links: LinkName[];
  lines: boolean;
};

const mostLength = 1800;
const letters: Record<LinkName, string> = { slice: 's', zoom: 'z', pan: 'p', voi: 'w', cine: 'c' };

/** Empty where one viewport and the usual tool say all: series, frame and view have their own places in the address. */
export function deskCode(desk: Desk): string {
  if (desk.layout === '1x1' && desk.tool === 'scroll') return '';
  const links = desk.links.map((name) => letters[name]).join('') + (desk.lines ? 'r' : '');
  const panes = desk.panes.map((pane) =>
    pane === null
      ? '-'
      : `${shortOf(pane.seriesInstanceUid)}*${pane.index + 1}*${viewCode(pane.presentation)}`,
  );
  const code = [desk.layout, desk.tool, desk.active, links, ...panes].join('*');
  return code.length <= mostLength ? code : '';
}

export function readDeskCode(code: string, manifests: readonly StudyManifest[]): Desk | null {
  if (code.length > mostLength) return null;
  const [layout, toolName, active, links = '', ...rest] = code.split('*');
  const tool = toolNames.find((name) => name === toolName);
  if (!isLayout(layout) || tool === undefined || !/^\d{1,2}$/.test(active ?? '')) return null;
  const panes: (PaneState | null)[] = [];
  while (rest.length > 0 && panes.length < paneCount(layout)) {
    const [series = '', frame = '', view = ''] = rest[0] === '-' ? rest.splice(0, 1) : rest.splice(0, 3);
    panes.push(series === '-' ? null : paneOf(manifests, series, Number(frame), view));
  }
  if (panes.every((pane) => pane === null)) return null;
  return {
    layout,
    tool,
    active: Math.min(Number(active), paneCount(layout) - 1),
    panes,
    links: linkNames.filter((name) => links.includes(letters[name])),
    lines: links.includes('r'),
  };
}

function paneOf(
  manifests: readonly StudyManifest[],
  short: string,
  frame: number,
  view: string,
): PaneState | null {
  for (const { studyInstanceUid, series } of manifests) {
    const one = series.find(({ seriesInstanceUid }) => shortOf(seriesInstanceUid) === short);
    if (one === undefined || !Number.isInteger(frame) || frame < 1) continue;
    return {
      studyInstanceUid,
      seriesInstanceUid: one.seriesInstanceUid,
      index: Math.min(frame, Math.max(1, one.frames.length)) - 1,
      presentation: readViewCode(view) ?? { ...initialPresentation },
    };
  }
  return null;
}

/** Sixteen UIDs are too long for an address; FNV-1a of one is not. */
function shortOf(uid: string): string {
  let hash = 0x811c9dc5;
  for (const letter of uid) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(36);
}
