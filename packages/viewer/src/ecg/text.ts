// Words of the ECG view, Chinese first.
import type { Language } from '../types.ts';

const zh = {
  ecg: '心电图',
  loading: '正在读取波形',
  failed: '波形读取失败',
  retry: '重试',
  recording: '记录',
  format: '排列',
  rhythm: '节律条',
  median: '中位心搏',
  rows: '逐道',
  speed: '走纸',
  gain: '增益',
  size: '显示',
  fit: '适合宽度',
  real: '1:1',
  double: '2:1',
  highPass: '基线',
  lowPass: '低通',
  notch: '50 Hz 陷波',
  off: '关',
  filterOff: '滤波：关',
  filter: '滤波',
  zeroPhase: '零相位',
  device: '设备',
  caliper: '卡尺',
  clear: '清除卡尺',
  print: '按实际尺寸打印',
  screen: '屏幕校准',
  calibrated: '屏幕已校准，1:1 为实际毫米',
  notCalibrated: '屏幕未校准，屏上毫米仅供参考',
  fitted: '已缩放，非实际尺寸',
  calibrateTitle: '用银行卡校准屏幕',
  calibrateText: '把银行卡（85.6 × 54.0 mm）贴在屏幕上，拖动滑块使方框与卡片一样大。',
  save: '保存',
  forget: '恢复未校准',
  cancel: '取消',
  rate: '心率',
  perMinute: '次/分',
  measured: '本机测算',
  beats: '个心搏对齐',
  noBeats: '未能识别足够的心搏',
  derived: '推算',
  lead: '单导联',
  rhythmLead: '节律导联',
  back: '返回全部导联',
  earlier: '前一段',
  later: '后一段',
  overview: '全程概览，拖动定位',
  notShown: '此记录没有可显示的波形',
};

export type EcgWord = keyof typeof zh;

const en: Record<EcgWord, string> = {
  ecg: 'ECG',
  loading: 'Loading the traces',
  failed: 'The traces could not be read',
  retry: 'Try again',
  recording: 'Recording',
  format: 'Layout',
  rhythm: 'Rhythm strip',
  median: 'Median beat',
  rows: 'All channels',
  speed: 'Speed',
  gain: 'Gain',
  size: 'Size',
  fit: 'Fit width',
  real: '1:1',
  double: '2:1',
  highPass: 'Baseline',
  lowPass: 'Low pass',
  notch: '50 Hz notch',
  off: 'off',
  filterOff: 'Filter: off',
  filter: 'Filter',
  zeroPhase: 'zero phase',
  device: 'device',
  caliper: 'Calipers',
  clear: 'Clear calipers',
  print: 'Print at true scale',
  screen: 'Calibrate screen',
  calibrated: 'Screen calibrated: 1:1 is true millimetres',
  notCalibrated: 'Screen not calibrated: millimetres on screen are approximate',
  fitted: 'scaled, not true size',
  calibrateTitle: 'Calibrate the screen with a bank card',
  calibrateText:
    'Hold a bank card (85.6 × 54.0 mm) to the screen and move the slider until the frame is as large.',
  save: 'Save',
  forget: 'Forget calibration',
  cancel: 'Cancel',
  rate: 'Rate',
  perMinute: 'bpm',
  measured: 'measured here',
  beats: 'beats aligned',
  noBeats: 'Too few beats were found',
  derived: 'derived',
  lead: 'One lead',
  rhythmLead: 'Rhythm lead',
  back: 'Back to all leads',
  earlier: 'Earlier',
  later: 'Later',
  overview: 'Whole recording, drag to move',
  notShown: 'This recording has no traces to show',
};

export type EcgSay = (word: EcgWord) => string;

export function ecgSayer(language: Language): EcgSay {
  const words = language === 'en' ? en : zh;
  return (word) => words[word];
}

/** What recorders write in English, as Chinese cardiologists call it. */
const measurementNames: [RegExp, string][] = [
  [/^(ventricular|heart) rate|^mean ventricular|^MDC_ECG_HEART_RATE/i, '心率'],
  [/^RR interval/i, 'RR 间期'],
  [/^PP interval/i, 'PP 间期'],
  [/^P(R|Q) interval/i, 'PR 间期'],
  [/^P duration/i, 'P 波时限'],
  [/^QRS duration/i, 'QRS 时限'],
  [/^QT interval/i, 'QT 间期'],
  [/^QTc|corrected QT/i, 'QTc 间期'],
  [/^P axis/i, 'P 电轴'],
  [/^QRS axis/i, 'QRS 电轴'],
  [/^T axis/i, 'T 电轴'],
];

export function measurementName(language: Language, name: string): string {
  if (language === 'en') return name;
  return measurementNames.find(([form]) => form.test(name.trim()))?.[1] ?? name;
}
