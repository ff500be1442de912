// Public names of the archive: taking instances in, reading them back bit for bit, settling studies, what was
// kept aside. Levels above read rows through these functions and never touch the archive's tables.
export { allowStudy, recordView } from './allow-study.ts';
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
export {
  availabilityJobs,
  availabilityRoutes,
  availabilityService,
  findHolders,
} from './availability/index.ts';
export {
  type CommitmentAnswer,
  commitmentJobs,
  commitmentService,
  getCommitment,
  requestCommitment,
} from './commitment/index.ts';
export {
  compressionJobs,
  compressionRoutes,
  compressStudiesJob,
  getPreviewSubject,
  recordPreview,
} from './compression/index.ts';
export { dicomwebRoutes } from './dicomweb.routes.ts';
export { ecgUploadRoutes } from './ecg/upload-ecg.routes.ts';
export { editGeneration, editJobs, readCorrections, studyEditRoutes } from './edits/index.ts';
export { type FrameSource, openFrameSource } from './frames/frame-source.ts';
export type { PixelAttributes, PresetWindow } from './frames/pixel-attributes.ts';
export { importCommand } from './import.cli.ts';
export { type ImportReport, importPaths } from './import-files.ts';
export { getInstanceMetadata, instancePath } from './instance-metadata.ts';
export { maySeeLabels, requireLabel, showsLabel, slideSopClass } from './label-images.ts';
export {
  openFrameBytes,
  openInstanceBytes,
  readInstanceHead,
} from './open-instance.ts';
export { findObjects } from './outgoing/find-objects.ts';
export { type Outgoing, openOutgoing } from './outgoing/open-outgoing.ts';
export { correctionsOf } from './outgoing/outgoing-parts.ts';
export type { ObjectRef, OutgoingAsk } from './outgoing/repo-outgoing.ts';
export { retrieveService } from './outgoing/retrieve.scp.ts';
export type { SentOutcome } from './outgoing/send-objects.ts';
export { sendToNode } from './outgoing/send-to-node.ts';
export {
  type FrameRange,
  frameRanges,
  type PixelLayout,
  parsePixelLayout,
} from './pixel-layout.ts';
export { quarantineRoutes } from './quarantine.routes.ts';
export { findService } from './query/find.scp.ts';
export {
  findPlace,
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
export { isReadersReports } from './saved/left-by-readers.ts';
export { savedRoutes } from './saved/saved.routes.ts';
export { settleBeat } from './settle-study.ts';
export { storeService } from './store.scp.ts';
export { storeInstance } from './store-instance.ts';
export type { StoreHints, StoreOutcome, StoreSource } from './store-outcome.ts';
export { stowRoutes } from './stow.routes.ts';
export type { UnlinkedPorts } from './unlinked.ts';
export { originalMediaType, videoMediaType } from './web/frame-media-type.ts';
export { type BulkValue, openBulk } from './web/open-bulk.ts';
export { sendInstanceFile } from './web/send-objects.ts';
export type { DicomwebPorts } from './web/web-types.ts';
