// A picture of the shown views as PNG, with everything that is written on them, the quality badge too: what leaves the
// screen says what it is.

export async function capture(grid: HTMLElement, views: readonly HTMLElement[]): Promise<void> {
  const box = grid.getBoundingClientRect();
  const factor = Math.max(1, Math.min(2, window.devicePixelRatio || 1));
  const sheet = document.createElement('canvas');
  sheet.width = Math.round(box.width * factor);
  sheet.height = Math.round(box.height * factor);
  const context = sheet.getContext('2d');
  if (context === null) return;
  context.scale(factor, factor);
  context.fillStyle = '#000';
  context.fillRect(0, 0, box.width, box.height);
  for (const view of views) {
    for (const canvas of view.querySelectorAll('canvas')) {
      if (canvas.hidden) continue;
      const place = canvas.getBoundingClientRect();
      context.drawImage(canvas, place.left - box.left, place.top - box.top, place.width, place.height);
    }
    for (const drawing of view.querySelectorAll('svg.yv-drawing')) {
      const place = drawing.getBoundingClientRect();
      context.drawImage(await pictureOf(drawing, place), place.left - box.left, place.top - box.top);
    }
    for (const text of view.querySelectorAll<HTMLElement>('.yv-corner, .yv-letter, .yv-badge'))
      write(context, text, box);
  }
  const blob = await new Promise<Blob | null>((resolve) => sheet.toBlob(resolve, 'image/png'));
  if (blob === null) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = 'reconstruction.png';
  link.click();
  URL.revokeObjectURL(link.href);
}

/** SVG with its computed strokes written in: a picture has no style sheet. */
async function pictureOf(drawing: Element, place: DOMRect): Promise<HTMLImageElement> {
  const copy = drawing.cloneNode(true);
  if (!(copy instanceof SVGElement)) throw new Error('not a drawing');
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(place.width));
  copy.setAttribute('height', String(place.height));
  const parts = copy.querySelectorAll('*');
  for (const [at, original] of [...drawing.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(original);
    for (const name of [
      'fill',
      'stroke',
      'stroke-width',
      'stroke-opacity',
      'stroke-dasharray',
      'font-size',
      'font-family',
    ]) {
      parts[at]?.setAttribute(name, style.getPropertyValue(name));
    }
  }
  const picture = new Image();
  picture.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await picture.decode();
  return picture;
}

function write(context: CanvasRenderingContext2D, text: HTMLElement, box: DOMRect): void {
  if (text.hidden || (text.matches('.yv-corner') && text.querySelector('.yv-badge') !== null)) return;
  const place = text.getBoundingClientRect();
  const style = getComputedStyle(text);
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.strokeStyle = '#000';
  context.lineWidth = 3;
  context.textBaseline = 'top';
  const words = text.innerText;
  context.strokeText(words, place.left - box.left, place.top - box.top + 2);
  context.fillText(words, place.left - box.left, place.top - box.top + 2);
}
