import type { CommandChange } from '#shared/model/changes/command.ts';
import type { Change } from '#shared/model/changes/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { coldStart } from '../../../../electron/providers/endpoints/nginx/cold-start.ts';
import { nginxRemembers } from '../../../../electron/providers/endpoints/nginx/remembers.ts';
import { fakeHash } from './world.ts';

/** A server block that shares its files with another one gets its own, in a directory of ours. */
export function installInNginx(target: EndpointNode): InstallPlan {
  const configuration = `/etc/nginx/sites-enabled/${target.endpointName}`;
  return {
    nodeKey: target.key,
    changes: [...newFiles(target), ...editsOf(target, configuration), ...commands],
    standsOn: [
      { what: 'content', name: '/etc/nginx/nginx.conf', sha256: fakeHash('nginx.conf') },
      { what: 'content', name: configuration, sha256: fakeHash('conf') },
    ],
    remembers: nginxRemembers.write({
      keepDir: directoryOf(target),
      keyName: `${slugOf(target)}.key`,
      previousFingerprint: target.certificate?.fingerprint ?? null,
      program: '/usr/sbin/nginx',
      version: 'nginx/1.26.2',
      configPath: '/etc/nginx/nginx.conf',
      prefix: '/usr/share/nginx',
      givenPrefix: null,
      givenErrorLog: null,
      givenDirectives: null,
      builtPidPath: '/run/nginx.pid',
      errorLogPath: '/var/log/nginx/error.log',
      pidPath: '/run/nginx.pid',
      family: null,
    }),
    shares: [
      {
        what: 'address',
        who: neighbour,
        sentence: `${neighbour} also answers at 0.0.0.0:443. Clients that send no server name will get the new certificate there.`,
      },
    ],
    proofs: target.bindings.map(({ address, port }) => ({ address, port, serverName: target.name })),
    neighbours: target.bindings.flatMap(({ address, port }) =>
      ['status', 'careers', 'media', 'intranet', 'mail'].map((name) => ({
        ...{ address, port, serverName: `${name}.nordhafen.example` },
        ...{ who: `server ${name}.nordhafen.example (/etc/nginx/conf.d/${name}.conf:3)` },
        ...{ expects: 'as-before' as const, certificatePath: `/etc/nginx/tls/${name}.pem` },
        ...(name === 'mail' ? { startTls: 'imap' as const } : {}),
      })),
    ),
    coldStart: coldStart({ runsAs: 0, askedBy: { id: 0, name: 'root' } }),
    listeners: target.bindings.flatMap(({ address }) => [80, 443].map((port) => ({ address, port }))),
    warnings: [`The current files are also used by ${neighbour}, so this node gets its own files.`],
  };
}

const neighbour = 'server status.shop.nordhafen.example (/etc/nginx/conf.d/status.conf:3)';

const directoryOf = ({ certificatePath }: EndpointNode): string =>
  (certificatePath ?? '/etc/nginx/tls/fullchain.pem').replace(/\/[^/]*$/, '');

const slugOf = ({ name, key }: EndpointNode): string => `${name}-${fakeHash(key).slice(0, 8)}`;

/** Where its own files come to lie, without their ending. */
const ownFile = (target: EndpointNode): string => `${directoryOf(target)}/trustkeep/${slugOf(target)}`;

function newFiles(target: EndpointNode): Change[] {
  const file = (
    ending: string,
    holds: 'private-key' | 'certificate',
    group: string,
    mode: number,
  ): Change => ({
    kind: 'file',
    path: ownFile(target) + ending,
    holds,
    before: null,
    after: { sha256: null, ownership: posix('root', group, mode) },
  });
  const parent = directoryOf(target);
  return [
    { kind: 'directory', path: `${parent}/trustkeep`, like: parent },
    file('.key', 'private-key', 'ssl-cert', 0o640),
    file('.crt', 'certificate', 'root', 0o644),
  ];
}

function editsOf(target: EndpointNode, path: string): Change[] {
  const ownership = posix('root', 'root', 0o644);
  const edit = (directive: string, line: number, before: string, after: string): Change => ({
    kind: 'configuration-line',
    path,
    line,
    before: `${directive} ${before};`,
    after: `${directive} ${after};`,
    replaces: { path, start: line * 28, end: line * 28 + before.length, text: after },
  });
  return [
    {
      kind: 'file',
      path,
      holds: 'configuration',
      before: { sha256: fakeHash('conf'), size: 3122, ownership },
      after: { sha256: fakeHash('edited'), ownership },
    },
    edit('ssl_certificate', 28, `${directoryOf(target)}/fullchain.pem`, `${ownFile(target)}.crt`),
    edit('ssl_certificate_key', 29, `${directoryOf(target)}/key.pem`, `${ownFile(target)}.key`),
  ];
}

/** What makes nginx serve what was installed. */
export const reload: CommandChange = {
  kind: 'command',
  argv: ['systemctl', 'reload', 'nginx.service'],
  why: 'nginx runs as the unit nginx.service: systemd reloads it.',
};

const commands: Change[] = [
  {
    kind: 'command',
    argv: ['/usr/sbin/nginx', '-t', '-c', '/etc/nginx/nginx.conf'],
    why: 'nginx checks its configuration before anything is reloaded.',
  },
  reload,
];
