// Start of the reading room's page: its picture first, then the app, the room and the viewer side by side, and with them
// what they will ask for. Without this each would be known only when the one before had come.
import { api, firstPictureUrl } from '@yunying/api';
import { askEarly, showFirstPicture } from '@yunying/ui/first-light';
import { readingSearch } from './reading/reading-search.ts';

const study = /\/view\/([0-9.]{1,64})$/.exec(window.location.pathname)?.[1];

if (study === undefined) void import('./main.tsx');
else void open(study);

async function open(studyInstanceUid: string): Promise<void> {
  const { series, frame } = readingSearch(Object.fromEntries(new URLSearchParams(window.location.search)));
  const words = { zhCn: '预览图，正在读取原图…', en: 'Preview picture, reading the originals…' };
  await showFirstPicture({ url: firstPictureUrl(studyInstanceUid, { series, frame }), words });
  askEarly('me', () => api.me());
  askEarly(`manifest ${studyInstanceUid}`, () => api.getManifest(studyInstanceUid));
  void import('./main.tsx');
  void import('./reading/reading-page.tsx');
  // The room says it when this fails.
  import('@yunying/viewer').then(({ warmUp }) => warmUp()).catch(() => undefined);
}
