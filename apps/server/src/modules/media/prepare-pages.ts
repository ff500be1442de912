// Makes pages of objects that are not images, so that every phone can show them: encapsulated PDF (PS3.3 A.45.1),
// encapsulated CDA (A.45.2), structured reports (C.17.3) and waveforms (C.10.9). Pages lie in one blob, one index entry each, with a thumbnail of the
// first one. Objects without anything to show (a 3D model, a sound) are left alone without failing.
import { type Dataset, getElement, getString, parseDicom } from '@yunying/dicom';
import sharp from 'sharp';
import { type RenderedPage, renderPdfPages, runInWorker } from '../../documents/index.ts';
import { AppError } from '../../errors.ts';
import { type PlacedInstance, setInstanceMedia } from '../archive/index.ts';
import { BlobWriter } from './blob-writer.ts';
import type { FrameEntry, PageFacts, RenditionKind } from './media-types.ts';
import {
  type Making,
  type MediaContext,
  pictureMediaType,
  thumbnailLongSidePx,
  type Verdict,
} from './prepare-image.ts';
import * as repo from './repo.ts';
import { readCda } from './sr/read-cda.ts';
import { readReport } from './sr/read-report.ts';
import { readWaveforms } from './waveform/read-waveforms.ts';

type Page = { bytes: Uint8Array; width: number; height: number };
type Pages = { mediaType: string; pages: Page[] };

const wholeLimitBytes = 256 * 1024 ** 2;
const drawLimits = { timeoutMs: 60_000, heapMb: 768 };
const traceWidthPx = 2000;
const pageWidthPx = 1240;

const waveformTask = new URL('./waveform/waveform-sheet.task.ts', import.meta.url);
const reportTask = new URL('./sr/report-sheet.task.ts', import.meta.url);

/** Which kind of pages an instance has; null: none. */
export function pageKindOf(instance: Pick<PlacedInstance, 'kind'>): RenditionKind | null {
  if (instance.kind === 'waveform') return 'waveform-page';
  return instance.kind === 'document' || instance.kind === 'sr' ? 'document-page' : null;
}

export async function preparePages(
  ctx: MediaContext,
  instance: PlacedInstance,
  making: Making,
): Promise<Verdict> {
  const kind = pageKindOf(instance);
  const pages = kind === null ? null : await makePages(ctx, instance, making);
  const verdict: Verdict = { state: pages === null ? 'none' : 'ready', reason: null };
  if (kind === null || pages === null) {
    await setInstanceMedia(ctx.db, instance.id, verdict.state);
    return verdict;
  }
  await storePages(ctx, instance, kind, pages);
  making.onFrame();
  return verdict;
}

async function makePages(ctx: MediaContext, instance: PlacedInstance, making: Making): Promise<Pages | null> {
  const { dataset } = parseDicom(await ctx.blobs.readBytes(instance.blob_id, undefined, wholeLimitBytes), {
    limits: { maxElementBytes: wholeLimitBytes, maxHeaderBytes: wholeLimitBytes },
  });
  const { signal } = making;
  if (instance.kind === 'document') {
    const cda = encapsulatedCda(dataset);
    const pdf = cda === null ? encapsulatedPdf(dataset) : await drawPdf(reportTask, readCda(cda), signal);
    return pdf === null ? null : asJpeg(await renderPdfPages(pdf, { width: pageWidthPx, signal }));
  }
  if (instance.kind === 'sr') {
    const pdf = await drawPdf(reportTask, readReport(dataset), signal);
    return asJpeg(await renderPdfPages(pdf, { width: pageWidthPx, signal }));
  }
  const recording = readWaveforms(dataset);
  if (recording === null) return null;
  const pdf = await drawPdf(waveformTask, recording, signal);
  return asWebp(await renderPdfPages(pdf, { width: traceWidthPx, quality: 92, signal }));
}

function asJpeg(pages: readonly RenderedPage[]): Pages {
  return {
    mediaType: 'image/jpeg',
    pages: pages.map(({ jpeg, width, height }) => ({ bytes: jpeg, width, height })),
  };
}

/** A millimetre grid is five times smaller so than as JPEG. */
async function asWebp(pages: readonly RenderedPage[]): Promise<Pages> {
  const made: Page[] = [];
  for (const { jpeg, width, height } of pages) {
    made.push({ bytes: await sharp(jpeg).webp({ quality: 75, effort: 4 }).toBuffer(), width, height });
  }
  return { mediaType: pictureMediaType, pages: made };
}

async function drawPdf(task: URL, input: object, signal: AbortSignal): Promise<Uint8Array> {
  const pdf = await runInWorker(task, { ...input, madeAt: new Date() }, { ...drawLimits, signal });
  return pdf as Uint8Array; // the task's own return type
}

/** Encapsulated CDA Storage, or what says to be XML of HL7. */
function encapsulatedCda(dataset: Dataset): Uint8Array | null {
  const isCda = getString(dataset, 'SOPClassUID') === '1.2.840.10008.5.1.4.1.1.104.2';
  const element = isCda ? getElement(dataset, '00420011') : undefined;
  return element?.kind === 'value' && element.value.length > 0 ? element.value : null;
}

/** null for a 3D model, which has no pages. */
function encapsulatedPdf(dataset: Dataset): Uint8Array | null {
  const type = getString(dataset, 'MIMETypeOfEncapsulatedDocument') ?? 'application/pdf';
  if (type.toLowerCase() !== 'application/pdf') return null;
  const element = getElement(dataset, '00420011');
  if (element?.kind !== 'value' || element.value.length === 0)
    throw new AppError('media.no_content', { reason: 'no Encapsulated Document (0042,0011)' });
  return element.value;
}

async function storePages(
  ctx: MediaContext,
  instance: PlacedInstance,
  kind: RenditionKind,
  { mediaType: pageMediaType, pages }: Pages,
): Promise<void> {
  const [first] = pages;
  if (first === undefined) throw new AppError('media.no_content', { reason: 'no pages' });
  const ids = {
    rendition: kind,
    sopInstanceUid: instance.sop_instance_uid,
    studyInstanceUid: instance.study_instance_uid,
  };
  const writer = new BlobWriter(ctx.blobs, {
    mediaType: pageMediaType,
    kind: 'rendition',
    ids,
    source: 'job:media.prepare_study',
  });
  try {
    const entries: FrameEntry[] = [];
    for (const { bytes } of pages) entries.push([await writer.write(bytes), bytes.length]);
    const thumbnail = await shrink(first.bytes);
    const small: FrameEntry = [await writer.write(thumbnail), thumbnail.length];
    const stored = await writer.finish();
    if (stored === null) return;
    const facts: PageFacts = { pages: pages.map(({ width, height }) => ({ width, height })) };
    await ctx.db.transaction().execute(async (tx) => {
      const { blobId } = await ctx.blobs.record(tx, stored);
      const insert = (as: RenditionKind, mediaType: string, frames: FrameEntry[], derived: object) =>
        repo.insertRendition(tx, {
          study_id: instance.study_id,
          series_id: instance.series_id,
          instance_id: instance.id,
          kind: as,
          blob_id: blobId,
          media_type: mediaType,
          frame_count: frames.length,
          frame_index: JSON.stringify(frames),
          derived: JSON.stringify(derived),
          size_bytes: frames.reduce((sum, entry) => sum + (entry?.[1] ?? 0), 0),
        });
      await insert(kind, pageMediaType, entries, facts);
      await insert('thumbnail', pictureMediaType, [small], {});
      await setInstanceMedia(tx, instance.id, 'ready');
    });
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function shrink(page: Uint8Array): Promise<Uint8Array> {
  return sharp(page)
    .resize(thumbnailLongSidePx, thumbnailLongSidePx, { fit: 'inside' })
    .webp({ quality: 70 })
    .toBuffer();
}
