// Worker task: renders the pages of one PDF with PDFium (a fresh instance per document: an error leaves an instance
// unusable) and encodes them as JPEG with sharp.
import type { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';
import { DocumentError } from './document-error.ts';
import { openPdfium } from './pdfium.ts';
import type { PdfPagesInput, RenderedPage } from './render-pdf.ts';

const pointsPerInch = 72;
const mostPixels = 24_000_000;
const widestRatio = 20;

// Threads of sharp would add nothing here.
sharp.concurrency(1);

export async function run(input: PdfPagesInput): Promise<RenderedPage[]> {
  if (!Buffer.from(input.pdf.subarray(0, 1024)).includes('%PDF-')) {
    throw new DocumentError('documents.damaged', 'the bytes are not a PDF');
  }
  const library = await openPdfium();
  const document = await library.loadDocument(input.pdf).catch(() => {
    throw new DocumentError('documents.damaged', 'the PDF cannot be opened');
  });
  const count = document.getPageCount();
  if (count === 0) throw new DocumentError('documents.damaged', 'the PDF has no pages');
  if (count > input.maxPages)
    throw new DocumentError('documents.too_large', `the PDF has ${count} pages, more than ${input.maxPages}`);

  const pages: RenderedPage[] = [];
  for (let index = 0; index < count; index++)
    pages.push(await renderPage(document.getPage(index), index + 1, input));
  return pages;
}

type PdfPage = ReturnType<Awaited<ReturnType<PDFiumLibrary['loadDocument']>>['getPage']>;

async function renderPage(page: PdfPage, number: number, input: PdfPagesInput): Promise<RenderedPage> {
  const { originalWidth, originalHeight } = page.getOriginalSize();
  if (!(originalWidth > 0 && originalHeight > 0) || originalHeight > originalWidth * widestRatio) {
    throw new DocumentError('documents.damaged', `page ${number} has no sensible size`);
  }
  // The library floors size and product; the half pixel keeps the width asked for.
  const byWidth = (input.width + 0.5) / Math.max(1, Math.floor(originalWidth));
  const byPixels = Math.sqrt(mostPixels / (originalWidth * originalHeight));
  const scale = Math.min(byWidth, byPixels, 1200 / pointsPerInch);
  let jpeg: Uint8Array = new Uint8Array();
  const rendered = await page.render({
    scale,
    render: async ({ data, width, height }) => {
      jpeg = await encode(withoutAlpha(data), width, height, input);
      return jpeg;
    },
  });
  return { page: number, width: rendered.width, height: rendered.height, jpeg };
}

function encode(rgb: Buffer, width: number, height: number, input: PdfPagesInput): Promise<Uint8Array> {
  const picture = sharp(rgb, { raw: { width, height, channels: 3 } });
  return picture.jpeg({ quality: input.quality, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** The page lies on white, so alpha says nothing. */
function withoutAlpha(rgba: Uint8Array): Buffer {
  const pixels = rgba.length / 4;
  const rgb = Buffer.allocUnsafe(pixels * 3);
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from += 4, to += 3) {
    rgb[to] = rgba[from] ?? 0;
    rgb[to + 1] = rgba[from + 1] ?? 0;
    rgb[to + 2] = rgba[from + 2] ?? 0;
  }
  return rgb;
}
