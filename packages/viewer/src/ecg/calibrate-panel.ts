// Screen calibration: a frame that is made as large as a bank card held to it. On a narrow screen the card stands upright.
import { element } from '../dom.ts';
import { calibrate, calibratedPxPerMm, card, nominalPxPerMm } from './screen-scale.ts';
import type { EcgSay } from './text.ts';

export function openCalibration(host: HTMLElement, say: EcgSay, done: () => void): void {
  const isUpright = host.clientWidth < 560;
  const shape = isUpright
    ? { width: card.short, height: card.long }
    : { width: card.long, height: card.short };
  let pxPerMm = calibratedPxPerMm() ?? nominalPxPerMm;
  const frame = element('div', { class: 'yv-ecg-card' });
  const slider = element('input', {
    type: 'range',
    min: '2.5',
    max: String(Math.min(12, (host.clientWidth - 48) / shape.width)),
    step: '0.01',
    'aria-label': say('calibrateTitle'),
  });
  const draw = () => {
    frame.style.width = `${shape.width * pxPerMm}px`;
    frame.style.height = `${shape.height * pxPerMm}px`;
    frame.style.borderRadius = `${3.18 * pxPerMm}px`;
  };
  slider.value = String(pxPerMm);
  slider.addEventListener('input', () => {
    pxPerMm = Number(slider.value);
    draw();
  });
  const button = (label: string, act: () => void) => {
    const made = element('button', { class: 'yv-ecg-button', type: 'button' }, label);
    made.addEventListener('click', act);
    return made;
  };
  const close = () => {
    panel.remove();
    done();
  };
  const keep = (value: number | null) => {
    calibrate(value);
    close();
  };
  const panel = element(
    'div',
    { class: 'yv-ecg-panel', role: 'dialog', 'aria-label': say('calibrateTitle') },
    element('h2', {}, say('calibrateTitle')),
    element('p', {}, say('calibrateText')),
    element('div', { class: 'yv-ecg-card-place' }, frame),
    slider,
    element(
      'div',
      { class: 'yv-ecg-panel-foot' },
      button(say('save'), () => keep(pxPerMm)),
      button(say('forget'), () => keep(null)),
      button(say('cancel'), close),
    ),
  );
  draw();
  host.append(panel);
  slider.focus();
}
