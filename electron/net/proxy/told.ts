import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { ProxyTools } from './tools.ts';

/** It answered, and did not let the request through. */
const refusals: ReadonlySet<string> = new Set<FailureCode>([
  'proxy.refused-connect',
  'proxy.refused-request',
]);

/**
 * Logs how it went, and runs `work` with tools that note each thing once, and notes what ends it as the step that said no, with what to do
 * about it.
 */
export async function told<T>(tools: ProxyTools, work: (tools: ProxyTools) => Promise<T>): Promise<T> {
  const log = tools.log.in('proxy');
  const note: NonNullable<ProxyTools['note']> = (step) => {
    log.debug(step.sentence, { step: step.name, ok: step.ok });
    tools.note?.(step);
  };
  let stage: 'proxy' | 'authentication' | 'tunnel' = 'proxy';
  const heard = new Set<string>();
  try {
    return await work({
      ...tools,
      note(step) {
        stage = step.name === 'authentication' ? 'authentication' : 'tunnel';
        if (!heard.has(step.sentence)) note(step);
        heard.add(step.sentence);
      },
    });
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    if (thrown.about === 'proxy-login') stage = 'authentication';
    if (refusals.has(thrown.code)) stage = 'tunnel';
    const said = thrown.peerSaid === undefined ? null : `It said: ${thrown.peerSaid}`;
    note({ name: stage, ok: false, sentence: [thrown.message, said, thrown.hint].filter(Boolean).join(' ') });
    throw thrown;
  }
}
