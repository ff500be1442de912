// The full-mouth mount: all intraoral pictures of a study at their places, upper teeth, bitewings, lower teeth, seen from
// in front. Film pictures are enough here; a press opens the one that is meant in the viewport, to be measured.
import type { ManifestFrame, ManifestSeries, StudyManifest } from '@yunying/api';
import { element } from '../dom.ts';
import { type InstanceMetadata, readMetadata } from '../geometry/frame-facts.ts';
import type { Say } from '../text.ts';
import {
  cellOf,
  layMount,
  type MountRow,
  mountColumns,
  mountPlace,
  type Placed,
  toothFacts,
} from './tooth-place.ts';

type MountPicture = { series: ManifestSeries; frame: ManifestFrame; index: number; teeth: string };

export type MountPorts = {
  manifest: StudyManifest;
  say: Say;
  open(seriesInstanceUid: string, index: number): void;
};

const mostPictures = 64;
const rows: readonly MountRow[] = ['upper', 'bitewing', 'lower'];

export function intraoralSeries({ series }: StudyManifest): ManifestSeries[] {
  return series.filter((one) => one.modality === 'IO' && one.frames.length > 0);
}

/** A study with less than four pictures is looked at without a mount. */
export function hasMount(manifest: StudyManifest): boolean {
  const count = intraoralSeries(manifest).reduce((sum, { frames }) => sum + frames.length, 0);
  return count >= 4;
}

export class Mount {
  readonly root: HTMLElement;
  readonly #ports: MountPorts;
  #isLaid = false;

  constructor(ports: MountPorts) {
    this.#ports = ports;
    this.root = element('div', {
      class: 'yv-mount',
      role: 'grid',
      'aria-label': ports.say('mount'),
      hidden: true,
    });
  }

  get isOpen(): boolean {
    return !this.root.hidden;
  }

  toggle(isOpen = !this.isOpen): void {
    this.root.hidden = !isOpen;
    if (!isOpen || this.#isLaid) return;
    this.#isLaid = true;
    void this.#lay();
  }

  async #lay(): Promise<void> {
    const { manifest, say } = this.#ports;
    this.root.replaceChildren(element('p', { class: 'yv-empty' }, say('loading')));
    const placed: Placed<MountPicture>[] = [];
    for (const series of intraoralSeries(manifest)) {
      const instances = await readSeries(series);
      for (const [index, frame] of series.frames.entries()) {
        const instance = instances.get(frame.sopInstanceUid);
        const facts = instance === undefined ? null : toothFacts(instance);
        const teeth = facts === null ? '' : [...new Set(facts.teeth)].slice(0, 6).join(' ');
        const picture = { series, frame, index, teeth };
        placed.push({ picture, place: facts === null ? null : mountPlace(facts) });
      }
    }
    this.#draw(placed.slice(0, mostPictures));
  }

  #draw(placed: readonly Placed<MountPicture>[]): void {
    const { say } = this.#ports;
    const { cells, rest } = layMount(placed);
    const shown = rows.filter((row) => [...cells.keys()].some((cell) => cell.startsWith(`${row}/`)));
    const lines = shown.map((row) =>
      element(
        'div',
        { class: 'yv-mount-row', role: 'row', 'data-row': row },
        ...Array.from({ length: mountColumns }, (_, column) =>
          this.#tile(cells.get(cellOf({ row, column }))),
        ),
      ),
    );
    const others =
      rest.length === 0
        ? []
        : [element('div', { class: 'yv-mount-rest' }, ...rest.map((picture) => this.#tile(picture)))];
    const sides = element(
      'div',
      { class: 'yv-mount-sides', 'aria-hidden': 'true' },
      element('span', {}, say('rightSide')),
      element('span', { class: 'yv-badge' }, say('filmOnly')),
      element('span', {}, say('leftSide')),
    );
    this.root.replaceChildren(sides, ...lines, ...others);
  }

  #tile(picture: MountPicture | undefined): HTMLElement {
    if (picture === undefined) return element('span', { class: 'yv-mount-cell' });
    const { series, frame, index, teeth } = picture;
    const name = teeth === '' ? (series.description ?? '') : teeth;
    const url = frame.filmUrl ?? series.thumbnailUrl;
    const made = element(
      'button',
      { type: 'button', class: 'yv-mount-cell', role: 'gridcell', title: name, 'aria-label': name },
      ...(url === null ? [] : [element('img', { src: url, alt: '', draggable: 'false' })]),
      element('span', { class: 'yv-mount-name' }, name),
    );
    made.addEventListener('click', () => {
      this.toggle(false);
      this.#ports.open(series.seriesInstanceUid, index);
    });
    return made;
  }
}

/** Empty where it cannot be read: the pictures are shown without places. */
async function readSeries({ metadataUrl }: ManifestSeries): Promise<InstanceMetadata> {
  try {
    const response = await fetch(metadataUrl, {
      headers: { accept: 'application/dicom+json' },
      credentials: 'same-origin',
    });
    return response.ok ? readMetadata(await response.json()) : new Map();
  } catch {
    return new Map();
  }
}
