// Start of the film's page: its picture first, then the app and the manifest side by side.
import { api, firstPictureUrl } from '@yunying/api';
import { askEarly, showFirstPicture } from '@yunying/ui/first-light';
import { frameOf } from './film/place.ts';

const place = /^\/exams\/[0-9]+\/images\/([0-9.]{1,64})\/([0-9.]{1,64})$/.exec(window.location.pathname);
const [, study, series] = place ?? [];

if (study === undefined || series === undefined) void import('./main.tsx');
else void open(study, series);

async function open(studyInstanceUid: string, seriesInstanceUid: string): Promise<void> {
  const frame = frameOf(new URLSearchParams(window.location.search));
  const at = { series: seriesInstanceUid, frame: frame === null ? null : frame + 1 };
  const words = { zhCn: '预览', en: 'Preview' };
  await showFirstPicture({ url: firstPictureUrl(studyInstanceUid, at), words });
  askEarly(`manifest ${studyInstanceUid}`, () => api.getManifest(studyInstanceUid));
  void import('./main.tsx');
}
