// What the portal shows of a study's pictures, and the port through which it gets it. The media module gives it
// (getStudyMedia); modules/index.ts puts the two together.
import type { ManifestSeries } from '@yunying/api';
import type { Db } from '../../db/index.ts';

export type StudyMedia = {
  framesReady: number;
  framesTotal: number;
  /** In order of series number. */
  series: ManifestSeries[];
};

export type GetStudyMedia = (db: Db, studyId: string) => Promise<StudyMedia>;
