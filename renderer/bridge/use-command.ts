import { useRef, useState } from 'react';
import type { FailureData } from '#shared/failure.ts';
import { toFailure } from './failure.ts';

interface Running<Input, Output> {
  /** Gives undefined when it failed; the failure is then in `failure`. */
  run(input: Input): Promise<Output | undefined>;
  busy: boolean;
  failure: FailureData | null;
  clear(): void;
  /** Gives up the call that is under way: the agent is told, and `run` gives undefined without a failure. */
  cancel(): void;
}

/** A command started by a person. Keeps neither input nor output: both may hold secrets. */
export function useCommand<Input, Output>(
  call: (input: Input, options: { signal: AbortSignal }) => Promise<Output>,
): Running<Input, Output> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<FailureData | null>(null);
  const giveUp = useRef<AbortController | null>(null);
  const run = async (input: Input): Promise<Output | undefined> => {
    setBusy(true);
    setFailure(null);
    const controller = new AbortController();
    giveUp.current = controller;
    try {
      return await call(input, { signal: controller.signal });
    } catch (thrown) {
      if (!controller.signal.aborted) setFailure(toFailure(thrown));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, failure, clear: () => setFailure(null), cancel: () => giveUp.current?.abort() };
}
