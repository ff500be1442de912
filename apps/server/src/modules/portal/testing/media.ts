// A study's media as the manifest shows it, of any size, with addresses and lengths as long as real ones.
import type { StudyMedia } from '../study-media.ts';

export function mediaOf(studyUid: string, seriesCount: number, framesPerSeries: number): StudyMedia {
  const series = Array.from({ length: seriesCount }, (_s, index) => {
    const seriesUid = `${studyUid}.${index + 1}`;
    const base = `/dicom-web/studies/${studyUid}/series/${seriesUid}`;
    const frames = Array.from({ length: framesPerSeries }, (_f, at) => {
      const sopInstanceUid = `${seriesUid}.${at + 1}`;
      const lengths = [1, 4, 14, 50, 190].map(
        (size) => size * 700 + ((at * 7919 + index * 104_729 + size * 31) % (size * 97)),
      );
      return {
        sopInstanceUid,
        frameNumber: 1,
        filmUrl: `${base}/instances/${sopInstanceUid}/frames/1/rendered?viewport=512,512`,
        lengths,
      };
    });
    return {
      seriesInstanceUid: seriesUid,
      modality: 'CT',
      seriesNumber: index + 1,
      description: `轴位 ${index + 1}`,
      kind: 'stack' as const,
      thumbnailUrl: `${base}/thumbnail`,
      metadataUrl: `${base}/metadata`,
      rows: 512,
      columns: 512,
      bitsStored: 12,
      lossy: false,
      frameTimeMs: null,
      windows: [{ label: '脑窗', center: 40, width: 80 }],
      frames,
      pages: [],
    }; // prettier-ignore
  });
  const total = seriesCount * framesPerSeries;
  return { framesReady: total, framesTotal: total, series };
}
