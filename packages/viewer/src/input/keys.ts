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

/** What a reader may put on another key, by name: tools and what is done to the picture. Arrows, figures and Escape stay. */
export const ownable: readonly { name: string; key: string; action: KeyAction }[] = Object.entries(map)
  .filter(([key]) => /^[a-z]$/.test(key))
  .map(([key, action]) => ({
    name: action.kind === 'tool' ? `tool.${action.tool}` : action.kind,
    key,
    action,
  }));

/** Keys of the reader's own, by name; what they replace does nothing any more. */
export type OwnKeys = Readonly<Record<string, string>>;

export function isOwnableKey(key: string): boolean {
  return /^[a-z,.;'/\\`]$/.test(key);
}

export function keyOfName(name: string, own: OwnKeys): string {
  const mine = own[name];
  if (mine !== undefined && isOwnableKey(mine)) return mine;
  return ownable.find((one) => one.name === name)?.key ?? '';
}

/** The other thing that the key already does. */
export function keyConflict(name: string, key: string, own: OwnKeys): string | null {
  return ownable.find((one) => one.name !== name && keyOfName(one.name, own) === key)?.name ?? null;
}

export function actionOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'> & { shiftKey?: boolean },
  own: OwnKeys = {},
): KeyAction | null {
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    const letter = event.key.toLowerCase();
    if (letter === 'z') return { kind: event.shiftKey === true ? 'redo' : 'undo' };
    return letter === 'y' ? { kind: 'redo' } : null;
  }
  if (event.altKey) return null;
  if (/^[1-9]$/.test(event.key)) return { kind: 'preset', index: Number(event.key) - 1 };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (isOwnableKey(key)) return ownable.find(({ name }) => keyOfName(name, own) === key)?.action ?? null;
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
  { keys: 'Ctrl Z · Ctrl Shift Z', zh: '撤销 · 重做', en: 'Undo · redo' },
  { keys: '+ − 0', zh: '放大 缩小 复位', en: 'Zoom in, out, reset' },
  { keys: 'Space', zh: '播放 / 停止', en: 'Play / stop' },
  { keys: '[ ]', zh: '上一序列 下一序列', en: 'Series before, after' },
  { keys: 'Del', zh: '删除选中的测量', en: 'Delete the chosen measurement' },
  { keys: '右键 / right button', zh: '调窗', en: 'Window' },
  { keys: '中键 / middle button', zh: '平移', en: 'Pan' },
  { keys: 'Esc', zh: '返回', en: 'Leave' },
];
