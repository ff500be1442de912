// Window presets: the object's own windows first, then the usual ones of CT. Keys 1-9 choose in this order.
import type { Voi } from '../types.ts';

export type PresetName = 'brain' | 'bone' | 'lung' | 'soft' | 'mediastinum' | 'liver';
export type Preset = Voi & { label: string };

const ct: readonly { name: PresetName; center: number; width: number }[] = [
  { name: 'brain', center: 40, width: 80 },
  { name: 'bone', center: 400, width: 1800 },
  { name: 'lung', center: -600, width: 1500 },
  { name: 'soft', center: 50, width: 400 },
  { name: 'mediastinum', center: 40, width: 350 },
  { name: 'liver', center: 60, width: 160 },
];

export function presetsOf(
  modality: string | null,
  own: readonly { label: string; center: number; width: number }[],
  labelOf: (name: PresetName | 'default', index: number) => string,
): Preset[] {
  const presets: Preset[] = [];
  for (const [index, window] of own.entries()) {
    if (!Number.isFinite(window.center) || !(window.width > 0)) continue;
    if (presets.some((known) => known.center === window.center && known.width === window.width)) continue;
    const label = window.label.trim() === '' ? labelOf('default', index) : window.label.trim();
    presets.push({ label, center: window.center, width: window.width });
  }
  if (modality === 'CT') {
    for (const { name, center, width } of ct) presets.push({ label: labelOf(name, 0), center, width });
  }
  return presets.slice(0, 9);
}
