// Addresses of the patient app and back again. Pure: a path in, a route out; unknown paths are 'unknown', so that
// no link ends on an empty page.

export type Route =
  | { name: 'home' }
  | { name: 'entry'; code: string }
  | { name: 'share' }
  | { name: 'exams' }
  | { name: 'exam'; examId: string }
  | { name: 'report'; examId: string; reportId: string }
  | { name: 'images'; examId: string; studyInstanceUid: string; seriesInstanceUid: string | null }
  | { name: 'view'; studyInstanceUid: string }
  | { name: 'unknown' };

const id = '([0-9]{1,19})';
const uid = '([0-9.]{1,64})';
/** An optional part that is absent is undefined. */
const patterns: [RegExp, (parts: (string | undefined)[]) => Route][] = [
  [/^\/$/, () => ({ name: 'home' })],
  [/^\/r\/([^/]{1,200})$/, ([code = '']) => ({ name: 'entry', code })],
  [/^\/s\/[^/]+$/, () => ({ name: 'share' })],
  [/^\/exams$/, () => ({ name: 'exams' })],
  [new RegExp(`^/exams/${id}$`), ([examId = '']) => ({ name: 'exam', examId })],
  [
    new RegExp(`^/exams/${id}/report/${id}$`),
    ([examId = '', reportId = '']) => ({ name: 'report', examId, reportId }),
  ],
  [
    new RegExp(`^/exams/${id}/images/${uid}(?:/${uid})?$`),
    ([examId = '', studyInstanceUid = '', seriesInstanceUid]) => ({
      name: 'images',
      examId,
      studyInstanceUid,
      seriesInstanceUid: seriesInstanceUid ?? null,
    }),
  ],
  [new RegExp(`^/view/${uid}$`), ([studyInstanceUid = '']) => ({ name: 'view', studyInstanceUid })],
];

export function routeOf(path: string): Route {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path;
  for (const [pattern, toRoute] of patterns) {
    const found = pattern.exec(trimmed);
    if (found !== null) return toRoute(found.slice(1).map(decode));
  }
  return { name: 'unknown' };
}

export const pathTo = {
  home: '/',
  exams: '/exams',
  entry: (code: string) => `/r/${encodeURIComponent(code)}`,
  exam: (examId: string) => `/exams/${examId}`,
  report: (examId: string, reportId: string) => `/exams/${examId}/report/${reportId}`,
  images: (examId: string, studyInstanceUid: string, seriesInstanceUid?: string) =>
    `/exams/${examId}/images/${studyInstanceUid}${seriesInstanceUid === undefined ? '' : `/${seriesInstanceUid}`}`,
};

/** Where the back arrow leads when the page was opened directly. */
export function parentOf(route: Route): string {
  switch (route.name) {
    case 'exam':
      return pathTo.exams;
    case 'report':
    case 'images':
      return pathTo.exam(route.examId);
    case 'home':
    case 'entry':
    case 'share':
    case 'exams':
    case 'view':
    case 'unknown':
      return pathTo.home;
  }
}

function decode(part: string | undefined): string | undefined {
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
