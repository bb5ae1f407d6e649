import { Failure } from '#shared/failure.ts';
import type { ServiceManager, ServiceManagerKind, ServiceTools } from './service.ts';
import { isSystemdBooted, systemdManager } from './systemd.ts';
import { hasInitScripts, sysvManager } from './sysv.ts';

const managers: Record<ServiceManagerKind, (tools: ServiceTools) => ServiceManager> = {
  systemd: systemdManager,
  sysv: sysvManager,
};

/** The manager that is named, or the one that this machine was started by. */
export function serviceManager(tools: ServiceTools, named: ServiceManagerKind | null): ServiceManager {
  const kind = named ?? (isSystemdBooted() ? 'systemd' : hasInitScripts() ? 'sysv' : null);
  if (kind !== null) return managers[kind](tools);
  throw new Failure(
    'service.no-manager',
    'This machine has neither systemd nor init scripts with start-stop-daemon.',
    {
      hint: 'Have your own service manager start "trustkeep run --system", and stop it with SIGTERM.',
    },
  );
}
