// The keyboard map of the reading room (viewer spec §8), as data: the room looks a key up, the help panel lists it.
import type { ToolName } from '../types.ts';

export type KeyAction =
  | { kind: 'step'; by: number }
  | {
      kind:
        | 'first'
        | 'last'
        | 'invert'
        | 'rotate'
        | 'mirror'
        | 'upend'
        | 'reset'
        | 'cine'
        | 'layout'
        | 'help'
        | 'undo'
        | 'redo'
        | 'sharpen'
        | 'exit';
    }
  | { kind: 'tool'; tool: ToolName }
  | { kind: 'preset'; index: number }
  | { kind: 'zoom'; factor: number }
  | { kind: 'series'; by: number }
  | { kind: 'remove' };

const map: Record<string, KeyAction> = {
  ArrowUp: { kind: 'step', by: -1 },
  ArrowLeft: { kind: 'step', by: -1 },
  ArrowDown: { kind: 'step', by: 1 },
  ArrowRight: { kind: 'step', by: 1 },
  PageUp: { kind: 'step', by: -10 },
  PageDown: { kind: 'step', by: 10 },
  Home: { kind: 'first' },
  End: { kind: 'last' },
  s: { kind: 'tool', tool: 'scroll' },
  w: { kind: 'tool', tool: 'window' },
  z: { kind: 'tool', tool: 'zoom' },
  p: { kind: 'tool', tool: 'pan' },
  l: { kind: 'tool', tool: 'length' },
  a: { kind: 'tool', tool: 'angle' },
  q: { kind: 'tool', tool: 'probe' },
  x: { kind: 'tool', tool: 'crosshair' },
  c: { kind: 'tool', tool: 'cobb' },
  e: { kind: 'tool', tool: 'ellipse' },
  b: { kind: 'tool', tool: 'rectangle' },
  d: { kind: 'tool', tool: 'freehand' },
  o: { kind: 'tool', tool: 'arrow' },
  t: { kind: 'tool', tool: 'text' },
  k: { kind: 'tool', tool: 'calibrate' },
  g: { kind: 'tool', tool: 'magnify' },
  u: { kind: 'sharpen' },
  i: { kind: 'invert' },
  r: { kind: 'rotate' },
  h: { kind: 'mirror' },
  v: { kind: 'upend' },
  0: { kind: 'reset' },
  ' ': { kind: 'cine' },
  f: { kind: 'layout' },
  '+': { kind: 'zoom', factor: 1.25 },
  '=': { kind: 'zoom', factor: 1.25 },
  '-': { kind: 'zoom', factor: 0.8 },
  '[': { kind: 'series', by: -1 },
  ']': { kind: 'series', by: 1 },
  Delete: { kind: 'remove' },
  Backspace: { kind: 'remove' },
  '?': { kind: 'help' },
  Escape: { kind: 'exit' },
};

export function actionOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'> & { shiftKey?: boolean },
): KeyAction | null {
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    const letter = event.key.toLowerCase();
    if (letter === 'z') return { kind: event.shiftKey === true ? 'redo' : 'undo' };
    return letter === 'y' ? { kind: 'redo' } : null;
  }
  if (event.altKey) return null;
  if (/^[1-9]$/.test(event.key)) return { kind: 'preset', index: Number(event.key) - 1 };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return map[key] ?? null;
}

/** Rows of the help panel: keys and what they do, in both languages. */
export const keyHelp: readonly { keys: string; zh: string; en: string }[] = [
  {
    keys: '↑ ↓ · PgUp PgDn · Home End',
    zh: '翻页 · 每次 10 幅 · 首末幅',
    en: 'Scroll · by 10 · first and last',
  },
  { keys: '滚轮 / wheel', zh: '翻页，按住 Ctrl 缩放', en: 'Scroll, with Ctrl zoom' },
  { keys: '1 – 9', zh: '预设窗位', en: 'Window presets' },
  { keys: 'S W Z P', zh: '翻页 调窗 缩放 平移', en: 'Scroll, window, zoom, pan' },
  { keys: 'L A Q', zh: '长度 角度 取值', en: 'Length, angle, probe' },
  { keys: 'C E B D', zh: 'Cobb 角 椭圆 矩形 手绘区域', en: 'Cobb, ellipse, rectangle, freehand' },
  { keys: 'O T K', zh: '箭头 文字 校准', en: 'Arrow, text, calibrate' },
  { keys: 'G U', zh: '放大镜 锐化', en: 'Magnifier, sharpen' },
  { keys: 'Ctrl Z · Ctrl Shift Z', zh: '撤销 · 重做', en: 'Undo · redo' },
  { keys: 'I R H V', zh: '反相 旋转 左右翻转 上下翻转', en: 'Invert, rotate, flip' },
  { keys: '+ − 0', zh: '放大 缩小 复位', en: 'Zoom in, out, reset' },
  { keys: 'Space', zh: '播放 / 停止', en: 'Play / stop' },
  { keys: 'F', zh: '切换布局', en: 'Layout' },
  { keys: '[ ]', zh: '上一序列 下一序列', en: 'Series before, after' },
  { keys: 'Del', zh: '删除选中的测量', en: 'Delete the chosen measurement' },
  { keys: '右键 / right button', zh: '调窗', en: 'Window' },
  { keys: '中键 / middle button', zh: '平移', en: 'Pan' },
  { keys: 'Esc', zh: '返回', en: 'Leave' },
];
