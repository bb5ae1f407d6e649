import type { CommandChange } from '#shared/model/changes/command.ts';

/**
 * Lines of a script for the shell that set `unit` to the systemd unit that process `$pid` is the main one of, empty where there is none. A unit
 * counts only when systemd itself says so, and that it can be reloaded: one without ExecReload= refuses.
 */
export const reloadableUnit = `
unit=
if [ -d /run/systemd/system ]; then
  unit=$(sed -n 's|^.*/\\([^/]*\\.service\\).*$|\\1|p' "/proc/$pid/cgroup" 2>/dev/null | head -n 1)
  told=$(systemctl show --property=MainPID --property=CanReload "$unit" 2>/dev/null)
  case "
$told
" in
    *"
MainPID=$pid
"*) case $told in *CanReload=yes*) ;; *) unit=;; esac;;
    *) unit=;;
  esac
fi
`;

/** systemd must do it where the server is its own, so that its view stays right. */
export const unitReload = (server: string, unit: string): CommandChange => ({
  kind: 'command',
  argv: ['systemctl', 'reload', unit],
  why: `${server} runs as the unit ${unit}: systemd reloads it.`,
});

export const unitStart = (unit: string): string[] => ['systemctl', 'start', unit];

/** The units that these commands of a plan reload. */
export const reloadedUnits = (commands: readonly CommandChange[]): string[] =>
  commands.flatMap(({ argv: [name, verb, unit] }) =>
    name === 'systemctl' && verb === 'reload' && unit !== undefined ? [unit] : [],
  );
