// Public names of the archive: taking instances in, reading them back bit for bit, settling studies, what was
// kept aside. Levels above read rows through these functions and never touch the archive's tables.
export { archiveJobs } from './archive.jobs.ts';
export type {
  InstanceRow,
  MediaState,
  PlacedInstance,
  QuarantineRow,
  SeriesRow,
  StudyMediaState,
  StudyRow,
} from './archive-types.ts';
export { type DicomwebPorts, dicomwebRoutes } from './dicomweb.routes.ts';
export { importCommand } from './import.cli.ts';
export { type ImportReport, importPaths } from './import-files.ts';
export { getInstanceMetadata, instancePath } from './instance-metadata.ts';
export {
  openFrameBytes,
  openInstanceBytes,
  readInstanceHead,
} from './open-instance.ts';
export {
  type FrameRange,
  frameRanges,
  type PixelLayout,
  parsePixelLayout,
} from './pixel-layout.ts';
export { quarantineRoutes } from './quarantine.routes.ts';
export {
  findStudiesOfExam,
  findStudy,
  getInstance,
  getSeries,
  getStudy,
  listInstances,
  listInstancesAwaitingMedia,
  listSeries,
  setInstanceMedia,
  setStudyMedia,
} from './read-study.ts';
export { requireStudy } from './require-study.ts';
export { settleBeat } from './settle-study.ts';
export { createStoreScp } from './store.scp.ts';
export { storeInstance } from './store-instance.ts';
export type { StoreHints, StoreOutcome, StoreSource } from './store-outcome.ts';
export { stowRoutes } from './stow.routes.ts';
export type { UnlinkedPorts } from './unlinked.ts';
