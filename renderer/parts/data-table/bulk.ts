import type { ReactElement } from 'react';
import type { FailureData } from '#shared/failure.ts';
import { now } from '../../bridge/clock.ts';
import { toFailure } from '../../bridge/failure.ts';
import type { CommandLine } from '../command-line.ts';

/** What can be done to several rows of a list in one go; asked about first, and answered for each row. */
export interface BulkAction<Row> {
  id: string;
  /** A verb: on its button, in the question and in its dialog. */
  label: string;
  icon: ReactElement;
  /** Asks about so many: `Remove 3 endpoints?` */
  title(count: number): string;
  /** What happens to them. */
  text: string;
  /** Whether it can be done to this row. Rows that it cannot be done to are counted in the question, and left alone. */
  can?(row: Row): boolean;
  /** What people call the row. */
  name(row: Row): string;
  run(row: Row, signal: AbortSignal): Promise<unknown>;
  /** The same on the command line. */
  command(row: Row): CommandLine;
}

/** One row for which it failed. */
export interface BulkFailure {
  key: string;
  name: string;
  failure: FailureData;
}

export interface BulkResult {
  done: number;
  failed: readonly BulkFailure[];
}

/** A person sees no more than this; drawing each of thousands would take longer than doing it. */
const tellMilliseconds = 100;

/** So many are under way together: the agent has other callers. */
const together = 4;

/**
 * Does it to one row after the other, each whatever became of those before; `onProgress` is told now and then, and at the
 * end. Once `signal` is aborted
 * no other row is begun, and those under way are given up.
 */
export async function runForAll<Row>(
  action: BulkAction<Row>,
  rows: readonly { key: string; row: Row }[],
  signal: AbortSignal,
  onProgress: (result: BulkResult) => void,
): Promise<void> {
  const failed: BulkFailure[] = [];
  let done = 0;
  let told = 0;
  const tell = (): void => {
    told = now();
    onProgress({ done, failed: [...failed] });
  };
  const left = rows.values();
  const work = async (): Promise<void> => {
    for (const { key, row } of left) {
      if (signal.aborted) return;
      try {
        await action.run(row, signal);
        done += 1;
      } catch (thrown) {
        if (signal.aborted) return;
        failed.push({ key, name: action.name(row), failure: toFailure(thrown) });
      }
      if (now() - told >= tellMilliseconds) tell();
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  tell();
}
