// What the server puts into a doctor's object before it is stored, whatever the page wrote there: patient and study as
// the study has them (PS3.3 C.7.1, C.7.2), the series of this author and kind, the author, the time. What remains is
// the page's: the presentation, the content tree, the references.
import { type DicomJson, isJsonItem, type JsonElement, parsePersonName } from '@yunying/dicom';
import { derivedClasses } from './derived-classes.ts';
import { ownSeriesUid } from './own-series.ts';

/** Type 2 of the Patient and General Study modules: there even when empty. */
const required: Readonly<Record<string, string>> = {
  '00080020': 'DA',
  '00080030': 'TM',
  '00080050': 'SH',
  '00080090': 'PN',
  '00100010': 'PN',
  '00100020': 'LO',
  '00100030': 'DA',
  '00100040': 'CS',
  '00200010': 'SH',
};
/** Taken over when the study has them. */
const optional = [
  '00080051',
  '00080080',
  '00081030',
  '00100021',
  '00101010',
  '00101020',
  '00101030',
  '00120062',
];
const identity = ['0020000D', '0020000E', '00080016', '00080018'];
const personObserverName = '121008';

export type Dressing = {
  /** Metadata of an image of the study. */
  like: DicomJson;
  studyInstanceUid: string;
  author: { accountId: string; name: string };
  at: Date;
  /** Of the objects that the author has stored in this series before. */
  instanceNumber: number;
};

export function dressDerived(made: DicomJson, sopClassUid: string, dressing: Dressing): DicomJson {
  const { like, author, studyInstanceUid } = dressing;
  const place = derivedClasses[sopClassUid];
  if (place === undefined) throw new Error('not a class that a doctor stores');
  const [date = '', time = ''] = dressing.at
    .toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' })
    .replace(/[-:]/g, '')
    .split(' ');
  const dressed: DicomJson = {};
  for (const [tag, element] of Object.entries(made)) {
    const isOfOthers = tag.startsWith('0002') || tag.startsWith('0010') || tag.startsWith('0012');
    if (!isOfOthers && (!(tag in required) || identity.includes(tag))) dressed[tag] = element;
  }
  for (const [tag, vr] of Object.entries(required)) dressed[tag] = like[tag] ?? { vr };
  for (const tag of optional) {
    const element = like[tag];
    if (element !== undefined) dressed[tag] = element;
  }
  const name = personName(author.name);
  Object.assign(dressed, {
    '00080012': one('DA', date),
    '00080013': one('TM', time),
    '00080060': one('CS', place.modality),
    '00080070': one('LO', 'Yunying'),
    '0020000D': one('UI', studyInstanceUid),
    '0020000E': one('UI', ownSeriesUid(studyInstanceUid, author.accountId, place.modality)),
    '00200011': one('IS', place.seriesNumber),
    '00200013': one('IS', dressing.instanceNumber),
    '0008103E': one('LO', `${titles[place.modality]} ${author.name}`.slice(0, 64)),
  });
  if (place.modality === 'PR') {
    Object.assign(dressed, { '00700082': one('DA', date), '00700083': one('TM', time), '00700084': name });
    return dressed;
  }
  Object.assign(dressed, { '00080023': one('DA', date), '00080033': one('TM', time) });
  dressed['0040A730'] = withObserver(dressed['0040A730'], name);
  if (place.modality === 'SR') dressed['0040A078'] = { vr: 'SQ', Value: [observer(name)] };
  return dressed;
}

const titles = { PR: '显示状态', SR: '测量', KO: '关键图像' };

/** Identified Person or Device Macro (PS3.3 table C.17-2). */
function observer(name: JsonElement): DicomJson {
  return {
    '0040A084': one('CS', 'PSN'),
    '0040A123': name,
    '00401101': { vr: 'SQ' },
    '00080082': { vr: 'SQ' },
  };
}

/** The content item "Person Observer Name" of TID 1003 says who is logged in, also when the page said another. */
function withObserver(content: JsonElement | undefined, name: JsonElement): JsonElement {
  const items = (content?.Value ?? []).filter(isJsonItem);
  const isObserver = (item: DicomJson) => {
    const concept = item['0040A043']?.Value?.[0];
    return isJsonItem(concept) && concept['00080100']?.Value?.[0] === personObserverName;
  };
  return {
    vr: 'SQ',
    Value: items.map((item) => (isObserver(item) ? { ...item, '0040A123': name } : item)),
  };
}

const east = /[\u3400-\u9fff]/;

/** A display name of one word: family name for Chinese is not to be told apart, so it stands whole (PS3.5 §6.2.1). */
function personName(name: string): JsonElement {
  const clean = name
    .replace(/[\\^=\p{Cc}]/gu, ' ')
    .trim()
    .slice(0, 60);
  const { alphabetic } = parsePersonName(clean);
  const groups = east.test(clean) ? { Alphabetic: clean, Ideographic: clean } : { Alphabetic: alphabetic };
  return { vr: 'PN', Value: [groups] };
}

function one(vr: string, value: string | number): JsonElement {
  return { vr, Value: [value] } as JsonElement;
}
