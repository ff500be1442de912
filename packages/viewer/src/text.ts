// Words of the reading room, Chinese first. Kept here and not in the apps, because the room is drawn without them.
import type { Language } from './types.ts';
import type { PresetName } from './voi/presets.ts';

const zh = {
  back: '返回',
  scroll: '翻页',
  window: '调窗',
  pan: '平移',
  zoom: '缩放',
  length: '长度',
  angle: '角度',
  probe: '取值',
  presets: '窗位',
  invert: '反相',
  rotate: '旋转',
  mirror: '左右翻转',
  upend: '上下翻转',
  reset: '复位',
  play: '播放',
  stop: '停止',
  speed: '速度',
  perSecond: '幅/秒',
  layout: '布局',
  series: '序列',
  help: '快捷键',
  more: '更多',
  windowShort: '窗',
  measureShort: '量',
  playShort: '播',
  invertShort: '反',
  deleteAll: '删除全部测量',
  deleteOne: '删除',
  manual: '手动',
  close: '关闭',
  preview: '预览',
  film: '胶片图',
  lossy: '有损',
  failed: '此幅图像无法显示',
  retry: '重试',
  uncalibrated: '未校准',
  atDetector: '探测器平面',
  thickness: '层厚',
  position: '位置',
  default: '默认',
  loading: '正在读取',
  noImages: '此序列没有可显示的图像',
  video: '此序列是视频，这里还不能播放',
  notDiagnosis: '仅供参考，不作诊断依据',
  degradedGpu: '此设备不支持图形加速，已用兼容方式显示',
  degradedLost: '图形加速中断，已用兼容方式显示',
  degradedDecoder: '此浏览器无法读取原图，显示的是胶片图，不能测量',
  lineAway: '网络中断，恢复后自动继续',
  metadataFailed: '图像参数读取失败，不能测量',
  filmOnly: '这里显示的是胶片图，不能测量',
  frames: '幅',
  thumbnails: '缩略图',
  current: '本次',
  prior: '既往',
  dragHere: '把序列拖到这里',
  keysTitle: '键盘与鼠标',
  invertOn: '已反相',
  crosshair: '定位',
  links: '联动',
  linkSlice: '同步翻页',
  linkZoom: '同步缩放',
  linkPan: '同步平移',
  linkVoi: '同步调窗',
  linkCine: '同步播放',
  align: '对齐',
  alignHint: '把当前各层视为同一位置',
  referenceLines: '参考线',
  swapPanes: '拖动以交换位置',
};

export type Word = keyof typeof zh;

const en: Record<Word, string> = {
  back: 'Back',
  scroll: 'Scroll',
  window: 'Window',
  pan: 'Pan',
  zoom: 'Zoom',
  length: 'Length',
  angle: 'Angle',
  probe: 'Probe',
  presets: 'Presets',
  invert: 'Invert',
  rotate: 'Rotate',
  mirror: 'Flip horizontally',
  upend: 'Flip vertically',
  reset: 'Reset',
  play: 'Play',
  stop: 'Stop',
  speed: 'Speed',
  perSecond: 'fps',
  layout: 'Layout',
  series: 'Series',
  help: 'Keys',
  more: 'More',
  windowShort: 'W/L',
  measureShort: 'Measure',
  playShort: 'Play',
  invertShort: 'Invert',
  deleteAll: 'Delete all measurements',
  deleteOne: 'Delete',
  manual: 'Manual',
  close: 'Close',
  preview: 'Preview',
  film: 'Film picture',
  lossy: 'Lossy',
  failed: 'This image cannot be shown',
  retry: 'Try again',
  uncalibrated: 'uncalibrated',
  atDetector: 'at detector',
  thickness: 'Thk',
  position: 'Pos',
  default: 'Default',
  loading: 'Loading',
  noImages: 'This series has no images to show',
  video: 'This series is a video, which cannot be played here yet',
  notDiagnosis: 'For reference, not for diagnosis',
  degradedGpu: 'No graphics acceleration on this device: shown in compatible mode',
  degradedLost: 'Graphics acceleration stopped: shown in compatible mode',
  degradedDecoder: 'This browser cannot read the original images: film pictures are shown, measuring is off',
  lineAway: 'The network is gone: reading goes on when it is back',
  metadataFailed: 'The image parameters could not be read: measuring is off',
  filmOnly: 'This is a film picture: it cannot be measured',
  frames: 'img',
  thumbnails: 'Thumbnails',
  current: 'Current',
  prior: 'Prior',
  dragHere: 'Drag a series here',
  keysTitle: 'Keyboard and mouse',
  invertOn: 'inverted',
  crosshair: 'Crosshair',
  links: 'Link',
  linkSlice: 'Scroll together',
  linkZoom: 'Zoom together',
  linkPan: 'Pan together',
  linkVoi: 'Window together',
  linkCine: 'Play together',
  align: 'Align',
  alignHint: 'take the slices shown now as the same position',
  referenceLines: 'Reference lines',
  swapPanes: 'Drag to change places',
};

const presetsZh: Record<PresetName, string> = {
  brain: '脑窗',
  bone: '骨窗',
  lung: '肺窗',
  soft: '软组织',
  mediastinum: '纵隔',
  liver: '肝窗',
};
const presetsEn: Record<PresetName, string> = {
  brain: 'Brain',
  bone: 'Bone',
  lung: 'Lung',
  soft: 'Soft tissue',
  mediastinum: 'Mediastinum',
  liver: 'Liver',
};

export type Say = (word: Word) => string;

export function sayer(language: Language): Say {
  const words = language === 'en' ? en : zh;
  return (word) => words[word];
}

export function presetLabel(language: Language, name: PresetName | 'default', index: number): string {
  if (name === 'default') {
    const word = language === 'en' ? en.default : zh.default;
    return index === 0 ? word : `${word} ${index + 1}`;
  }
  return language === 'en' ? presetsEn[name] : presetsZh[name];
}

/** GB/T 2261.1. */
export function sexLabel(language: Language, code: string): string {
  const labels: Record<string, [string, string]> = { '1': ['男', 'M'], '2': ['女', 'F'] };
  return labels[code]?.[language === 'en' ? 1 : 0] ?? '';
}
