// Ids of the studies and series that instances have lately been put into, and when a study row was last touched.
// A cache only: what is not here is asked of the database, and it is cleared whenever a commit fails.

type KnownStudy = { id: string; touchedAt: number };
type Place = { studyInstanceUid: string; seriesInstanceUid: string };
type KnownSeries = { id: string; studyId: string };

export type FreshRows = { studies: Map<string, string>; series: Map<string, KnownSeries> };

const mostStudies = 2000;
const mostSeries = 10_000;
const expectKnownMs = 10_000;

export class RowCache {
  readonly touchEveryMs: number;
  readonly #studies = new Map<string, KnownStudy>();
  readonly #series = new Map<string, KnownSeries>();
  readonly #expectKnown = new Map<string, number>();

  constructor(touchEveryMs: number) {
    this.touchEveryMs = touchEveryMs;
  }

  study(studyInstanceUid: string): KnownStudy | undefined {
    return this.#studies.get(studyInstanceUid);
  }

  /** Known, and touched so lately that this instance need not touch it again. */
  isWarm(studyInstanceUid: string): boolean {
    const known = this.#studies.get(studyInstanceUid);
    return known !== undefined && Date.now() - known.touchedAt < this.touchEveryMs;
  }

  /** Study and series are known and belong together, and nothing of the study was sent twice lately. */
  holds({ studyInstanceUid, seriesInstanceUid }: Place): boolean {
    const study = this.#studies.get(studyInstanceUid);
    const series = this.#series.get(seriesInstanceUid);
    if (study === undefined || series?.studyId !== study.id) return false;
    return Date.now() - (this.#expectKnown.get(studyInstanceUid) ?? 0) > expectKnownMs;
  }

  expectKnown(studyInstanceUid: string): void {
    put(this.#expectKnown, studyInstanceUid, Date.now(), mostStudies);
  }

  series(seriesInstanceUid: string): KnownSeries | undefined {
    return this.#series.get(seriesInstanceUid);
  }

  /** `at`: when the transaction began. Only after the commit: rows of a rolled back transaction do not exist. */
  remember(fresh: FreshRows, at: number): void {
    for (const [uid, id] of fresh.studies) put(this.#studies, uid, { id, touchedAt: at }, mostStudies);
    for (const [uid, series] of fresh.series) put(this.#series, uid, series, mostSeries);
  }

  clear(): void {
    this.#studies.clear();
    this.#series.clear();
  }
}

function put<T>(map: Map<string, T>, key: string, value: T, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= limit) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
