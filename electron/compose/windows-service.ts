import { systemClock } from '#kit/clock.ts';
import { type LogLevel, makeLog } from '#kit/log.ts';
import { version } from '#kit/version.ts';
import { Failure } from '#shared/failure.ts';
import type { Settings } from '#shared/model/settings.ts';
import { codeOfFailure, exitCodes } from '../cli/exit-codes.ts';
import { runHeadless } from '../headless.ts';
import { writeEvent } from '../service/windows/events.ts';
import { ServiceHost } from '../service/windows/host.ts';
import { windowsLibrary } from '../service/windows/library.ts';
import { logInto, serviceLog } from '../service/windows/log-file.ts';
import { serviceName } from '../service/windows/scm.ts';
import { listOfPipe, serviceSid } from '../service/windows/sddl.ts';
import { setPipeAccess } from '../service/windows/security.ts';
import { failureOf } from '../transport/client.ts';
import { socketPlace } from '../transport/socket-place.ts';

interface WindowsServiceOptions {
  dataDirectory: string;
  logLevel: LogLevel;
  settings: Partial<Settings>;
  /** The identity (`S-1-…`) of those who may call it besides administrators; null: no one. */
  group: string | null;
}

/**
 * The agent as a service that Windows has started, until it is stopped or the machine shuts down: running steps may
 * finish. What it logs is in a file, its beginning and end in the event log too. Resolves with the exit code, which
 * Windows knows by then; rejects only where Windows did not start it.
 */
export async function runAsWindowsService(options: WindowsServiceOptions): Promise<number> {
  const { dataDirectory, logLevel, settings, group } = options;
  if (process.platform !== 'win32')
    throw new Failure('usage', '"run --service" is for the service manager of Windows.', {
      hint: 'Leave out --service.',
    });
  const write = logInto(serviceLog(dataDirectory));
  const log = makeLog(write, logLevel, systemClock.now, 'service');
  const sayWhyNot = ({ message, code, hint }: Failure) =>
    log.error(`the agent could not run: ${message}`, { code, hint });
  try {
    windowsLibrary();
  } catch (thrown) {
    sayWhyNot(failureOf(thrown)); // Windows keeps no output, and could not be told
    throw thrown;
  }
  const host = await ServiceHost.begin(systemClock);
  const isAnswering = () => {
    const { path } = socketPlace(dataDirectory);
    try {
      setPipeAccess(path, listOfPipe(serviceSid(serviceName), group));
    } catch (thrown) {
      log.warn('only administrators may call the agent', { because: failureOf(thrown).message });
    }
  };
  const ready = (sentence: string) => {
    host.ready();
    writeEvent('information', `${sentence}.`);
  };
  try {
    const listener = { ready, stopping: () => host.stopping() };
    const code = await runHeadless({
      ...{ dataDirectory, logLevel, settings, write, listener, isAnswering, asked: host.asked },
    });
    writeEvent('information', `Trustkeep ${version} has stopped.`);
    host.ended(code);
    return code;
  } catch (thrown) {
    const failure = failureOf(thrown);
    sayWhyNot(failure);
    writeEvent('error', `Trustkeep ${version} could not run: ${failure.message}`);
    const code = codeOfFailure(failure) || exitCodes.failed;
    host.ended(code);
    return code;
  }
}
