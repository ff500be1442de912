// What a page needs first is told to the browser with the page itself (Link: rel=preload, RFC 8288): the picture that a
// study opens with, the examination that is shown. It is known from the address alone, so a page of pictures is drawn
// after two round trips, and its own start page (view.html) lets the picture pass before the app's code.
import { firstPictureUrl } from '@yunying/api';

export type FirstLight = { isView: boolean; link: string | null };

const view = /^\/(?:doctor\/)?view\/([0-9.]{1,64})$/;
const images = /^\/exams\/[0-9]{1,19}\/images\/([0-9.]{1,64})\/([0-9.]{1,64})$/;
const exam = /^\/exams\/([0-9]{1,19})$/;
const uid = /^[0-9.]{1,64}$/;

export function firstLightOf(url: string): FirstLight {
  const { pathname, searchParams } = new URL(url, 'http://page');
  const listed = exam.exec(pathname)?.[1];
  if (listed !== undefined) return { isView: false, link: preload(`/api/exams/${listed}`) };
  const place = view.exec(pathname) ?? images.exec(pathname);
  const study = place?.[1];
  if (study === undefined) return { isView: false, link: null };
  const asked = place?.[2] ?? searchParams.get('series') ?? '';
  const frame = Number(searchParams.get('frame'));
  const series = uid.test(asked) ? asked : null;
  const picture = firstPictureUrl(study, {
    series,
    frame: Number.isInteger(frame) && frame > 0 && frame <= 100_000 ? frame : null,
  });
  return { isView: true, link: preload(picture) };
}

/** As fetch() asks, so that the answer is the one that is waited for. */
function preload(path: string): string {
  return `<${path}>; rel=preload; as=fetch; crossorigin=anonymous; fetchpriority=high`;
}
