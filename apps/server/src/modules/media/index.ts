// Public names of the media module: renditions made once per instance (HTJ2K frames, film, thumbnails, pages of
// waveforms and documents), the doors that serve them, and what a manifest needs to know about them.

export { sendConsoleThumbnail } from './console-thumbnail.ts';
export { decodeFrame } from './decode-frame.ts';
export { exportRoutes } from './export/export.routes.ts';
export { firstPictureRoutes } from './first-picture.routes.ts';
export { getStudyMedia } from './get-study-media.ts';
export { mediaJobs } from './media.jobs.ts';
export { mediaRoutes } from './media.routes.ts';
export type {
  FrameEntry,
  ImageFacts,
  PageFacts,
  RenditionKind,
  StudyMedia,
} from './media-types.ts';
export { packRoutes } from './pack.routes.ts';
export { printRoutes } from './print/print.routes.ts';
export { findSeriesMetadata } from './series-metadata.ts';
export { slideRoutes } from './slide/slide.routes.ts';
export { volumeRoutes } from './volume/volume.routes.ts';
export { wadoUriRoutes } from './wado-uri.routes.ts';
export { waveformRoutes } from './waveform/waveform.routes.ts';
