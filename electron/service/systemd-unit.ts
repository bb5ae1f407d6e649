import { credentialName, sharedDirectory } from '#kit/paths.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { ServiceSpec } from './service.ts';

/** What servers of this machine open for writing when they are asked to test a configuration. */
const openedByServers = new Set(
  Object.values(endpointCatalog).flatMap((type: { opensHere?: readonly string[] }) => type.opensHere ?? []),
);

/** For files of any owner, and to signal a server; nothing for devices, modules, networks or time. */
const capabilitiesOfRoot =
  'CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_NET_BIND_SERVICE CAP_SETGID CAP_SETUID CAP_SYS_PTRACE';

/**
 * The unit of the agent (systemd.service(5), systemd.exec(5)). An account of its own sees the system read-only and keeps
 * one right, to listen for http-01 at port 80; root besides may change the directories named, and run what servers need.
 */
export function systemdUnit(spec: ServiceSpec): string {
  const shared = spec.group === null ? [] : [`--socket-directory=${sharedDirectory}`];
  const argv = [...spec.program, 'run', `--data-directory=${spec.dataDirectory}`, ...shared];
  const root = spec.account === 'root';
  return `${[
    '# Made by "trustkeep service install". Settings of your own: systemctl edit trustkeep',
    '[Unit]',
    'Description=Trustkeep agent',
    'Wants=network-online.target',
    'After=network-online.target nss-lookup.target',
    'StartLimitIntervalSec=10min',
    'StartLimitBurst=10',
    '',
    '[Service]',
    'Type=notify',
    'NotifyAccess=all',
    `ExecStart=${argv.map(quoted).join(' ')}`,
    `User=${spec.account}`,
    ...(spec.group === null
      ? []
      : [`Group=${spec.group}`, 'RuntimeDirectory=trustkeep', 'RuntimeDirectoryMode=0750']),
    ...(spec.masterKeyFile === null
      ? []
      : [`LoadCredential=${credentialName}:${specified(spec.masterKeyFile)}`]),
    'Restart=on-failure',
    'RestartSec=10',
    'TimeoutStartSec=5min',
    '# running steps may finish',
    'TimeoutStopSec=5min',
    '# the agent says every few minutes that its loop runs; when it is silent, it is started again',
    'WatchdogSec=15min',
    'UMask=0077',
    'LimitCORE=0',
    '',
    ...(root ? rightsOfRoot : rightsOfOwnAccount),
    ...commonRights,
    `ReadWritePaths=${quoted(spec.dataDirectory)}`,
    ...(root ? [...openedByServers, ...spec.writable] : []).map(
      (path) => `ReadWritePaths=${quoted(`-${path}`)}`,
    ),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ].join('\n')}\n`;
}

const rightsOfRoot = [`CapabilityBoundingSet=${capabilitiesOfRoot}`];
const rightsOfOwnAccount = [
  '# to answer http-01 at port 80',
  'CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
  'AmbientCapabilities=CAP_NET_BIND_SERVICE',
  'RestrictSUIDSGID=yes',
];

const commonRights = [
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=read-only',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'RestrictRealtime=yes',
  'RestrictNamespaces=yes',
  'LockPersonality=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
];

/** The data directory that such a unit names; null: none. */
export function dataDirectoryOfUnit(unit: string): string | null {
  const word = /^ExecStart=.* "--data-directory=((?:[^"\\]|\\.)*)"/m.exec(unit)?.[1];
  return (
    word
      ?.replaceAll('%%', '%')
      .replaceAll('$$', () => '$')
      .replaceAll(/\\(.)/g, '$1') ?? null
  );
}

/** A word of a command line or list of paths (systemd.service(5), quoting): % names a specifier, $ a variable. */
function quoted(word: string): string {
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$');
  return `"${specified(escaped)}"`;
}

function specified(word: string): string {
  return word.replaceAll('%', '%%');
}
