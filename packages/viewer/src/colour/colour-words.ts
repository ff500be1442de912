// Names of the colour maps, Chinese first.
import type { Language } from '../types.ts';
import type { ColourMapName } from './colour-maps.ts';

const zh: Record<ColourMapName, string> = {
  grey: '灰阶',
  inverse: '反相灰阶',
  'hot-iron': '热铁',
  pet: 'PET',
  'hot-metal-blue': '热金属蓝',
  'pet-20-step': 'PET 20 阶',
  rainbow: '彩虹',
  spring: '春',
  summer: '夏',
  fall: '秋',
  winter: '冬',
};

const en: Record<ColourMapName, string> = {
  grey: 'Grey',
  inverse: 'Inverse grey',
  'hot-iron': 'Hot iron',
  pet: 'PET',
  'hot-metal-blue': 'Hot metal blue',
  'pet-20-step': 'PET 20 step',
  rainbow: 'Rainbow',
  spring: 'Spring',
  summer: 'Summer',
  fall: 'Fall',
  winter: 'Winter',
};

export function mapLabel(language: Language, name: ColourMapName): string {
  return (language === 'en' ? en : zh)[name];
}
