// Runs inside a page (sent as text by layout.ts): what a person would call broken in the layout. Every visible text is
// looked at: cut off without an ellipsis that a title completes, outside the screen, lying over another text of the
// same layer; and, when asked for, Latin words in a Chinese interface.

const quote = (text) => `“${text.trim().replace(/\s+/g, ' ').slice(0, 40)}”`;
const nameOf = (one) => one.tagName.toLowerCase() + (one.classList[0] ? `.${one.classList[0]}` : '');
const placeOf = (element) =>
  [element.parentElement, element]
    .filter((one) => one !== null)
    .map(nameOf)
    .join(' > ');
const ancestors = function* (element) {
  for (let one = element; one !== null; one = one.parentElement) yield one;
};
const clip = (a, b) => ({
  left: Math.max(a.left, b.left),
  right: Math.min(a.right, b.right),
  top: Math.max(a.top, b.top),
  bottom: Math.min(a.bottom, b.bottom),
});

/** What is left of a text's box inside everything that clips or scrolls it; null when nothing is. */
const visibleBox = (box, element) => {
  let { left, top, right, bottom } = box;
  for (const one of ancestors(element)) {
    const style = getComputedStyle(one);
    const edge = one.getBoundingClientRect();
    const inside = clip({ left, top, right, bottom }, edge);
    if (style.overflowX !== 'visible') ({ left, right } = inside);
    if (style.overflowY !== 'visible') ({ top, bottom } = inside);
    if (style.position === 'fixed') break;
  }
  return right - left < 2 || bottom - top < 2 ? null : { left, top, right, bottom };
};
const isHidden = (element) =>
  !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
  element.closest('[inert], .yy-hidden, svg, script, style, noscript, option') !== null;
/** Texts of one layer must not lie over each other; a sheet or a bar that stays in place may cover the page. */
const layerOf = (element) => {
  for (const one of ancestors(element)) {
    if (one.tagName === 'DIALOG' || !['static', 'relative'].includes(getComputedStyle(one).position))
      return one;
  }
  return document.body;
};

const isCut = (element) => {
  const style = getComputedStyle(element);
  const clips = (overflow) => overflow === 'hidden' || overflow === 'clip';
  const { clientWidth, clientHeight, scrollWidth, scrollHeight } = element;
  const cutWide = clips(style.overflowX) && clientWidth > 0 && scrollWidth > clientWidth + 1;
  const cutHigh = clips(style.overflowY) && clientHeight > 0 && scrollHeight > clientHeight + 1;
  if (!cutWide && !cutHigh) return false;
  const declares = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
  return !(declares && element.closest('[title]:not([title=""])') !== null);
};

const visibleTexts = () => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || element === null || isHidden(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const visible = visibleBox(range.getBoundingClientRect(), element);
    if (visible === null) continue;
    const lines = [...range.getClientRects()].map((line) => clip(line, visible));
    texts.push({ text: node.data, element, visible, lines, layer: layerOf(element) });
  }
  return texts;
};

const areOver = (a, b) => {
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  // Line boxes of neighbouring lines may touch; letters do not.
  return wide > 2 && high > 0.4 * Math.min(a.bottom - a.top, b.bottom - b.top);
};

const boxFaults = (texts) => {
  const faults = [];
  // Not innerWidth: on a phone that grows with what sticks out.
  const { clientWidth, scrollWidth } = document.documentElement;
  for (const { text, element, visible } of texts) {
    const block = [...ancestors(element)].find((one) => getComputedStyle(one).display !== 'inline');
    if (block !== undefined && isCut(block)) faults.push(`cut: ${quote(text)} in ${placeOf(block)}`);
    if (visible.left < -1 || visible.right > clientWidth + 1)
      faults.push(`outside: ${quote(text)} in ${placeOf(element)}`);
  }
  if (scrollWidth > clientWidth + 1) faults.push(`the page is ${scrollWidth} px wide on ${clientWidth}`);
  return faults;
};

const overlapFaults = (texts) =>
  texts.flatMap((one, at) =>
    texts
      .slice(at + 1)
      .filter((other) => one.layer === other.layer && areOver(one.visible, other.visible))
      .filter((other) => one.lines.some((a) => other.lines.some((b) => areOver(a, b))))
      .map((other) => `over each other: ${quote(one.text)} and ${quote(other.text)}`),
  );

const latinFaults = (texts, latinAllowed, dataPlaces) =>
  texts
    .filter(({ element }) => element.closest(dataPlaces) === null)
    .flatMap(({ text, element }) => {
      const words = (text.match(/[A-Za-z][A-Za-z/+]*/g) ?? []).filter((word) => !latinAllowed.includes(word));
      return words.length === 0 ? [] : [`Latin: ${words.join(' ')} in ${quote(text)}, ${placeOf(element)}`];
    });

globalThis.layoutFaults = ({ latinAllowed, dataPlaces }) => {
  const texts = visibleTexts();
  const latin = latinAllowed === null ? [] : latinFaults(texts, latinAllowed, dataPlaces);
  return [...new Set([...boxFaults(texts), ...overlapFaults(texts), ...latin])];
};
