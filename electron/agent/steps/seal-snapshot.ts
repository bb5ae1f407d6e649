import type { Kept } from './shapes.ts';
import { taskSeal } from './task-seal.ts';

/** What a task kept and what was served before it changed anything: nothing else is to be restored, removed or started. */
export const snapshotSeal = taskSeal('snapshot', (kept: Kept) => kept);
