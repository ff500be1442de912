// Why a series is no volume, in a sentence for the person who asked for one.
const words: Record<string, { zh: string; en: string }> = {
  colour: { zh: '彩色图像不能重建。', en: 'Colour pictures cannot be reconstructed.' },
  'lookup-table': {
    zh: '像素值经查找表转换，不能重建。',
    en: 'Values pass a look-up table and cannot be interpolated.',
  },
  'no-images': { zh: '此序列没有可用的图像。', en: 'There are no images in this series.' },
  'too-few-slices': { zh: '层数不足，至少需要 3 层。', en: 'At least 3 slices are needed.' },
  'no-positions': { zh: '图像没有空间位置信息。', en: 'The images do not say where they lie.' },
  'not-parallel': { zh: '各层方向不一致（如定位像或放射状扫描）。', en: 'The slices are not parallel.' },
  'no-spacing': { zh: '图像没有像素间距信息。', en: 'The images do not say how far pixels are apart.' },
  'mixed-sizes': { zh: '各层尺寸或视野不一致。', en: 'The slices differ in size or field of view.' },
  'same-positions': { zh: '有多层位于同一位置，且各位置层数不同。', en: 'Several slices lie at one place.' },
  'large-gap': {
    zh: '缺少多层图像，间隔过大，补出来的不可信。',
    en: 'Too many slices in a row are missing.',
  },
  scattered: { zh: '各层位置不在一条直线上。', en: 'The slices do not follow a straight line.' },
  'too-many-slices': { zh: '层数过多。', en: 'There are too many slices.' },
  'too-large': { zh: '体数据过大。', en: 'The volume is too large.' },
};

export function refusalSentence(reason: string, language: 'zh' | 'en'): string {
  return words[reason]?.[language] ?? reason;
}
