import { useState } from 'react';
import type { FailureData } from '#shared/failure.ts';
import { toFailure } from './failure.ts';

interface Running<Input, Output> {
  /** Gives undefined when it failed; the failure is then in `failure`. */
  run(input: Input): Promise<Output | undefined>;
  busy: boolean;
  failure: FailureData | null;
  clear(): void;
}

/** A command started by a person. Keeps neither input nor output: both may hold secrets. */
export function useCommand<Input, Output>(call: (input: Input) => Promise<Output>): Running<Input, Output> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<FailureData | null>(null);
  const run = async (input: Input): Promise<Output | undefined> => {
    setBusy(true);
    setFailure(null);
    try {
      return await call(input);
    } catch (thrown) {
      setFailure(toFailure(thrown));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, failure, clear: () => setFailure(null) };
}
