// Public names of the ECG view. Small and without the graphics engine: the patient's film page loads it alone.
import './ecg.css';
import { type EcgOptions, EcgView } from './ecg-view.ts';

export type { EcgOptions } from './ecg-view.ts';

export function openEcg(host: HTMLElement, options: EcgOptions): { close(): void } {
  return new EcgView(host, options);
}
