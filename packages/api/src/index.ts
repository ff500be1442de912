export * from './administration.ts';
export * from './client.ts';
export * from './entry.ts';
export * from './exams.ts';
export * from './permissions.ts';
export * from './problem.ts';
export * from './routing.ts';
export * from './study-edits.ts';
