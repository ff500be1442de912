// English words every app shows; the same keys as zh-cn.ts, checked by the type.
import type { UiWord } from './zh-cn.ts';

export const en: Record<UiWord, string> = {
  'ui.back': 'Back',
  'ui.close': 'Close',
  'ui.retry': 'Try again',
  'ui.loading': 'Loading',
  'ui.languageToggle': '中文',
  'ui.languageToggleLabel': '中文，切换语言',
  'ui.typeLarge': 'A+',
  'ui.typeNormal': 'A',
  'ui.typeLargeLabel': 'A+ large type',
  'ui.typeNormalLabel': 'A normal type',
  'ui.offline': 'You are offline. The page continues by itself when the network is back.',
  'ui.today': 'Today {{time}}',

  'problem.title': 'This cannot be shown right now',
  'problem.network': 'The network is not working well. Please check it and try again.',
  'problem.unexpected': 'Something went wrong on this page. Please try again, or contact the hospital.',
  'problem.trace': 'Reference {{id}}',

  'examType.RAD': 'Radiology',
  'examType.US': 'Ultrasound',
  'examType.ES': 'Endoscopy',
  'examType.PATH': 'Pathology',
  'examType.ECG': 'ECG',
  'examType.DENT': 'Dental',
  'examType.PETCT': 'PET/CT',
  'examType.NM': 'Nuclear medicine',
  'examType.OPH': 'Eye',
  'examType.OTHER': 'Other',

  'examStatus.requested': 'Requested',
  'examStatus.scheduled': 'Scheduled',
  'examStatus.registered': 'Registered',
  'examStatus.examined': 'Examined',
  'examStatus.reported': 'Reported',
  'examStatus.verified': 'Verified',
  'examStatus.published': 'Published',
  'examStatus.revised': 'Revised',
  'examStatus.withdrawn': 'Withdrawn',
  'examStatus.cancelled': 'Cancelled',

  'reportState.preliminary': 'Preliminary',
  'reportState.final': 'Final',
  'reportState.corrected': 'Corrected',
  'reportState.withdrawn': 'Withdrawn',

  'sex.0': 'Sex unknown',
  'sex.1': 'Male',
  'sex.2': 'Female',
  'sex.9': 'Sex not stated',
};
