// Public names of the ui package: tokens come with `import '@yunying/ui/theme.css'`, the rest from here.
export type { BlankKind } from './empty-state.tsx';
export { BlankDrawing, EmptyState } from './empty-state.tsx';
export {
  formatAge,
  formatBytes,
  formatCountdown,
  formatDate,
  formatDateTime,
  formatMonthDay,
  formatUnit,
  timeWithinToday,
  yearOf,
} from './format.ts';
export type { Language, Translate, Words } from './i18n/set-up.ts';
export { currentLanguage, setLanguage, setUpI18n, translate, useLanguage, useT } from './i18n/set-up.ts';
export type { TypeSize } from './preferences.ts';
export { applyTypeSize, setTypeSize, useOnline, useTypeSize } from './preferences.ts';
export { detailOf, isNetworkFailure, Problem, problemOf, sentenceOf } from './problem.tsx';
export { Skeleton, SkeletonGroup } from './skeleton.tsx';
export { LanguageToggle, OfflineLine, TypeSizeToggle } from './toggles.tsx';
