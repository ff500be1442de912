// Golden pictures: objects of the corpus as /rendered draws them, and as the viewer tones them, against DCMTK's dcmj2pnm:
// equal within one grey level wherever the standard says how (Modality LUT, VOI window or LUT, MONOCHROME1, palettes,
// YBR, signed and odd depths; PS3.3 C.7.6.3, C.11.1, C.11.2). What is not compared, and why, is listed at the end.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDicom, toDicomJson } from '@yunying/dicom';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeFrame } from '../packages/codec/src/decode-frame.ts';
import type { PixelDescription, Samples } from '../packages/codec/src/pixel-description.ts';
import { renderFrame, toRaster } from '../packages/codec/src/render-frame.ts';
import { corpusAbsent, corpusRoot, readCorpusObject } from '../packages/codec/src/testing/corpus.ts';
import type { JsonItem } from '../packages/viewer/src/geometry/dicom-json.ts';
import { frameFacts } from '../packages/viewer/src/geometry/frame-facts.ts';
import { initialPresentation } from '../packages/viewer/src/pane/presentation.ts';
import { greyOf } from '../packages/viewer/src/pane/tone.ts';
import { toneOf } from '../packages/viewer/src/pane/tone-of.ts';

const dcmj2pnm = '/usr/bin/dcmj2pnm';
const isAbsent = corpusAbsent || !existsSync(dcmj2pnm);
const folder = mkdtempSync(join(tmpdir(), 'golden-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One of each kind: photometric interpretation, depth, sign, window or LUT, padding, aspect, frames, coding. */
const objects = [
  'charsets/chrArab.dcm',
  'ct-mr-single/CT-JPEGLosslessSV1.dcm',
  'ct-mr-single/MR-JPEGLosslessSV1.dcm',
  'ct-mr-single/ebe.dcm',
  'ct-mr-single/ele.dcm',
  'dicomdir/77654033/CR1/6154',
  'dicomdir/77654033/CT2/17106',
  'dicomdir/98892001/CT2N/6293',
  'dicomdir/98892003/MR1/15820',
  'endoscopy/VL1_RLE.dcm',
  'mr-series-ge-uncompressed/MR01.dcm',
  'nm-pet/NM-MONO2-16-13x-heart.dcm',
  'odd/no-pixel-spacing.dcm',
  'photometric/MR-SIEMENS-DICOM-WithOverlays.dcm',
  'photometric/OBXXXX1A_expb.dcm',
  'photometric/OBXXXX1A_rle_2frame.dcm',
  'photometric/SC_jpeg_no_color_transform.dcm',
  'photometric/SC_rgb_16bit.dcm',
  'photometric/SC_rgb_dcmtk_+eb+cy+n1.dcm',
  'photometric/SC_rgb_dcmtk_+eb+cy+np.dcm',
  'photometric/SC_rgb_jpeg_gdcm.dcm',
  'photometric/SC_rgb_rle_16bit.dcm',
  'photometric/SC_rgb_rle_16bit_2frame.dcm',
  'photometric/SC_rgb_rle_2frame.dcm',
  'photometric/SC_rgb_rle_32bit.dcm',
  'photometric/SC_rgb_rle_32bit_2frame.dcm',
  'photometric/SC_rgb_small_odd.dcm',
  'photometric/SC_rgb_small_odd_big_endian.dcm',
  'photometric/SC_ybr_full_422_uncompressed.dcm',
  'photometric/TestPattern_Palette_16.dcm',
  'photometric/color-pl.dcm',
  'photometric/examples_ybr_color.dcm',
  'photometric/mlut_18.dcm',
  'photometric/vlut_04.dcm',
  'projection-and-other/CT2_RLE.dcm',
  'projection-and-other/RG2_JPLY.dcm',
  'projection-and-other/RG3_JPLL.dcm',
  'projection-and-other/cr_ihe.dcm',
  'projection-and-other/dx_image_small.dcm',
  'projection-and-other/mg_for_presentation_overlay.dcm',
  'seg/dcmqi/24x38x3/seg/label.seg',
  'seg/dcmqi/ct-3slice/01.dcm',
  'seg/seg_image_ct_binary_fractional.dcm',
  'seg/seg_image_sm_control_labelmap.dcm',
  'seg/seg_image_sm_control_labelmap_palette_color.dcm',
  'seg/seg_image_sm_dots_tiled_full.dcm',
  'transfer-syntaxes/fragments-offset-tables/IM00001.fragmented_no_bot_jpeg_baseline.50.dcm',
  'transfer-syntaxes/more/MR_small_implicit.dcm',
  'transfer-syntaxes/more/image_dfl.dcm',
  'transfer-syntaxes/same-ct-every-syntax/CT_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm',
  'transfer-syntaxes/same-ct-every-syntax/CT_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm',
  'transfer-syntaxes/same-ct-every-syntax/CT_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm',
  'transfer-syntaxes/same-ct-every-syntax/CT_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm',
  'transfer-syntaxes/same-ct-every-syntax/CT_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm',
  'transfer-syntaxes/same-ct-every-syntax/CT_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm',
  'transfer-syntaxes/same-ct-every-syntax/CT_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm',
  'transfer-syntaxes/same-ct-every-syntax/CT_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm',
  'transfer-syntaxes/same-ct-every-syntax/CT_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm',
  'us/us-pal-8-10x-echo.dcm',
  'wsi/camelyon_jpeg_15tiles.dcm',
  'wsi/sm_image.dcm',
  'wsi/sm_image_grayscale.dcm',
  'xdsi-studies/us-ihe-dept022/US-1.21367.201599.3.201604020955054.1.dcm',
  'xdsi-studies/xa-ihe-dept021/XA-1.21367.201599.3.201604020955044.1.dcm',
];

type Pnm = { channels: 1 | 3; width: number; height: number; bytes: Uint8Array };

/** The first frame by DCMTK: overlays off, pixels as they are, its first window, or its VOI LUT. */
function reference(path: string, d: PixelDescription): Pnm {
  const isGrey = d.samplesPerPixel === 1 && d.photometricInterpretation !== 'PALETTE COLOR';
  const voi = d.windowCenter !== undefined ? ['+Wi', '1'] : d.voiLut !== undefined ? ['+Wl', '1'] : ['-W'];
  const to = join(folder, 'picture.pnm');
  const file = join(corpusRoot, 'dicom', path);
  execFileSync(dcmj2pnm, ['-a', '-O', '+F', '1', ...(isGrey ? voi : []), file, to], {
    stdio: 'pipe',
    timeout: 30_000,
  });
  return readPnm(readFileSync(to));
}

/** PS "P5 width height 255" or P6, then the bytes. */
function readPnm(bytes: Buffer): Pnm {
  const head = /^(P[56])\s(?:#.*\n)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 200));
  if (head === null) throw new Error('not a PNM of 8 bits');
  const [all, kind, width, height] = head;
  return {
    channels: kind === 'P6' ? 3 : 1,
    width: Number(width),
    height: Number(height),
    bytes: bytes.subarray(all.length),
  };
}

async function firstFrame(
  path: string,
): Promise<{ pixels: Samples; description: PixelDescription; aspect: number }> {
  const object = readCorpusObject(join('dicom', path));
  if (object === undefined) throw new Error(`${path} has no pixels`);
  const { bytes, bitOffset } = object.frame(0);
  const decoded = await decodeFrame(bytes, object.description, { bitOffset });
  return { ...decoded, aspect: object.pixelAspect };
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = Math.abs(a.length - b.length) > 1 ? 999 : 0;
  for (let at = 0; at < a.length; at += 1) most = Math.max(most, Math.abs((a[at] ?? 0) - (b[at] ?? 0)));
  return most;
}

const hasWindow = (d: PixelDescription) =>
  d.samplesPerPixel === 1 &&
  d.windowCenter !== undefined &&
  d.modalityLut === undefined &&
  d.bitsAllocated <= 16;

describe.skipIf(isAbsent)('golden pictures (need the corpus of real files and DCMTK)', () => {
  it('are forty objects or more', () => expect(objects.length).toBeGreaterThanOrEqual(40));

  it.each(objects)('%s is drawn as DCMTK draws it', async (path) => {
    const { pixels, description } = await firstFrame(path);
    const ours = toRaster(pixels, description, {});
    const theirs = reference(path, description);
    expect([ours.width, ours.height, ours.channels]).toEqual([theirs.width, theirs.height, theirs.channels]);
    expect(furthest(ours.bytes, theirs.bytes)).toBeLessThanOrEqual(1);
  });

  it.each(objects)('%s has the same grey in the viewer, when it brings a window', async (path) => {
    const { pixels, description } = await firstFrame(path);
    if (!hasWindow(description)) return;
    const json: JsonItem = JSON.parse(
      JSON.stringify(toDicomJson(parseDicom(readFileSync(join(corpusRoot, 'dicom', path))).dataset)),
    );
    const facts = frameFacts(json, '', 1);
    const [voi] = facts.windows;
    if (voi === undefined) throw new Error('the window is not seen by the viewer');
    const { rows, columns } = description;
    const shown = { samples: Uint16Array.of(0), components: 1, rows, columns, min: 0, max: 0 };
    const tone = toneOf(voi, initialPresentation, facts, shown as unknown as Parameters<typeof toneOf>[3]);
    const greys = Uint8Array.from(pixels, (stored) => greyOf(tone, stored));
    expect(furthest(greys, reference(path, description).bytes)).toBeLessThanOrEqual(1);
  });

  it('pixels that are not square are drawn in their true shape', async () => {
    for (const path of objects) {
      const { pixels, description, aspect } = await firstFrame(path);
      if (aspect === 1) continue;
      const picture = await renderFrame(pixels, description, {
        longSidePx: 4096,
        format: 'png',
        pixelAspect: aspect,
      });
      // Rows times the height of a pixel over its width; dcmj2pnm takes the shape only when it scales, so truth is said here.
      expect(picture.height).toBeCloseTo(
        (picture.width * description.rows * aspect) / description.columns,
        -0.4,
      );
    }
  });
});

// Not compared, and why:
// - grey of more than 8 bits without window and VOI LUT (CT_small, emri_small, NM1_JPLL, XA1_JPLL, RT dose): the
//   standard leaves the grey scale open; we take percentiles of the values, dcmj2pnm the whole range of the depth;
// - segmentations of one bit: drawn by us from black to white, by dcmj2pnm as 0 and 127; no window is defined for them;
// - windows inside functional groups (enhanced CT): dcmj2pnm does not look there;
// - JPEG 2000, HTJ2K, JPEG-LS, JPEG XL: dcmj2pnm cannot decode them (packages/codec compares their pixels by digest);
// - segmented palettes, 32-bit colour, float pixels: not supported by dcmj2pnm, or refused by both;
// - us-ybr_full-rle: two levels apart in 0.1 % of the samples: YBR_FULL is rounded per term by dcmj2pnm, once by us;
// - overlays (60xx): compared with overlays off, /rendered does not draw them;
// - modality and VOI LUT sequences in the viewer: it tones by windows only; /rendered applies them and is compared.
