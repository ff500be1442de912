// Examinations, reports and the manifest that a viewer opens. The same shapes for patients and doctors;
// the server decides by scope what is in them and masks what the viewer may not see.
import { type Static, Type } from 'typebox';
import { HangingProtocol } from './hanging.ts';
import { Id, Nullable, Uid } from './problem.ts';

export const examTypes = ['RAD', 'US', 'ES', 'PATH', 'ECG', 'DENT', 'PETCT', 'NM', 'OPH', 'OTHER'] as const;
export const ExamType = Type.Enum(examTypes);
export type ExamType = (typeof examTypes)[number];

/** china-interfaces D2: 已申请 已预约 已登记 已检查 已报告 已审核 已发布 已修订 已撤回 已作废. */
export const examStatuses = [
  'requested',
  'scheduled',
  'registered',
  'examined',
  'reported',
  'verified',
  'published',
  'revised',
  'withdrawn',
  'cancelled',
] as const;
export const ExamStatus = Type.Enum(examStatuses);
export type ExamStatus = (typeof examStatuses)[number];

export const ExamListItem = Type.Object({
  id: Id,
  examType: ExamType,
  modality: Nullable(Type.String()),
  itemName: Type.String(),
  examAt: Type.String({ description: 'ISO 8601 with offset' }),
  status: ExamStatus,
  institutionName: Type.String(),
  departmentName: Nullable(Type.String()),
  accessionNumber: Nullable(Type.String()),
  patientName: Type.String(),
  patientId: Type.String(),
  patientSex: Type.String({ description: 'GB/T 2261.1: 0 1 2 9' }),
  patientAge: Nullable(Type.String({ description: '45岁, 8月, 3天' })),
  hasReport: Type.Boolean(),
  imageCount: Type.Integer(),
  studyInstanceUids: Type.Array(Uid),
  keyImageUrl: Nullable(
    Type.String({ description: 'Thumbnail of the middle picture; same origin, immutable.' }),
  ),
  isNew: Type.Boolean({ description: 'Published and never opened by this person.' }),
});
export type ExamListItem = Static<typeof ExamListItem>;

export const ExamList = Type.Object({
  items: Type.Array(ExamListItem),
  nextCursor: Nullable(Type.String()),
  total: Type.Integer(),
  totalIsFloor: Type.Boolean({ description: 'There are more than `total`; they were not all counted.' }),
});
export type ExamList = Static<typeof ExamList>;

/** Query of the patient's own list and of the doctor's worklist. */
export const ExamQuery = Type.Object({
  q: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'Name (Chinese, pinyin, initials), patient id, accession number, item.',
    }),
  ),
  examType: Type.Optional(Type.String({ description: 'Comma separated exam types.' })),
  status: Type.Optional(Type.String({ description: 'Comma separated statuses.' })),
  modality: Type.Optional(Type.String({ maxLength: 16 })),
  from: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  to: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  patientId: Type.Optional(
    Type.String({ maxLength: 64, description: 'All exams of the person behind this patient row id.' }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 128 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
export type ExamQuery = Static<typeof ExamQuery>;

export const ReportPage = Type.Object({
  page: Type.Integer(),
  url: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
});
export const ReportVersion = Type.Object({
  reportId: Id,
  version: Type.Integer(),
  state: Type.Union([
    Type.Literal('preliminary'),
    Type.Literal('final'),
    Type.Literal('corrected'),
    Type.Literal('withdrawn'),
  ]),
  title: Type.String(),
  findings: Nullable(Type.String()),
  impression: Nullable(Type.String()),
  body: Nullable(Type.String()),
  author: Nullable(Type.String()),
  verifier: Nullable(Type.String()),
  reportedAt: Nullable(Type.String()),
  pages: Type.Array(ReportPage, { description: 'Empty while the pages are still being made.' }),
  pdfUrl: Nullable(Type.String()),
});
export type ReportVersion = Static<typeof ReportVersion>;

export const SeriesSummary = Type.Object({
  seriesInstanceUid: Uid,
  modality: Nullable(Type.String()),
  seriesNumber: Nullable(Type.Integer()),
  description: Nullable(Type.String()),
  kind: Type.Union(
    [
      Type.Literal('stack'),
      Type.Literal('multiframe'),
      Type.Literal('slide'),
      Type.Literal('video'),
      Type.Literal('waveform'),
      Type.Literal('document'),
      Type.Literal('sr'),
      Type.Literal('other'),
    ],
    {
      description:
        'How to show it. stack and multiframe have film and reading; waveform and document have pages only.',
    },
  ),
  frameCount: Type.Integer(),
  instanceCount: Type.Integer(),
  thumbnailUrl: Nullable(Type.String()),
});
export type SeriesSummary = Static<typeof SeriesSummary>;

export const StudySummary = Type.Object({
  studyInstanceUid: Uid,
  description: Nullable(Type.String()),
  studyDate: Nullable(Type.String()),
  mediaState: Type.Union([
    Type.Literal('none'),
    Type.Literal('preparing'),
    Type.Literal('ready'),
    Type.Literal('partial'),
  ]),
  frameCount: Type.Integer(),
  series: Type.Array(SeriesSummary),
});
export type StudySummary = Static<typeof StudySummary>;

export const ExamDetail = Type.Object({
  exam: ExamListItem,
  reports: Type.Array(ReportVersion, {
    description: 'The current version of each report of the exam, newest first.',
  }),
  withdrawn: Type.Boolean(),
  studies: Type.Array(StudySummary),
  priors: Type.Array(ExamListItem, {
    description: 'Other exams of the same person, newest first, at most 20.',
  }),
});
export type ExamDetail = Static<typeof ExamDetail>;

/** One frame of a film: what layer 0 shows and where layer 1 finds the pixels. */
export const ManifestFrame = Type.Object({
  sopInstanceUid: Uid,
  frameNumber: Type.Integer({ minimum: 1 }),
  filmUrl: Nullable(Type.String({ description: 'WebP, long side 512, default window baked in.' })),
  filmBytes: Type.Optional(Type.Integer({ description: 'Of the film picture, once it is made.' })),
  lengths: Type.Optional(
    Type.Array(Type.Integer(), {
      description: 'HTJ2K prefix lengths per resolution level; the last is the whole codestream.',
    }),
  ),
});
export const ManifestVideo = Type.Object({
  sopInstanceUid: Uid,
  url: Nullable(
    Type.String({ description: 'MP4 for a video element; null while it is not made or cannot be.' }),
  ),
  posterUrl: Type.String(),
  frameTimeMs: Nullable(Type.Number()),
  frames: Type.Integer(),
  rows: Nullable(Type.Integer()),
  columns: Nullable(Type.Integer()),
});
export const ManifestSeries = Type.Object({
  seriesInstanceUid: Uid,
  modality: Nullable(Type.String()),
  seriesNumber: Nullable(Type.Integer()),
  description: Nullable(Type.String()),
  kind: SeriesSummary.properties.kind,
  thumbnailUrl: Nullable(Type.String()),
  metadataUrl: Type.String({ description: 'WADO-RS metadata of the series, DICOM JSON.' }),
  rows: Nullable(Type.Integer()),
  columns: Nullable(Type.Integer()),
  bitsStored: Nullable(Type.Integer()),
  lossy: Type.Boolean(),
  frameTimeMs: Nullable(Type.Number({ description: 'Frame Time of a cine, ms.' })),
  windows: Type.Array(Type.Object({ label: Type.String(), center: Type.Number(), width: Type.Number() })),
  frames: Type.Array(ManifestFrame, { description: 'Display order.' }),
  pages: Type.Array(ReportPage, { description: 'Rendered pages of a waveform or document object.' }),
  waveforms: Type.Optional(
    Type.Array(Type.String(), { description: 'Addresses of the traces of waveform objects (waveform.ts).' }),
  ),
  slideUrl: Type.Optional(
    Type.String({ description: 'Of a whole slide: its levels and where their tiles are.' }),
  ),
  videos: Type.Optional(Type.Array(ManifestVideo)),
});
export type ManifestVideo = Static<typeof ManifestVideo>;
export type ManifestFrame = Static<typeof ManifestFrame>;
export type ManifestSeries = Static<typeof ManifestSeries>;
export const StudyManifest = Type.Object({
  studyInstanceUid: Uid,
  examId: Nullable(Id),
  title: Type.String(),
  patientName: Type.String(),
  patientSex: Type.String(),
  patientAge: Nullable(Type.String()),
  patientId: Type.String(),
  institutionName: Type.String(),
  studyDate: Nullable(Type.String()),
  mediaState: StudySummary.properties.mediaState,
  framesReady: Type.Integer(),
  framesTotal: Type.Integer(),
  notForDiagnosis: Type.Boolean(),
  series: Type.Array(ManifestSeries),
  hanging: Type.Optional(Nullable(HangingProtocol)),
});
export type StudyManifest = Static<typeof StudyManifest>;
