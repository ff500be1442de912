// Worker task: lays JPEG pages on paper of their own shape, A4 wide.
import { DocumentError } from './document-error.ts';
import type { ImagePdfInput } from './image-pdf.ts';
import { Sheet } from './sheet.ts';
import { drawStamp } from './stamp.ts';

const paperWidth = 595.28;
const tallestRatio = 20;

export async function run(input: ImagePdfInput): Promise<Uint8Array> {
  const sheet = new Sheet({ title: input.title, madeAt: input.madeAt });
  for (const page of input.pages) {
    if (!(page.width > 0 && page.height > 0) || page.height > page.width * tallestRatio) {
      throw new DocumentError('documents.damaged', 'a page has no sensible size');
    }
    const height = (paperWidth * page.height) / page.width;
    sheet.document.addPage({ size: [paperWidth, height], margin: 0 });
    const { buffer, byteOffset, byteLength } = page.jpeg;
    sheet.document.image(Buffer.from(buffer, byteOffset, byteLength), 0, 0, { width: paperWidth, height });
    if (input.stamp !== null) drawStamp(sheet, input.stamp, paperWidth, height);
  }
  return sheet.finish();
}
