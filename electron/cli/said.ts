import { asFailure, type Failure } from '#shared/failure.ts';
import type { CliIo } from './io.ts';
import { failureLines } from './print/tasks.ts';
import { plain, plainJson } from './table.ts';

/** Said beside the answer. A script that asked for JSON gets one value a line here too, a failure being the last. */
export function aside(text: string, json: boolean, io: CliIo): void {
  io.stderr(`${json ? plainJson({ note: text }) : plain(text)}\n`);
}

/** One sentence and what to do about it; scripts that want JSON get the failure as it is. */
export function tell(failure: Failure, json: boolean, io: CliIo): void {
  const data = asFailure(failure).toData();
  const text = json ? plainJson(data) : failureLines(data, io.clock.now()).map(plain).join('\n');
  io.stderr(`${text}\n`);
}
