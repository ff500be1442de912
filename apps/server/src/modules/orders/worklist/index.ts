// Public names of the modality worklist.
export { askWorklist, type WorklistAsk, type WorklistEntry } from './ask-worklist.ts';
export { planExam } from './plan-items.ts';
export { readSchedule } from './read-schedule.ts';
export { worklistCommands } from './worklist.cli.ts';
export { worklistService } from './worklist.scp.ts';
