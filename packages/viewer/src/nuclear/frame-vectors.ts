// What a frame of a nuclear medicine object shows: the object's vectors (Frame Increment Pointer, PS3.3 C.8.4.8) give
// each frame its energy window, detector, phase, time slot, view …, and the sequences beside them say what these are.
import { itemsOf, type JsonItem, numberOf, numbersOf, textOf, textsOf } from '../geometry/dicom-json.ts';
import type { Language } from '../types.ts';

type Axis = { vector: string; zh: string; en: string; describe?(instance: JsonItem, at: number): string };

const axes: readonly Axis[] = [
  { vector: '00540010', zh: '能窗', en: 'Energy window', describe: energyWindow },
  { vector: '00540020', zh: '探头', en: 'Detector', describe: detector },
  { vector: '00540030', zh: '时相', en: 'Phase', describe: phase },
  { vector: '00540050', zh: '旋转', en: 'Rotation' },
  { vector: '00540060', zh: 'R-R 间期', en: 'R-R interval' },
  { vector: '00540070', zh: '时间门', en: 'Time slot', describe: timeSlot },
  { vector: '00540080', zh: '层', en: 'Slice' },
  { vector: '00540090', zh: '角度位', en: 'View', describe: angle },
  { vector: '00540100', zh: '时间片', en: 'Time slice' },
];

/** One line for each vector that tells frames apart; none for other objects. */
export function frameLabels(instance: JsonItem | null, frameNumber: number, language: Language): string[] {
  if (instance === null || textOf(instance, '00080060') !== 'NM') return [];
  const lines: string[] = [];
  for (const { vector, zh, en, describe } of axes) {
    const values = numbersOf(instance, vector);
    const value = values?.[frameNumber - 1];
    if (values === null || value === undefined || !Number.isInteger(value)) continue;
    const most = Math.max(...values);
    const said = describe?.(instance, value) ?? '';
    if (most <= 1 && said === '') continue;
    lines.push(
      [language === 'en' ? en : zh, most > 1 ? `${value}/${most}` : '', said]
        .filter((part) => part !== '')
        .join(' '),
    );
  }
  return lines;
}

function energyWindow(instance: JsonItem, at: number): string {
  const item = itemsOf(instance, '00540012')[at - 1];
  if (item === undefined) return '';
  const ranges = itemsOf(item, '00540013').flatMap((range) => {
    const [low, high] = [numberOf(range, '00540014'), numberOf(range, '00540015')];
    return low === null || high === null ? [] : [`${figure(low)}–${figure(high)}\u2009keV`];
  });
  return [textOf(item, '00540018') ?? '', ranges.join(', ')].filter((part) => part !== '').join(' ');
}

function detector(instance: JsonItem, at: number): string {
  const item = itemsOf(instance, '00540022')[at - 1];
  if (item === undefined) return '';
  const view = itemsOf(item, '00540220')[0];
  return (view === undefined ? null : textOf(view, '00080104')) ?? textOf(item, '00181180') ?? '';
}

function phase(instance: JsonItem, at: number): string {
  const item = itemsOf(instance, '00540032')[at - 1];
  const duration = item === undefined ? null : numberOf(item, '00181242');
  return duration === null ? '' : `${figure(duration / 1000)}\u2009s`;
}

/** Time from the R wave to the slot: the slots before it, each as long as Frame Time says. */
function timeSlot(instance: JsonItem, at: number): string {
  for (const gate of itemsOf(instance, '00540062')) {
    for (const interval of itemsOf(gate, '00540063')) {
      const slots = itemsOf(interval, '00540072');
      const own = slots[at - 1] === undefined ? null : numberOf(slots[at - 1] ?? {}, '00540073');
      const frameTime = own ?? numberOf(interval, '00181063');
      if (frameTime !== null && frameTime > 0) return `${figure((at - 1) * frameTime)}\u2009ms`;
    }
  }
  return '';
}

function angle(instance: JsonItem, at: number): string {
  const rotation = itemsOf(instance, '00540052')[0];
  if (rotation === undefined) return '';
  const start = numberOf(rotation, '00540200');
  const step = numberOf(rotation, '00181144');
  if (start === null || step === null) return '';
  const isCounter = (textsOf(rotation, '00181140') ?? [])[0] === 'CC';
  const degrees = start + (at - 1) * Math.abs(step) * (isCounter ? -1 : 1);
  return `${figure(((degrees % 360) + 360) % 360)}°`;
}

function figure(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) < 10 ? 2 : 1)));
}
