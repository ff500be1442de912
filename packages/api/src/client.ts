// The typed client of the web apps: one function per REST route of ours. Cookies carry the session;
// errors arrive as ApiError with the server's code and sentence.
import type { EcgDoor, EcgUploaded } from './ecg-upload.ts';
import type { Entry, Me, Proof, Proved, SmsCodeSent } from './entry.ts';
import type { ExamDetail, ExamList, ExamQuery, StudyManifest } from './exams.ts';
import type { FilmPrint, StudyPrint, StudyPrints } from './printing.ts';
import type { Problem } from './problem.ts';
import type { AccessRequest, NewBreakGlass, OpenGlass, OpenGlasses, OpeningNotice } from './protection.ts';
import type { ReaderPreferences } from './reader-preferences.ts';
import type { RoutingSend, StudySends } from './routing.ts';

export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

type Options = { signal?: AbortSignal; language?: string };

export async function callApi<T>(
  method: string,
  path: string,
  body?: unknown,
  options: Options = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  const isFile = body instanceof Blob;
  if (body !== undefined) headers['content-type'] = isFile ? 'application/octet-stream' : 'application/json';
  if (options.language !== undefined) headers['accept-language'] = options.language;
  const response = await fetch(path, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (!response.ok) throw new ApiError(await problemOf(response));
  return (response.status === 204 ? undefined : await response.json()) as T;
}

const queryOf = (query: object): string => {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
};

export const api = {
  openEntry: (code: string, o?: Options) =>
    callApi<Entry>('GET', `/api/entry/${encodeURIComponent(code)}`, undefined, o),
  sendSmsCode: (code: string, o?: Options) =>
    callApi<SmsCodeSent>('POST', `/api/entry/${encodeURIComponent(code)}/sms-code`, {}, o),
  prove: (code: string, proof: Proof, o?: Options) =>
    callApi<Proved>('POST', `/api/entry/${encodeURIComponent(code)}/proof`, proof, o),
  me: (o?: Options) => callApi<Me>('GET', '/api/me', undefined, o),
  readerPreferences: (o?: Options) => callApi<ReaderPreferences>('GET', '/api/me/reading', undefined, o),
  saveReaderPreferences: (preferences: ReaderPreferences, o?: Options) =>
    callApi<void>('PUT', '/api/me/reading', preferences, o),
  logOut: (o?: Options) => callApi<void>('POST', '/api/logout', {}, o),
  logIn: (loginName: string, password: string, o?: Options) =>
    callApi<Me>('POST', '/api/staff/login', { loginName, password }, o),
  changePassword: (oldPassword: string, newPassword: string, o?: Options) =>
    callApi<void>('POST', '/api/staff/password', { oldPassword, newPassword }, o),
  /** Patients get their own exams, doctors the whole worklist in their scope. */
  findExams: (query: ExamQuery, o?: Options) =>
    callApi<ExamList>('GET', `/api/exams${queryOf(query)}`, undefined, o),
  getExam: (examId: string, o?: Options) => callApi<ExamDetail>('GET', `/api/exams/${examId}`, undefined, o),
  getManifest: (studyInstanceUid: string, o?: Options) =>
    callApi<StudyManifest>('GET', `/api/studies/${studyInstanceUid}/manifest`, undefined, o),
  /** Answers nothing while pictures of the study may be read; else throws what an absent study throws. */
  stillOpen: (studyInstanceUid: string, o?: Options) =>
    callApi<void>('GET', `/api/studies/${studyInstanceUid}/still-open`, undefined, o),
  openGlasses: (o?: Options) => callApi<OpenGlasses>('GET', '/api/break-glass', undefined, o),
  breakGlass: (asked: NewBreakGlass, o?: Options) => callApi<OpenGlass>('POST', '/api/break-glass', asked, o),
  requestAccess: (asked: AccessRequest, o?: Options) =>
    callApi<null>('POST', '/api/protection-requests', asked, o),
  endGlass: (id: string, o?: Options) => callApi<void>('POST', `/api/break-glass/${id}/end`, {}, o),
  /** A patient's ledger: who of the staff opened protected records, and when. */
  openingNotices: (o?: Options) => callApi<OpeningNotice[]>('GET', '/api/me/openings', undefined, o),
  getStudySends: (studyInstanceUid: string, o?: Options) =>
    callApi<StudySends>('GET', `/api/studies/${studyInstanceUid}/sends`, undefined, o),
  sendStudy: (studyInstanceUid: string, nodeId: string, o?: Options) =>
    callApi<RoutingSend>('POST', `/api/studies/${studyInstanceUid}/sends`, { nodeId }, o),
  changeStudySend: (studyInstanceUid: string, id: string, act: 'retry' | 'cancel', o?: Options) =>
    callApi<RoutingSend>('POST', `/api/studies/${studyInstanceUid}/sends/${id}/${act}`, {}, o),
  getEcgDoor: (o?: Options) => callApi<EcgDoor>('GET', '/api/ecgs', undefined, o),
  uploadEcg: (file: Blob, o?: Options) => callApi<EcgUploaded>('POST', '/api/ecgs', file, o),
  getStudyPrints: (studyInstanceUid: string, o?: Options) =>
    callApi<StudyPrints>('GET', `/api/studies/${studyInstanceUid}/prints`, undefined, o),
  printStudy: (studyInstanceUid: string, print: FilmPrint, o?: Options) =>
    callApi<StudyPrint>('POST', `/api/studies/${studyInstanceUid}/prints`, print, o),
  retryPrint: (studyInstanceUid: string, id: string, o?: Options) =>
    callApi<StudyPrint>('POST', `/api/studies/${studyInstanceUid}/prints/${id}/retry`, {}, o),
};

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {
      type: 'about:blank',
      title: response.statusText,
      status: response.status,
      code: 'network',
      traceId: '',
    };
  }
}
