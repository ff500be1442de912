// The hanging protocols that come with the product. A hospital changes them in its console; these stay the way back.
import type { HangingPane, HangingProtocol } from './hanging.ts';

const mammogram = (laterality: 'L' | 'R', views: string[]): HangingPane => ({
  modality: 'MG',
  laterality,
  views,
  chestWall: laterality === 'R' ? 'right' : 'left',
});
const cc = ['CC', 'cranio-caudal', 'craniocaudal'];
const mlo = ['MLO', 'medio-lateral oblique', 'mediolateral oblique'];
const tooth = (...region: string[]): HangingPane => ({ modality: 'IO', region });

export const defaultHanging: readonly HangingProtocol[] = [
  {
    name: 'PET/CT',
    enabled: true,
    match: { modalities: ['PT', 'CT'] },
    rows: 1,
    columns: 2,
    panes: [
      { modality: 'CT', slice: 'middle' },
      { modality: 'PT', slice: 'middle' },
    ],
    links: ['slice'],
  },
  {
    name: '乳腺四视图',
    enabled: true,
    match: { modalities: ['MG'] },
    rows: 2,
    columns: 2,
    panes: [mammogram('R', cc), mammogram('L', cc), mammogram('R', mlo), mammogram('L', mlo)],
    sameScale: true,
    links: ['voi'],
  },
  {
    name: '牙片全口',
    enabled: true,
    match: { modalities: ['IO'], leastSeries: 1 },
    rows: 2,
    columns: 4,
    panes: [
      tooth('UR', '右上后', 'upper right', '18', '17', '16', '15', '14'),
      tooth('右上前', '13', '12', '11'),
      tooth('左上前', '21', '22', '23'),
      tooth('UL', '左上后', 'upper left', '24', '25', '26', '27', '28'),
      tooth('LR', '右下后', 'lower right', '48', '47', '46', '45', '44'),
      tooth('右下前', '43', '42', '41'),
      tooth('左下前', '31', '32', '33'),
      tooth('LL', '左下后', 'lower left', '34', '35', '36', '37', '38'),
    ],
  },
  {
    name: '磁共振三方位',
    enabled: true,
    match: { modalities: ['MR'], leastSeries: 3 },
    rows: 2,
    columns: 2,
    panes: [
      { modality: 'MR', plane: 'axial', slice: 'middle' },
      { modality: 'MR', plane: 'sagittal', slice: 'middle' },
      { modality: 'MR', plane: 'coronal', slice: 'middle' },
      { modality: 'MR', slice: 'middle' },
    ],
  },
  {
    name: '胸片正侧位',
    enabled: true,
    match: { modalities: ['DX'], bodyParts: ['CHEST'] },
    rows: 1,
    columns: 2,
    panes: [
      { modality: 'DX', views: ['PA', 'AP'] },
      { modality: 'DX', views: ['LAT', 'LL', 'RL', 'lateral'] },
    ],
  },
  {
    name: '胸片正侧位（CR）',
    enabled: true,
    match: { modalities: ['CR'], bodyParts: ['CHEST'] },
    rows: 1,
    columns: 2,
    panes: [
      { modality: 'CR', views: ['PA', 'AP'] },
      { modality: 'CR', views: ['LAT', 'LL', 'RL', 'lateral'] },
    ],
  },
  {
    name: '超声多幅',
    enabled: true,
    match: { modalities: ['US'], leastSeries: 2 },
    rows: 2,
    columns: 2,
    panes: [{ modality: 'US' }, { modality: 'US' }, { modality: 'US' }, { modality: 'US' }],
  },
  {
    name: 'CT 多序列',
    enabled: true,
    match: { modalities: ['CT'], leastSeries: 2 },
    rows: 1,
    columns: 2,
    panes: [
      { modality: 'CT', slice: 'middle' },
      { modality: 'CT', slice: 'middle' },
    ],
    links: ['slice'],
  },
];
