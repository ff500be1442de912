// Words of the panel of saved sets, Chinese first; kept with the panel.
import type { SpacingKind } from '../geometry/spacing.ts';
import type { Language } from '../types.ts';
import type { MarkTrust, Unshown } from './model/saved-types.ts';

const zh = {
  title: '标注与测量',
  save: '保存',
  unsaved: '项未保存',
  allSaved: '已全部保存',
  nothing: '没有需要保存的内容',
  saving: '正在保存…',
  saveFailed: '保存失败，内容仍在，可以再试',
  retry: '重试',
  loadFailed: '保存的内容读取失败',
  loading: '正在读取…',
  markKey: '标记关键图像',
  unmarkKey: '取消关键图像',
  keyImages: '关键图像',
  noKeys: '还没有标记关键图像',
  lastKey: '至少保留一幅关键图像',
  waitFull: '正在读取原始图像…',
  needFull: '只有原始图像才能标记或保存',
  saveState: '保存显示状态',
  sets: '已保存的内容',
  noSets: '此检查还没有保存的内容',
  presentation: '显示状态',
  sr: '测量',
  'key-object': '关键图像',
  segmentation: '分割',
  rt: '放疗',
  show: '显示',
  hide: '隐藏',
  apply: '应用',
  goTo: '转到此图像',
  remove: '移除',
  opacity: '不透明度',
  mine: '我',
  unknownAuthor: '未署名',
  frame: '第',
  frameEnd: '幅',
  close: '关闭',
  failedObject: '读取失败',
  notShown: '未显示：',
  noPictures: '所指图像不在此检查中',
  left: '项的图像未完整读取，未保存',
  doseMaximum: '最大',
  more: '项未列出',
  gone: '内容已被更新的版本取代',
  uncalibrated: '未校准',
  atDetector: '探测器平面',
  manuallyCalibrated: '手动校准',
  lossy: '有损',
  mask: '减影蒙片',
  'compound-graphic': '组合图形',
  blending: '融合显示',
  'false-colours': '伪彩色',
  kind: '此类显示状态',
  'image-overlay': '图像自带叠加层',
  'modality-table': '无法读取的模态查找表',
  'voi-table': '无法读取的窗查找表',
  'presentation-table': '无法读取的显示查找表',
};

export type SavedWord = keyof typeof zh;

const en: Record<SavedWord, string> = {
  title: 'Annotations and measurements',
  save: 'Save',
  unsaved: 'unsaved',
  allSaved: 'All saved',
  nothing: 'Nothing to save',
  saving: 'Saving…',
  saveFailed: 'Not saved. Nothing is lost, try again',
  retry: 'Try again',
  loadFailed: 'Saved sets could not be read',
  loading: 'Loading…',
  markKey: 'Mark key image',
  unmarkKey: 'Unmark key image',
  keyImages: 'Key images',
  noKeys: 'No key images yet',
  lastKey: 'At least one key image has to stay',
  waitFull: 'Loading the original image…',
  needFull: 'Only original images can be marked or saved',
  saveState: 'Save presentation',
  sets: 'Saved sets',
  noSets: 'Nothing has been saved with this study',
  presentation: 'Presentation',
  sr: 'Measurements',
  'key-object': 'Key images',
  segmentation: 'Segmentation',
  rt: 'Radiotherapy',
  show: 'Show',
  hide: 'Hide',
  apply: 'Apply',
  goTo: 'Go to this image',
  remove: 'Remove',
  opacity: 'Opacity',
  mine: 'me',
  unknownAuthor: 'no author',
  frame: 'image',
  frameEnd: '',
  close: 'Close',
  failedObject: 'Could not be read',
  notShown: 'Not shown: ',
  noPictures: 'Its images are not in this study',
  left: 'not saved: the image is not fully loaded',
  doseMaximum: 'maximum',
  more: 'more',
  gone: 'Replaced by a newer version',
  uncalibrated: 'uncalibrated',
  atDetector: 'at detector',
  manuallyCalibrated: 'manual',
  lossy: 'lossy',
  mask: 'subtraction mask',
  'compound-graphic': 'compound graphics',
  blending: 'blending',
  'false-colours': 'false colours',
  kind: 'this kind of presentation',
  'image-overlay': 'overlays of the image itself',
  'modality-table': 'unreadable modality LUT',
  'voi-table': 'unreadable VOI LUT',
  'presentation-table': 'unreadable presentation LUT',
};

export type SavedSay = (word: SavedWord) => string;

export function savedSayer(language: Language): SavedSay {
  const words = language === 'en' ? en : zh;
  return (word) => words[word];
}

/** What must be said with a value (viewer spec §5), in brackets; empty for what may be trusted as it stands. */
export function trustLabel(say: SavedSay, trust: MarkTrust | null, unit: string): string {
  if (trust === null) return '';
  if (/^(mm|cm|px)/.test(unit)) {
    const word = spacingWords[trust.spacing];
    return word === null ? '' : ` (${say(word)})`;
  }
  return trust.isLossy && unit !== '°' ? ` (${say('lossy')})` : '';
}

const spacingWords: Readonly<Record<SpacingKind, SavedWord | null>> = {
  patient: null,
  calibrated: null,
  ultrasound: null,
  detector: 'atDetector',
  manual: 'manuallyCalibrated',
  none: 'uncalibrated',
};

export function unshownLabel(say: SavedSay, name: Unshown): string {
  return say(name);
}

const measuredZh: Record<string, string> = {
  length: '长度',
  angle: '角度',
  cobb: 'Cobb 角',
  area: '面积',
  perimeter: '周长',
  mean: '均值',
  deviation: '标准差',
  minimum: '最小',
  maximum: '最大',
  time: '时间',
  distance: '深度差',
  velocity: '速度',
  frequency: '频率',
  value: '值',
  pixels: '像素数',
};
const toolsZh: Record<string, string> = {
  length: '长度',
  angle: '角度',
  cobb: 'Cobb 角',
  ellipse: '椭圆',
  rectangle: '矩形',
  freehand: '手绘区域',
  probe: '取值',
  arrow: '箭头',
  text: '文字',
};
const toolsEn: Record<string, string> = {
  length: 'Length',
  angle: 'Angle',
  cobb: 'Cobb angle',
  ellipse: 'Ellipse',
  rectangle: 'Rectangle',
  freehand: 'Freehand',
  probe: 'Probe',
  arrow: 'Arrow',
  text: 'Text',
};

export function conceptLabel(language: Language, concept: string): string {
  return language === 'en'
    ? concept.replace(/^./, (letter) => letter.toUpperCase())
    : (measuredZh[concept] ?? concept);
}

export function toolLabel(language: Language, tool: string | null, shape: string): string {
  const names = language === 'en' ? toolsEn : toolsZh;
  return names[tool ?? ''] ?? names[shape] ?? (language === 'en' ? 'Region' : '区域');
}

/** Codes that documents carry as their title, in the reader's language. */
const titlesZh: Record<string, string> = {
  'Of Interest': '关注图像',
  'Imaging Measurement Report': '影像测量',
  Manifest: '清单',
};
export function titleLabel(language: Language, title: string): string {
  return language === 'en' ? title : (titlesZh[title] ?? title);
}

/** 12.35 mm, −119.5 HU: as many digits as mean something, a thin space before the unit. */
export function valueLabel(value: number, unit: string): string {
  const size = Math.abs(value);
  const text = value.toFixed(size >= 100 ? 1 : size >= 10 ? 1 : 2).replace('-', '\u2212');
  if (unit === '') return text;
  return unit === '°' ? `${text}°` : `${text}\u2009${unit}`;
}
