// The list of photographs: who, which address, what is done there, at which sizes. Kinds of examination are rows of one
// table; each gives the patient's film and reading layer, and the doctor's room on a phone and at a desk.

import {
  click,
  drag,
  hold,
  inTurn,
  key,
  mark,
  offline,
  pause,
  press,
  pressWord,
  refuse,
  type Step,
  see,
} from './steps.ts';
import type { Look, Size, Studio, Who } from './studio.ts';

export type Shot = {
  /** Name of the file and caption. */
  name: string;
  group: string;
  who: Who;
  /** Whose examination; also the address's, where it names one. */
  caseKey: string;
  path(studio: Studio): string | Promise<string>;
  sizes: readonly Size[];
  language?: Look['language'];
  type?: Look['type'];
  /** Before the page is opened. */
  before?: Step;
  /** When it has been opened, until it is worth a photograph. */
  after?: Step;
};

const both = ['phone', 'desktop'] as const;
const all = ['phone', 'tablet', 'desktop'] as const;

type Kind = { caseKey: string; film: string | null; reading: 'layer' | 'none'; room: Step };

const room = mark('full-current');
const page = see('.yv-pages img');
const picture = '.stage-picture, .film-stage, .stage-count, .full-button';
const document = '.pages-slot img';
/** `film`: what shows that the patient's page is there; null where an examination is not published to patients. */
const kinds: Kind[] = [
  { caseKey: 'ct-head', film: picture, reading: 'layer', room },
  { caseKey: 'mr-head', film: picture, reading: 'layer', room },
  { caseKey: 'pet-ct', film: picture, reading: 'layer', room },
  { caseKey: 'nm-heart', film: picture, reading: 'layer', room },
  { caseKey: 'xa-coronary', film: picture, reading: 'layer', room },
  { caseKey: 'dr-chest', film: picture, reading: 'layer', room },
  { caseKey: 'mg', film: picture, reading: 'layer', room },
  { caseKey: 'us-heart', film: picture, reading: 'layer', room },
  { caseKey: 'us-abdomen', film: picture, reading: 'layer', room },
  { caseKey: 'endoscopy', film: picture, reading: 'layer', room },
  { caseKey: 'endoscopy-video', film: picture, reading: 'layer', room },
  { caseKey: 'pathology', film: picture, reading: 'layer', room },
  { caseKey: 'dental', film: picture, reading: 'layer', room },
  { caseKey: 'ecg', film: 'canvas, .ecg-stage', reading: 'none', room: see('.yv-ecg, .yv-ecg-paper') },
  { caseKey: 'encapsulated-pdf', film: document, reading: 'none', room: page },
  { caseKey: 'sr', film: null, reading: 'none', room: page },
  { caseKey: 'cda', film: document, reading: 'none', room: page },
];

const images = (studio: Studio, caseKey: string) => {
  const { id, studyInstanceUid } = studio.exam(caseKey);
  return `${studio.place.http}/exams/${id}/images/${studyInstanceUid}`;
};
const view =
  (caseKey: string, search = '') =>
  (studio: Studio) =>
    `${studio.place.http}/doctor/view/${studio.exam(caseKey).studyInstanceUid}${search}`;

const ofKinds: Shot[] = kinds.flatMap(({ caseKey, film, reading, room }): Shot[] => [
  ...(film === null
    ? []
    : [
        {
          name: `patient-film-${caseKey}`,
          group: '患者 · 胶片',
          who: 'patient' as const,
          caseKey,
          path: (studio: Studio) => images(studio, caseKey),
          sizes: both,
          after: inTurn(see(film), pause(700)),
        },
      ]),
  ...(reading === 'none'
    ? []
    : [
        {
          name: `patient-reading-${caseKey}`,
          group: '患者 · 阅片',
          who: 'patient' as const,
          caseKey,
          path: (studio: Studio) => `${images(studio, caseKey)}`,
          sizes: both,
          after: inTurn(click('.full-button'), mark('full-current')),
        },
      ]),
  {
    name: `doctor-room-${caseKey}`,
    group: '医生 · 阅片室',
    who: 'doctor',
    caseKey,
    path: view(caseKey),
    sizes: both,
    after: inTurn(room, pause(400)),
  },
]);

const patientPage = (
  name: string,
  path: (studio: Studio) => string,
  after: Step,
  more: Partial<Shot> = {},
): Shot => ({
  name: `patient-${name}`,
  group: '患者 · 页面',
  who: 'patient',
  caseKey: 'ct-head',
  path,
  sizes: all,
  after,
  ...more,
});
const link = ({ place }: Studio) => place.patient.url;
const examPage = (caseKey: string) => (studio: Studio) =>
  `${studio.place.http}/exams/${studio.exam(caseKey).id}`;
const list = ({ place }: Studio) => `${place.http}/exams`;
const report = inTurn(click('a[href*="/report/"]'), see('.pages-slot img'));

const ofPatients: Shot[] = [
  patientPage('landing', link, see('.code-row'), { who: 'nobody' }),
  patientPage('landing-large', link, see('.code-row'), { who: 'nobody', type: 'large', sizes: ['phone'] }),
  patientPage('landing-en', link, see('.code-row'), { who: 'nobody', language: 'en', sizes: ['phone'] }),
  patientPage('home', ({ place }) => place.http, pause(500), { who: 'nobody' }),
  patientPage('landing-wrong-link', ({ place }) => `${place.http}/r/AAAAAAAAAAAAAAAAAAAAAA`, pause(800), {
    who: 'nobody',
    sizes: ['phone'],
  }),
  patientPage('list', list, see('a[href^="/exams/"]')),
  patientPage('list-large', list, see('a[href^="/exams/"]'), { type: 'large', sizes: ['phone'] }),
  patientPage('list-en', list, see('a[href^="/exams/"]'), { language: 'en', sizes: ['phone'] }),
  patientPage('list-loading', list, pause(1200), { before: hold(/\/api\/exams/), sizes: ['phone'] }),
  patientPage('list-error', list, pause(6000), { before: refuse(/\/api\/exams/, 500), sizes: ['phone'] }),
  patientPage('list-signed-out', list, pause(1500), { who: 'nobody', sizes: ['phone'] }),
  patientPage('list-offline', list, inTurn(see('a[href^="/exams/"]'), offline, see('.yy-line-problem')), {
    sizes: ['phone'],
  }),
  patientPage('exam', examPage('ct-head'), see('a[href*="/report/"]')),
  patientPage('exam-large', examPage('ct-head'), see('a[href*="/report/"]'), {
    type: 'large',
    sizes: ['phone'],
  }),
  patientPage('exam-en', examPage('ct-head'), see('a[href*="/report/"]'), {
    language: 'en',
    sizes: ['phone'],
  }),
  patientPage('exam-ecg', examPage('ecg'), pause(1500), { caseKey: 'ecg', sizes: ['phone'] }),
  patientPage('exam-loading', examPage('ct-head'), pause(1200), {
    before: hold(/\/api\/exams\/\d/),
    sizes: ['phone'],
  }),
  patientPage('exam-error', examPage('ct-head'), pause(6000), {
    before: refuse(/\/api\/exams\/\d/, 503),
    sizes: ['phone'],
  }),
  patientPage('report', examPage('ct-head'), report),
  patientPage('report-corrected', examPage('us-abdomen'), report, {
    caseKey: 'us-abdomen',
    sizes: ['phone'],
  }),
  patientPage('film-loading', (studio) => images(studio, 'ct-head'), pause(1200), {
    before: hold(/\/manifest/),
    sizes: ['phone'],
  }),
  patientPage('film-error', (studio) => images(studio, 'ct-head'), pause(6000), {
    before: refuse(/\/manifest/, 500),
    sizes: ['phone'],
  }),
  patientPage(
    'film-more',
    (studio) => images(studio, 'ct-head'),
    inTurn(see('.full-button'), pressWord('更多')),
    {
      sizes: ['phone'],
    },
  ),
  patientPage(
    'film-volume',
    (studio) => `${images(studio, 'ct-head')}?read=volume`,
    inTurn(see('.yv-sv-tile:visible'), pause(6000)),
    { sizes: both },
  ),
  patientPage(
    'film-volume-solid',
    (studio) => `${images(studio, 'ct-head')}?read=volume`,
    inTurn(see('.yv-sv-tile:visible'), pause(2500), pressWord('立体'), pause(6000)),
    { sizes: ['phone'] },
  ),
  patientPage('unknown', ({ place }) => `${place.http}/nowhere`, pause(800), { sizes: ['phone'] }),
];

const doctorPage = (
  name: string,
  path: (studio: Studio) => string,
  after: Step,
  more: Partial<Shot> = {},
): Shot => ({
  name: `doctor-${name}`,
  group: '医生 · 页面',
  who: 'doctor',
  caseKey: 'ct-head',
  path,
  sizes: all,
  after,
  ...more,
});
const worklist = ({ place }: Studio) => `${place.http}/doctor/`;

const ofDoctors: Shot[] = [
  doctorPage('log-in', worklist, see('input[type=password]'), { who: 'nobody' }),
  doctorPage('log-in-en', worklist, see('input[type=password]'), {
    who: 'nobody',
    language: 'en',
    sizes: ['desktop'],
  }),
  doctorPage('worklist', worklist, pause(1500)),
  doctorPage('worklist-en', worklist, pause(1500), { language: 'en', sizes: both }),
  doctorPage('worklist-empty', ({ place }) => `${place.http}/doctor/?q=没有这个人`, pause(1500), {
    sizes: both,
  }),
  doctorPage('worklist-loading', worklist, pause(1200), { before: hold(/\/api\/exams/), sizes: both }),
  doctorPage('worklist-error', worklist, pause(6000), { before: refuse(/\/api\/exams/, 500), sizes: both }),
  doctorPage(
    'exam',
    (studio) => `${studio.place.http}/doctor/?exam=${studio.exam('ct-head').id}`,
    inTurn(see('.exam-head'), pause(800)),
  ),
  doctorPage('room-loading', view('ct-head'), pause(1200), { before: hold(/\/manifest/), sizes: both }),
  doctorPage('room-error', view('ct-head'), pause(6000), { before: refuse(/\/manifest/, 500), sizes: both }),
  doctorPage('room-unknown', ({ place }) => `${place.http}/doctor/view/1.2.3`, pause(1500), { sizes: both }),
  doctorPage('not-found', ({ place }) => `${place.http}/doctor/nowhere`, pause(800), { sizes: ['desktop'] }),
];

const inRoom = (name: string, caseKey: string, after: Step, more: Partial<Shot> = {}): Shot => ({
  name: `doctor-${name}`,
  group: '医生 · 阅片功能',
  who: 'doctor',
  caseKey,
  path: view(caseKey),
  sizes: ['desktop'],
  after: inTurn(room, pause(400), after),
  ...more,
});
const stage = '.yv-stage';
const planes = inTurn(press('三维重建'), mark('mpr-complete'));
const solid = inTurn(planes, see('.yv-solid-stage[data-drawn=sharp]'));
const drawn = inTurn(
  key('l'),
  drag(stage, [0.38, 0.42], [0.62, 0.56]),
  key('e'),
  drag(stage, [0.52, 0.3], [0.62, 0.4]),
  pause(500),
);
const phoneMore = (word: string) => inTurn(pressWord('更多'), pressWord(word));

const ofRooms: Shot[] = [
  inRoom('room-en', 'ct-head', pause(0), { language: 'en', sizes: both }),
  inRoom('room-tablet', 'ct-head', pause(0), { sizes: ['tablet'] }),
  inRoom('compare', 'ct-head', pause(1500), {
    path: (studio) => view('ct-head', `?compare=${studio.exam('pet-ct').studyInstanceUid}`)(studio),
  }),
  inRoom('measured', 'ct-head', drawn, { sizes: both }),
  inRoom('saved', 'ct-head', inTurn(drawn, click('.yv-saved-opener'), pause(600))),
  inRoom('tags', 'ct-head', inTurn(press('DICOM 标签'), pause(800))),
  inRoom('keys', 'ct-head', inTurn(press('快捷键'), pause(300))),
  inRoom('presets', 'ct-head', inTurn(press('窗位'), pause(300))),
  inRoom('export', 'ct-head', inTurn(click('.side-handles button:has-text("导出")'), pause(400))),
  inRoom('mpr', 'ct-head', solid),
  inRoom('mpr-mr', 'mr-head', solid),
  inRoom('mip', 'pet-ct', planes),
  inRoom('mpr-phone', 'mr-head', inTurn(phoneMore('三维重建'), mark('mpr-complete'), pause(500)), {
    sizes: ['phone'],
  }),
  inRoom(
    'solid-phone',
    'ct-head',
    inTurn(
      phoneMore('三维重建'),
      mark('mpr-complete'),
      click('.yv-volume-planes button:has-text("三维")'),
      see('.yv-solid-stage[data-drawn=sharp]'),
    ),
    { sizes: ['phone'] },
  ),
  inRoom('sheet-window', 'ct-head', pressWord('窗'), { sizes: ['phone'] }),
  inRoom('sheet-measure', 'ct-head', pressWord('量'), { sizes: ['phone'] }),
  inRoom('sheet-more', 'ct-head', pressWord('更多'), { sizes: ['phone'] }),
];

const madeKinds = ['slide', 'video', 'mouth', 'mammograms', 'ultrasound', 'nuclear'] as const;
const ofMade: Shot[] = madeKinds.map((kind) => ({
  name: `doctor-made-${kind}`,
  group: '医生 · 生成的检查',
  who: 'doctor',
  caseKey: 'ct-head',
  path: async (studio) => `${studio.place.http}/doctor/view/${await studio.madeStudy(kind)}`,
  sizes: both,
  after: inTurn(room, pause(1500)),
}));

const consolePages = [
  'quarantine',
  'unlinked',
  'messages',
  'corrections',
  'jobs',
  'nodes',
  'routing',
  'compression',
  'hanging',
] as const;
const consoleSizes = ['office', 'desktop', 'phone'] as const;
const consolePage = (name: string, path: string, more: Partial<Shot> = {}): Shot => ({
  name: `admin-${name}`,
  group: '管理台',
  who: 'system_admin',
  caseKey: 'ct-head',
  path: ({ place }) => `${place.adminHttp}${path}`,
  sizes: consoleSizes,
  after: pause(1200),
  ...more,
});

const ofConsole: Shot[] = [
  consolePage('log-in', '/', { who: 'nobody', after: see('input[type=password]') }),
  consolePage('overview', '/'),
  ...consolePages.map((name) => consolePage(name, `/${name}`)),
  consolePage('overview-en', '/', { language: 'en', sizes: ['office'] }),
  consolePage('nodes-en', '/nodes', { language: 'en', sizes: ['office'] }),
  consolePage('compression-en', '/compression', { language: 'en', sizes: ['office'] }),
  consolePage('hanging-en', '/hanging', { language: 'en', sizes: ['office'] }),
  consolePage('overview-security', '/', { who: 'security_admin', sizes: ['office'] }),
  consolePage('overview-audit', '/', { who: 'audit_admin', sizes: ['office'] }),
  consolePage('nodes-loading', '/nodes', { before: hold(/\/api\/.*nodes/), sizes: ['office'] }),
  consolePage('nodes-error', '/nodes', {
    before: refuse(/\/api\/.*nodes/, 500),
    after: pause(6000),
    sizes: ['office'],
  }),
];

export const shots: readonly Shot[] = [
  ...ofPatients,
  ...ofKinds,
  ...ofMade,
  ...ofRooms,
  ...ofDoctors,
  ...ofConsole,
];
