// A grant said in one sentence, Chinese and English, for the administrator who reads what somebody may do.
import type { ExamType } from './exams.ts';
import type { GrantReach } from './rights.ts';

export type SaidGrant = {
  role: string | null;
  roleTitle?: string | undefined;
  permissions: readonly string[] | null;
  /** Null: unreadable. */
  reach: GrantReach | null;
  level: number;
  tags: readonly string[];
  validTo: string | null;
};
/** Names of institutions and departments by id. */
export type PlaceNames = {
  institutions: ReadonlyMap<string, string>;
  departments: ReadonlyMap<string, string>;
};
type Both = { zh: string; en: string };

export const roleWords: Readonly<Record<string, Both>> = {
  doctor: { zh: '医生', en: 'Doctor' },
  department_head: { zh: '科室主任', en: 'Head of department' },
  technician: { zh: '技师', en: 'Technician' },
  registrar: { zh: '登记员', en: 'Registrar' },
  data_steward: { zh: '数据专员', en: 'Data steward' },
  integration_engineer: { zh: '集成工程师', en: 'Integration engineer' },
  consultant: { zh: '会诊医生', en: 'Consultant' },
};

export const examTypeWords: Readonly<Record<ExamType, Both>> = {
  RAD: { zh: '放射', en: 'radiology' },
  US: { zh: '超声', en: 'ultrasound' },
  ES: { zh: '内镜', en: 'endoscopy' },
  PATH: { zh: '病理', en: 'pathology' },
  ECG: { zh: '心电', en: 'ECG' },
  DENT: { zh: '口腔', en: 'dental' },
  PETCT: { zh: 'PET/CT', en: 'PET/CT' },
  NM: { zh: '核医学', en: 'nuclear medicine' },
  OPH: { zh: '眼科', en: 'ophthalmology' },
  OTHER: { zh: '其他', en: 'other' },
};

export const tagWords: Readonly<Record<string, Both>> = {
  vip: { zh: '重要人物', en: 'VIP' },
  staff: { zh: '本院职工', en: 'staff' },
  minor: { zh: '未成年人', en: 'minors' },
  psychiatric: { zh: '精神科', en: 'psychiatric' },
  infectious: { zh: '传染病', en: 'infectious' },
  genetic: { zh: '遗传', en: 'genetic' },
  legal_hold: { zh: '司法保全', en: 'legal hold' },
};

export function grantSentence(grant: SaidGrant, places: PlaceNames): Both {
  const { reach } = grant;
  if (reach === null)
    return { zh: '此授权无法读取，不生效', en: 'This grant cannot be read and gives nothing' };
  const who = whoOf(grant);
  const parts = reachParts(reach, places);
  const opens = grant.tags.map((tag) => tagWords[tag] ?? { zh: tag, en: tag });
  const until = grant.validTo === null ? null : localDay(grant.validTo);
  const ofReach = {
    zh: parts.length === 0 ? '全部' : parts.map((part) => part.zh).join(' '),
    en: parts.length === 0 ? 'all' : parts.map((part) => part.en).join(', '),
  };
  const hours = hoursOf(reach);
  return {
    zh: [
      `${who.zh}：可处理 ${ofReach.zh} 的检查`,
      ...(opens.length === 0 ? [] : [`含受保护患者（${opens.map(({ zh }) => zh).join('、')}）`]),
      ...(grant.level === 4 ? [] : [`密级不超过 ${grant.level} 级`]),
      ...(hours === null ? [] : [hours.zh]),
      ...(until === null ? [] : [`到 ${until} 为止`]),
    ].join('，'),
    en: [
      `${who.en}: ${ofReach.en} exams`,
      ...(opens.length === 0 ? [] : [`protected persons too (${opens.map(({ en }) => en).join(', ')})`]),
      ...(grant.level === 4 ? [] : [`up to level ${grant.level}`]),
      ...(hours === null ? [] : [hours.en]),
      ...(until === null ? [] : [`until ${until}`]),
    ].join('; '),
  };
}

function whoOf({ role, roleTitle, permissions }: SaidGrant): Both {
  if (role === null) {
    const count = permissions?.length ?? 0;
    return { zh: `${count} 项权限`, en: count === 1 ? '1 permission' : `${count} permissions` };
  }
  return roleWords[role] ?? { zh: roleTitle ?? role, en: roleTitle ?? role };
}

function reachParts(reach: GrantReach, places: PlaceNames): Both[] {
  const named = (ids: readonly string[] | undefined, names: ReadonlyMap<string, string>): Both[] =>
    ids === undefined
      ? []
      : [joined(ids.map((id) => names.get(id) ?? `#${id}`).map((name) => ({ zh: name, en: name })))];
  return [
    ...named(reach.institutionIds, places.institutions),
    ...named(reach.departmentIds, places.departments),
    ...(reach.examTypes === undefined ? [] : [joined(reach.examTypes.map((type) => examTypeWords[type]))]),
    ...(reach.ownPatients === undefined
      ? []
      : [{ zh: '本人申请过的患者', en: 'patients this doctor ordered for' }]),
    ...(reach.personIds === undefined
      ? []
      : [{ zh: `指定的 ${reach.personIds.length} 位患者`, en: `${reach.personIds.length} named persons'` }]),
    ...(reach.examIds === undefined
      ? []
      : [{ zh: `指定的 ${reach.examIds.length} 项检查`, en: `${reach.examIds.length} named` }]),
    ...(reach.days === undefined ? [] : [ageOf(reach.days)]),
  ];
}

function joined(words: readonly Both[]): Both {
  return { zh: words.map(({ zh }) => zh).join('、'), en: words.map(({ en }) => en).join(' or ') };
}

function ageOf(days: number): Both {
  if (days % 365 === 0) {
    const years = days / 365;
    return { zh: `近 ${years} 年`, en: years === 1 ? 'of the last year' : `of the last ${years} years` };
  }
  return { zh: `近 ${days} 天`, en: days === 1 ? 'of the last day' : `of the last ${days} days` };
}

const dayNames = ['一', '二', '三', '四', '五', '六', '日'] as const;
const englishDays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

function hoursOf({ hours }: GrantReach): Both | null {
  if (hours === undefined) return null;
  const days = [...hours.weekdays].sort();
  const range = `${hours.from}–${hours.to}`;
  const every = days.length === 7;
  return {
    zh: `仅${every ? '每天' : `周${days.map((day) => dayNames[day - 1]).join('、')}`} ${range}`,
    en: `only ${every ? 'daily' : days.map((day) => englishDays[day - 1]).join(', ')} ${range}`,
  };
}

/** The day in China Standard Time. */
function localDay(moment: string): string {
  return new Date(new Date(moment).getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}
