// Wiring: which parts each module gives to the roles. One explicit line per part; nothing is found by magic.
// Order within a list is the order of registration.
import { copyJobs } from '../blob/index.ts';
import type { Context } from '../context.ts';
import { createDimseDoor } from '../dimse/dimse-door.ts';
import type { DimseService } from '../dimse/dimse-service.ts';
import type { DimseDoor, Door } from '../door.ts';
import type { Authorize, HttpPlugin, Listener } from '../http/index.ts';
import type { JobTable } from '../jobs/index.ts';
import { accessJobs, createAuthorize } from './access/index.ts';
import { type PreparedAccounts, prepareAccounts } from './accounts/index.ts';
import {
  archiveJobs,
  availabilityJobs,
  availabilityRoutes,
  availabilityService,
  commitmentJobs,
  commitmentService,
  compressionJobs,
  compressionRoutes,
  compressStudiesJob,
  dicomwebRoutes,
  ecgUploadRoutes,
  editJobs,
  findService,
  quarantineRoutes,
  retrieveService,
  savedRoutes,
  settleBeat,
  storeService,
  stowRoutes,
  studyEditRoutes,
} from './archive/index.ts';
import {
  decodeFrame,
  exportRoutes,
  findSeriesMetadata,
  firstPictureRoutes,
  getStudyMedia,
  mediaJobs,
  mediaRoutes,
  packRoutes,
  printRoutes,
  sendConsoleThumbnail,
  slideRoutes,
  volumeRoutes,
  wadoUriRoutes,
  waveformRoutes,
} from './media/index.ts';
import { prepareInstitution } from './mpi/index.ts';
import { nodeRoutes } from './nodes/index.ts';
import { demoOutboxRoutes, loginCodeSender, notifyJobs } from './notify/index.ts';
import { operationsRoutes, settingRoutes } from './operations/index.ts';
import { hl7MessageRoutes, mllpDoor, mppsService, worklistService } from './orders/index.ts';
import { hangingRoutes, portalRoutes, preferencesRoutes, sessionRoutes } from './portal/index.ts';
import { breakGlassRoutes, labelEverybodyJob, protectionRoutes, protectJobs } from './protect/index.ts';
import {
  findUnlinkedReports,
  getReports,
  reportJobs,
  reportMessages,
  reportRoutes,
} from './reports/index.ts';
import { rightsRoutes } from './rights/index.ts';
import { routingJobs, routingRoutes, studySendRoutes } from './routing/index.ts';
import { shareJobs, shareRoutes } from './share/index.ts';
import { startTrailBeat, trailJobs, trailRoutes } from './trail/index.ts';

/** Before any door opens: the accounts of a first start (its notice is to be printed once) or of the demo. */
export async function prepare(ctx: Context): Promise<PreparedAccounts> {
  await prepareInstitution(ctx);
  return prepareAccounts(ctx);
}

/** Routes of the public listener: patient, doctor, share, DICOMweb, REST. */
export function httpPlugins(ctx: Context): HttpPlugin[] {
  return [
    { routes: sessionRoutes(ctx, 'public') },
    { routes: shareRoutes(ctx, { sendLoginCode: loginCodeSender(ctx) }) },
    { routes: portalRoutes(ctx, { getStudyMedia }) },
    { routes: preferencesRoutes(ctx) },
    { routes: demoOutboxRoutes(ctx) },
    reportRoutes(ctx),
    stowRoutes(ctx),
    ecgUploadRoutes(ctx),
    savedRoutes(ctx),
    dicomwebRoutes(ctx, {
      findSeriesMetadata: (seriesId) => findSeriesMetadata(ctx.db, seriesId),
      decodeFrame: (instance, frame) => decodeFrame(ctx, instance, frame),
    }),
    mediaRoutes(ctx),
    packRoutes(ctx),
    firstPictureRoutes(ctx),
    slideRoutes(ctx),
    wadoUriRoutes(ctx),
    waveformRoutes(ctx),
    exportRoutes(ctx),
    printRoutes(ctx),
    volumeRoutes(ctx),
    studySendRoutes(ctx),
    breakGlassRoutes(ctx),
  ];
}

/** Routes of the administration listener. */
export function adminPlugins(ctx: Context): HttpPlugin[] {
  return [
    { routes: sessionRoutes(ctx, 'admin') },
    nodeRoutes(ctx),
    availabilityRoutes(ctx),
    operationsRoutes(ctx),
    settingRoutes(ctx),
    studyEditRoutes(ctx, {
      countReports: async (db, examId) => (await getReports(db, examId)).length,
      sendThumbnail: (req, reply, of) => sendConsoleThumbnail(ctx, req, reply, of),
    }),
    routingRoutes(ctx),
    protectionRoutes(ctx),
    rightsRoutes(ctx),
    compressionRoutes(ctx),
    hangingRoutes(ctx),
    hl7MessageRoutes(ctx, reportMessages),
    quarantineRoutes(ctx, {
      findUnlinkedReports: (limit, after) => findUnlinkedReports(ctx.db, { limit, after }),
    }),
    trailRoutes(ctx),
  ];
}

/** Enforces the access declaration of every route of both listeners. */
export function authorize(ctx: Context, listener: Listener): Authorize | null {
  return createAuthorize(ctx, listener);
}

/** Job functions by name. */
export function jobs(ctx: Context): JobTable {
  return {
    ...copyJobs(ctx),
    ...archiveJobs,
    ...availabilityJobs,
    ...commitmentJobs,
    ...compressionJobs,
    ...editJobs,
    ...routingJobs,
    ...mediaJobs,
    ...reportJobs,
    ...shareJobs(),
    ...notifyJobs(ctx),
    ...protectJobs(),
    ...accessJobs,
    ...trailJobs,
  };
}

/** The DICOM upper layer listener (role scp). */
export function scp(ctx: Context): DimseDoor {
  return createDimseDoor(ctx, dimseServices(ctx));
}

/** What the DICOM door offers; docs/dicom-conformance.md is generated from it. */
export function dimseServices(ctx: Context): DimseService[] {
  return [
    storeService(ctx),
    findService(ctx),
    retrieveService(ctx),
    commitmentService(ctx),
    availabilityService(ctx),
    worklistService(ctx),
    mppsService(ctx),
  ];
}

/** The HL7 v2 MLLP listener (role mllp), or null while no module gives one. */
export function mllp(ctx: Context): Door | null {
  return mllpDoor(ctx, reportMessages);
}

/** What the role cron keeps running beside the scheduled jobs, in one process at a time. */
export const startBeats = startTrailBeat;

/** Work done on a beat by one process at a time (role cron): name -> every so many seconds -> job to enqueue. */
export function schedule(ctx: Context): { job: string; everySeconds: number }[] {
  return [
    { job: 'archive.settle_studies', everySeconds: settleBeat(ctx.config) },
    { job: 'access.sweep_expired', everySeconds: 3600 },
    { job: 'archive.seal_blobs', everySeconds: 60 },
    ...(ctx.config.storage.copy === null ? [] : [{ job: 'archive.second_copies', everySeconds: 60 }]),
    ...(ctx.config.storage.scrubBytesPerSecond === 0
      ? []
      : [{ job: 'archive.scrub_copies', everySeconds: 60 }]),
    { job: labelEverybodyJob, everySeconds: 24 * 3600 },
    { job: compressStudiesJob, everySeconds: 24 * 3600 },
    { job: 'archive.sweep_orphans', everySeconds: 24 * 3600 },
    { job: 'archive.fold_days', everySeconds: 24 * 3600 },
    { job: 'trail.add_months', everySeconds: 24 * 3600 },
    { job: 'trail.verify', everySeconds: 24 * 3600 },
  ];
}
