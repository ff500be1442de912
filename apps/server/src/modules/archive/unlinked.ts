// Studies and reports that belong to no exam yet, newest first, in one list. The reports come from the module that
// owns them, handed in where the modules are wired: it lies above the archive.
import type { UnlinkedItem } from '@yunying/api';
import type { Db } from '../../db/index.ts';
import type { StudyRow } from './archive-types.ts';
import * as repo from './repo.ts';

export type UnlinkedPorts = {
  /** Newest first, ids below `beforeId`; and how many there are in all. */
  findUnlinkedReports?: (
    limit: number,
    beforeId: string | null,
  ) => Promise<{ items: UnlinkedItem[]; total: number }>;
};

export async function listUnlinked(db: Db, ports: UnlinkedPorts, limit: number, cursor: string | null) {
  const none = { items: [] as UnlinkedItem[], total: 0 };
  const [studies, studyCount, reports] = await Promise.all([
    repo.selectUnlinkedStudies(db, limit + 1, cursor),
    repo.countUnlinkedStudies(db),
    ports.findUnlinkedReports?.(limit + 1, cursor) ?? none,
  ]);
  // Row ids grow with time over all tables, so one order and one cursor serve both.
  const merged = [...studies.map(toItem), ...reports.items].sort((a, b) =>
    BigInt(a.id) < BigInt(b.id) ? 1 : -1,
  );
  const items = merged.slice(0, limit);
  return {
    items,
    nextCursor: merged.length > limit ? (items.at(-1)?.id ?? null) : null,
    total: studyCount + reports.total,
  };
}

function toItem(study: StudyRow): UnlinkedItem {
  return {
    kind: 'study',
    id: study.id,
    reason: study.link_reason ?? 'no-order',
    accessionNumber: study.accession_number,
    patientId: study.patient_id === '-' ? null : study.patient_id,
    title:
      [study.modalities?.replaceAll('\\', '/'), study.study_description].filter(Boolean).join(' ') ||
      study.study_instance_uid,
    receivedAt: study.received_at.toISOString(),
  };
}
