// Viewports as a hanging protocol laid them: one scale for all, chest walls against the edge. Laid anew when a
// viewport changes its size, as long as the reader has not zoomed or moved it.
import type { HangingPane } from '@yunying/api';
import type { Pane } from '../pane/pane.ts';

type Laid = { rule: HangingPane; zoom: number; panX: number; series: string };

export class HungPanes {
  readonly #laid = new Map<Pane, Laid>();
  #hasOneScale = false;
  #size = '';

  lay(panes: readonly { pane: Pane; rule: HangingPane }[], hasOneScale: boolean): void {
    for (const pane of this.#laid.keys()) delete pane.root.dataset.wall;
    this.#laid.clear();
    this.#hasOneScale = hasOneScale;
    this.#size = '';
    for (const { pane, rule } of panes) {
      const { zoom, panX } = pane.presentation;
      if (rule.chestWall === undefined) delete pane.root.dataset.wall;
      else pane.root.dataset.wall = rule.chestWall;
      this.#laid.set(pane, { rule, zoom, panX, series: seriesOf(pane) });
    }
  }

  /** After any of them drew itself. */
  settle(): void {
    if (this.#laid.size === 0) return;
    for (const [pane, laid] of this.#laid) {
      const { zoom, panX } = pane.presentation;
      if (seriesOf(pane) !== laid.series || zoom !== laid.zoom || panX !== laid.panX) {
        this.#laid.delete(pane);
        delete pane.root.dataset.wall;
      }
    }
    const panes = [...this.#laid.keys()];
    const size = panes.map((pane) => `${pane.size.width}x${pane.size.height}/${unitScale(pane)}`).join();
    if (size === this.#size || panes.some((pane) => pane.facts === null)) return;
    this.#size = size;
    const scales = panes.filter((pane) => pane.isMetric).map(unitScale);
    const least = Math.min(...scales);
    for (const [pane, laid] of this.#laid) {
      const zoom = this.#hasOneScale && pane.isMetric && scales.length > 1 ? least / unitScale(pane) : 1;
      if (zoom === laid.zoom && laid.rule.chestWall === undefined) continue;
      pane.set({ zoom, panX: 0, panY: 0 });
      const panX = laid.rule.chestWall === undefined ? 0 : wallPan(pane, laid.rule.chestWall);
      if (panX !== 0) pane.set({ panX });
      laid.zoom = zoom;
      laid.panX = panX;
    }
  }
}

/** Screen pixels per millimetre of the fitted picture. */
function unitScale(pane: Pane): number {
  return pane.transform().scale / pane.presentation.zoom;
}

/** How far the picture must move so that it lies against that edge. */
function wallPan(pane: Pane, side: 'left' | 'right'): number {
  const { toCanvas } = pane.transform();
  const columns = pane.facts?.columns ?? 0;
  const rows = pane.facts?.rows ?? 0;
  const edges = [toCanvas({ x: -0.5, y: -0.5 }).x, toCanvas({ x: columns - 0.5, y: rows - 0.5 }).x];
  return side === 'left' ? -Math.min(...edges) : pane.size.width - Math.max(...edges);
}

function seriesOf(pane: Pane): string {
  return pane.opened?.series.seriesInstanceUid ?? '';
}
