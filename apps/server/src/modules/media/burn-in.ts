// The words of annotation=patient,technique (PS3.18 §8.3.5.1.1): who and what, from the attributes as they go out today
// (corrections included), for the corners of a picture.
import type { DicomJson } from '@yunying/dicom';
import type { Finish } from './finish-picture.ts';
import type { Annotation, RenderWish } from './render-query.ts';

export function burnIn(
  json: DicomJson,
  annotations: readonly Annotation[],
  shown: { frame: number; frames: number; window: RenderWish['window'] },
): NonNullable<Finish['corners']> {
  const corners: NonNullable<Finish['corners']> = {};
  if (annotations.includes('patient')) {
    corners['top-left'] = [
      nameOf(json),
      words(text(json, '00100020'), sexOf(text(json, '00100040')), text(json, '00101010')),
      date(text(json, '00100030')),
    ];
    corners['top-right'] = [
      text(json, '00080080'),
      words(date(text(json, '00080020')), time(text(json, '00080030'))),
      text(json, '00080050'),
    ];
  }
  if (annotations.includes('technique')) {
    const { window, frame, frames } = shown;
    const center = window?.center ?? number(json, '00281050');
    const width = window?.width ?? number(json, '00281051');
    corners['bottom-left'] = [
      words(text(json, '00080060'), text(json, '00180015'), text(json, '0008103E')),
      labelled('kV', number(json, '00180060')),
      labelled('mA', number(json, '00181151')),
      labelled('TR', number(json, '00180080')),
      labelled('TE', number(json, '00180081')),
      labelled('T', number(json, '00180050'), 'mm'),
    ];
    corners['bottom-right'] = [
      words(labelled('Se', number(json, '00200011')), labelled('Im', number(json, '00200013'))),
      frames > 1 ? `${frame}/${frames}` : '',
      center === null || width === null ? '' : `C ${center}  W ${width}`,
    ];
  }
  return corners;
}

function text(json: DicomJson, tag: string): string {
  const value = json[tag]?.Value?.[0];
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 64) : '';
}

function number(json: DicomJson, tag: string): number | null {
  const value = json[tag]?.Value?.[0];
  return typeof value === 'number' ? value : null;
}

function nameOf(json: DicomJson): string {
  const value = json['00100010']?.Value?.[0];
  if (typeof value !== 'object' || value === null) return '';
  const group = (name: string) => {
    const found = (value as Record<string, unknown>)[name];
    return typeof found === 'string' ? found.replace(/\^+/g, ' ').trim() : '';
  };
  const chinese = group('Ideographic').replace(/\s+/g, '');
  return words(chinese, group('Alphabetic')).slice(0, 100);
}

function sexOf(code: string): string {
  return code === 'M' ? '男' : code === 'F' ? '女' : '';
}

function words(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('  ');
}

function labelled(label: string, value: number | null, unit = ''): string {
  return value === null ? '' : `${label} ${value}${unit}`;
}

function date(value: string): string {
  return /^\d{8}$/.test(value) ? `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6)}` : value;
}

function time(value: string): string {
  return /^\d{4}/.test(value) ? `${value.slice(0, 2)}:${value.slice(2, 4)}` : value;
}
