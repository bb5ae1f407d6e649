import type { FailureData } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { AuditEntry } from '#shared/model/audit.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Notification } from '#shared/model/notification.ts';
import type { Order } from '#shared/model/order.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { StepName, StepState, Task, TaskState } from '#shared/model/task.ts';
import { day, fakeHash, hour, minute, type World } from './world.ts';

/** What the agent of the rich world did: tasks in every state, plans, orders, notifications, audit. */
export function addHistory(world: World): void {
  addTasks(world);
  addOrders(world);
  addRenewals(world);
  addNotifications(world);
  addAudit(world);
}

const forward: StepName[] = [
  'plan',
  'approve',
  'make-key',
  'place-order',
  'await-certificate',
  'check-material',
  'snapshot',
  'install',
  'restart',
  'prove',
  'finish',
];

const sentences: Partial<Record<StepName, string>> = {
  plan: '3 files, 1 configuration line and 2 commands; the plan is kept with the task.',
  approve: 'Approved by mara at the window.',
  'make-key': 'EC P-256 key pair made on the endpoint with openssl; the private key stays there.',
  'place-order': 'Order 1020 was placed with Sectigo.',
  'await-certificate': 'The authority validated all names and issued the certificate.',
  'check-material': 'Key and certificate fit; the chain is complete and leads to a trusted root.',
  snapshot: '3 files kept with content, owner and mode.',
  install: '2 files written, 1 configuration line changed.',
  restart: 'nginx reloaded in 0.2 s.',
  prove: '10.20.4.11:443 and [2001:db8:20:4::11]:443 show the new key and full chain.',
  finish: 'Renewal is planned at two thirds of its life.',
};

const installFailure: FailureData = {
  code: 'endpoint.reload-failed',
  sentence: 'nginx on shop-web-2 refused to reload its configuration.',
  hint: 'Correct the configuration named below, then renew the node again.',
  retry: 'needs-person',
  peerSaid:
    'nginx: [emerg] bind() to 0.0.0.0:8443 failed (98: Address already in use)\nnginx: configuration file /etc/nginx/nginx.conf test failed',
};

function node(world: World, endpoint: string, name: string): EndpointNode {
  const found = world.nodes.find(
    (one) => one.endpointName === endpoint && one.name === name && one.protocol === 'https',
  );
  if (found === undefined) throw new Error(`no node ${endpoint}/${name}`);
  return found;
}

interface TaskSpec {
  node: EndpointNode;
  state: TaskState;
  at: number;
  /** Index of the step it is at; earlier ones are done. */
  step: number;
  stepState?: StepState;
  sentence?: string;
  failure?: FailureData;
  restored?: Task['restored'];
  waitingFor?: Task['waitingFor'];
  origin?: Task['origin'];
  undo?: StepState;
  took?: number;
}

function makeTask(world: World, spec: TaskSpec): Task {
  const ended = !['queued', 'running', 'waiting'].includes(spec.state);
  const took = spec.took ?? 8_400;
  const start = world.now - spec.at;
  const each = took / forward.length;
  const steps: Task['steps'] = forward.map((name, index) => {
    const state: StepState =
      index < spec.step ? 'done' : index === spec.step ? (spec.stepState ?? 'done') : 'to-do';
    const begun = state !== 'to-do';
    const over = begun && !['running', 'waiting'].includes(state);
    return {
      name,
      state: state === 'to-do' && ended && spec.state === 'failed' ? 'skipped' : state,
      attempt: begun ? 1 : 0,
      startedAt: begun ? start + Math.round(index * each) : null,
      finishedAt: over ? start + Math.round((index + 1) * each) : null,
      sentence:
        index === spec.step && spec.sentence !== undefined
          ? spec.sentence
          : begun
            ? (sentences[name] ?? null)
            : null,
      failure: null,
    };
  });
  if (spec.undo !== undefined)
    for (const name of ['restore', 'prove-restore'] as const)
      steps.push({
        name,
        state: spec.undo,
        attempt: 1,
        startedAt: start + took - 900,
        finishedAt: start + took - 300,
        sentence:
          name === 'restore'
            ? '3 files put back byte for byte, with owner and mode; nginx reloaded.'
            : '10.20.4.12:443 serves the previous certificate again.',
        failure: null,
      });
  const task: Task = {
    id: `task_${fakeHash(`${spec.node.id}${spec.at}${spec.state}`).slice(0, 12)}`,
    kind: 'certify',
    subject: {
      kind: 'node',
      id: spec.node.id,
      name: spec.node.name,
      within: { kind: 'endpoint', id: spec.node.endpointId, name: spec.node.endpointName },
    },
    origin: spec.origin ?? 'gui',
    actor: null,
    outsideId: null,
    state: spec.state,
    steps,
    waitingFor: spec.waitingFor ?? null,
    wakeAt: spec.waitingFor === 'back-off' || spec.waitingFor === 'authority' ? world.now + 9 * minute : null,
    failure: spec.failure ?? null,
    restored: spec.restored ?? null,
    createdAt: start,
    finishedAt: ended ? start + took : null,
  };
  world.tasks.push(task);
  world.plans.set(task.id, makePlan(world, spec.node, spec.origin === 'agent' ? 'renewal' : 'request'));
  return task;
}

function addTasks(world: World): void {
  const shop = node(world, 'shop-web-1', 'checkout.nordhafen.example');
  const waiting = makeTask(world, {
    node: shop,
    state: 'waiting',
    at: 11 * minute,
    step: 1,
    stepState: 'waiting',
    sentence: 'The plan is waiting for approval.',
    waitingFor: 'approval',
  });
  addApproval(world, waiting, 'pending');
  const renewal = makeTask(world, {
    node: node(world, 'api-edge-fra', 'api.nordhafen.example'),
    state: 'waiting',
    at: 38 * minute,
    step: 1,
    stepState: 'waiting',
    sentence: 'The plan is waiting for approval.',
    waitingFor: 'approval',
    origin: 'agent',
  });
  addApproval(world, renewal, 'pending');
  makeTask(world, {
    node: node(world, 'vpn-concentrator', 'vpn.nordhafen.example'),
    state: 'waiting',
    at: 3 * hour,
    step: 4,
    stepState: 'waiting',
    sentence: 'Sectigo is still checking the organization; asked again every 10 minutes.',
    waitingFor: 'authority',
    origin: 'cli',
  });
  makeTask(world, {
    node: node(world, 'grafana', 'grafana.nordhafen.internal'),
    state: 'running',
    at: 6_000,
    step: 8,
    stepState: 'running',
    sentence: 'nginx is reloading.',
    origin: 'agent',
  });
  makeTask(world, {
    node: node(world, 'grafana', 'prometheus.nordhafen.internal'),
    state: 'queued',
    at: 5_000,
    step: -1,
    origin: 'agent',
  });
  const failed = makeTask(world, {
    node: node(world, 'shop-web-2', 'checkout.nordhafen.example'),
    state: 'failed',
    at: 4 * hour,
    step: 8,
    stepState: 'failed',
    sentence: 'The reload was refused; the previous state is put back.',
    failure: installFailure,
    restored: 'proved',
    undo: 'done',
  });
  addApproval(world, failed, 'approved');
  const done = makeTask(world, {
    node: node(world, 'shop-web-1', 'shop.nordhafen.example'),
    state: 'succeeded',
    at: 28 * hour,
    step: 11,
  });
  addApproval(world, done, 'approved');
  makeTask(world, {
    node: node(world, 'api-edge-ams', 'api.nordhafen.example'),
    state: 'succeeded-with-warnings',
    at: 2 * day,
    step: 9,
    stepState: 'done-with-warning',
    sentence: 'The certificate is served, but without OCSP stapling although it was served with it before.',
    took: 3 * minute + 4_000,
  });
  const rejected = makeTask(world, {
    node: node(world, 'legacy-portal', 'portal.nordhafen.internal'),
    state: 'cancelled',
    at: 3 * day,
    step: 1,
    stepState: 'failed',
    sentence: 'Rejected by jonas: “wait for the maintenance window”.',
  });
  addApproval(world, rejected, 'rejected');
  makeTask(world, {
    node: node(world, 'intranet', 'wiki.nordhafen.internal'),
    state: 'succeeded',
    at: 5 * day,
    step: 11,
    origin: 'agent',
  });
  addDiscovery(world, 'shop-web-1', 'succeeded', 95 * minute, null);
  addDiscovery(world, 'print-server', 'failed', 5 * hour, {
    code: 'nginx.not-found',
    sentence: 'nginx was not found on print-server.',
    hint: 'Name its path with "nginx program" in the settings of the endpoint.',
    retry: 'needs-person',
  });
}

function addDiscovery(
  world: World,
  endpoint: string,
  state: TaskState,
  at: number,
  failure: FailureData | null,
): void {
  const found = world.endpoints.find((one) => one.name === endpoint);
  if (found === undefined) return;
  const start = world.now - at;
  world.tasks.push({
    id: `task_${fakeHash(`discover${endpoint}`).slice(0, 12)}`,
    kind: 'discover',
    subject: { kind: 'endpoint', id: found.id, name: found.name, within: null },
    origin: 'gui',
    actor: null,
    outsideId: null,
    state,
    steps: [
      {
        name: 'discover',
        state: failure === null ? 'done' : 'failed',
        attempt: 1,
        startedAt: start,
        finishedAt: start + 640,
        sentence: failure === null ? '3 nodes found, 1 new.' : null,
        failure,
      },
    ],
    waitingFor: null,
    wakeAt: null,
    failure,
    restored: null,
    createdAt: start,
    finishedAt: start + 640,
  });
}

export function makePlan(world: World, target: EndpointNode, reason: Plan['reason']): Plan {
  const authority =
    world.authorities.find((one) => one.name === (target.name.endsWith('.internal') ? 'local' : 'Sectigo')) ??
    world.authorities[0];
  if (authority === undefined) throw new Error('no authority');
  const directory = (target.certificatePath ?? '/etc/nginx/tls/fullchain.pem').replace(/\/[^/]*$/, '');
  const file = (path: string, size: number, owner: string, group: string, mode: number) => ({
    sha256: fakeHash(path),
    size,
    ownership: posix(owner, group, mode),
  });
  const configuration = `/etc/nginx/sites-enabled/${target.endpointName}`;
  const line = `    ssl_certificate_key ${directory}/key.pem;`;
  return {
    fingerprintVersion: 2,
    endpointId: target.endpointId,
    endpointName: target.endpointName,
    nodeId: target.id,
    nodeName: target.name,
    reason,
    names: target.serverNames,
    keyType: 'ec-p256',
    keyPlace: {
      where: 'target',
      why: 'openssl 3.0.15 on the endpoint can make it, so the private key never leaves the endpoint.',
    },
    authority: { id: authority.id, name: authority.name, kind: authority.kind },
    terms: { profile: null, days: 90 },
    bound: { connection: 'this machine', endpoint: 'e'.repeat(64), authority: 'a'.repeat(64) },
    install: {
      nodeKey: target.key,
      changes: [
        {
          kind: 'file',
          path: `${directory}/fullchain.pem`,
          holds: 'certificate',
          before: file(`${directory}/fullchain.pem`, 5481, 'root', 'root', 0o644),
          after: { sha256: null, ownership: posix('root', 'root', 0o644) },
        },
        {
          kind: 'file',
          path: `${directory}/key-2026-01.pem`,
          holds: 'private-key',
          before: null,
          after: { sha256: null, ownership: posix('root', 'ssl-cert', 0o640) },
        },
        {
          kind: 'file',
          path: configuration,
          holds: 'configuration',
          before: file('conf', 3122, 'root', 'root', 0o644),
          after: { sha256: fakeHash('conf after'), ownership: posix('root', 'root', 0o644) },
        },
        {
          kind: 'configuration-line',
          path: configuration,
          line: 29,
          before: line,
          after: `    ssl_certificate_key ${directory}/key-2026-01.pem;`,
          replaces: {
            path: configuration,
            start: 812,
            end: 812 + `${directory}/key.pem`.length,
            text: `${directory}/key-2026-01.pem`,
          },
        },
        {
          kind: 'command',
          argv: ['/usr/sbin/nginx', '-t', '-q'],
          why: 'Checks the configuration before anything is reloaded.',
        },
        {
          kind: 'command',
          argv: ['/usr/sbin/nginx', '-s', 'reload'],
          why: 'Makes the new certificate be served; no connection is dropped.',
        },
      ],
      standsOn: [
        { what: 'content', name: '/etc/nginx/nginx.conf', sha256: fakeHash('nginx.conf') },
        { what: 'content', name: configuration, sha256: fakeHash('conf') },
      ],
      remembers: {
        by: 'nginx',
        version: 1,
        facts: [
          { name: 'keepDir', label: 'Copies and new keys are kept in', value: directory },
          { name: 'program', label: 'nginx program', value: '/usr/sbin/nginx' },
          { name: 'pidPath', label: 'Pid file', value: '/run/nginx.pid' },
        ],
      },
      shares: [
        {
          what: 'certificate',
          who: 'server status.shop.nordhafen.example (/etc/nginx/conf.d/status.conf:3)',
          sentence: 'It names the same certificate file and will serve the new certificate too.',
        },
        {
          what: 'address',
          who: 'server shop.nordhafen.example (/etc/nginx/sites-enabled/shop:3)',
          sentence: 'It listens at the same address and port and answers when no name matches.',
        },
      ],
      proofs: target.bindings.map((one) => ({
        address: one.address,
        port: one.port,
        serverName: target.name,
      })),
      warnings:
        reason === 'renewal'
          ? []
          : [
              'The certificate in use was issued by Let’s Encrypt and did not come through Trustkeep; something else may renew it too.',
            ],
    },
    fingerprint: fakeHash(`plan${target.id}${reason}`),
  };
}

function addApproval(world: World, task: Task, state: Approval['state']): void {
  const plan = world.plans.get(task.id);
  if (plan === undefined) return;
  const decided = state !== 'pending';
  world.approvals.push({
    id: `apr_${fakeHash(task.id).slice(0, 12)}`,
    taskId: task.id,
    plan,
    state,
    decidedBy: decided ? (state === 'rejected' ? 'jonas' : 'mara') : null,
    decidedOrigin: decided ? 'gui' : null,
    decidedAt: decided ? task.createdAt + 4 * minute : null,
    comment: state === 'rejected' ? 'wait for the maintenance window' : null,
    createdAt: task.createdAt,
  });
}

function addOrders(world: World): void {
  const obtained = world.certificates.filter((one) => one.orderNumber !== null);
  for (const certificate of obtained)
    world.orders.push(
      order(world, certificate.orderNumber ?? 0, certificate.names, 'collected', certificate.fingerprint),
    );
  world.orders.push(order(world, 1020, ['vpn.nordhafen.example'], 'waiting-for-approval', null));
  const refused = order(world, 1002, ['billing.nordhafen.exmaple'], 'refused', null);
  refused.refusedBecause = {
    code: 'authority.refused',
    sentence: 'Sectigo refused the order: billing.nordhafen.exmaple does not exist in DNS.',
    retry: 'needs-person',
  };
  world.orders.push(refused);
}

function order(
  world: World,
  number: number,
  names: string[],
  state: Order['state'],
  fingerprint: string | null,
): Order {
  const authority = world.authorities[names[0]?.endsWith('.internal') ? 0 : 1] ?? world.authorities[0];
  const at = world.now - (1022 - number) * 31 * hour;
  return {
    id: `ord_${number}`,
    number,
    authorityId: authority?.id ?? '',
    authorityName: authority?.name ?? '',
    taskId: world.tasks.find((task) => task.subject.name === names[0])?.id ?? world.tasks[0]?.id ?? '',
    nodeId: world.nodes[0]?.id ?? '',
    names,
    keyType: 'ec-p256',
    terms: { profile: null, days: 90 },
    state,
    handle: null,
    certificateFingerprint: fingerprint,
    refusedBecause: null,
    createdAt: at,
    updatedAt: at + 40_000,
  };
}

function addRenewals(world: World): void {
  for (const target of world.nodes) {
    if (target.orderNumber === null || target.certificate === null) continue;
    const { notBefore, notAfter, fingerprint } = target.certificate;
    const nextAt = notBefore + Math.round(((notAfter - notBefore) * 2) / 3);
    world.renewals.push({
      nodeId: target.id,
      fingerprint,
      nextAt,
      because: nextAt < world.now ? 'overdue' : 'fraction',
      sentence:
        nextAt < world.now
          ? 'The renewal is due and is waiting for approval.'
          : 'It is renewed when two thirds of its life are over.',
      failures: 0,
      lastFailure: null,
      ariStart: null,
      ariEnd: null,
      ariAskAgainAt: null,
    });
  }
}

function addNotifications(world: World): void {
  const by = (state: TaskState): string | null =>
    world.tasks.find((task) => task.state === state)?.id ?? null;
  const specs: Array<Omit<Notification, 'id' | 'at'> & { ago: number }> = [
    {
      kind: 'approval-needed',
      level: 'attention',
      title: 'Approval needed: checkout.nordhafen.example',
      sentence: 'Request for checkout.nordhafen.example on shop-web-1 is waiting for approval.',
      taskId: null,
      approvalId: world.approvals[0]?.id ?? null,
      readAt: null,
      ago: 11 * minute,
    },
    {
      kind: 'approval-needed',
      level: 'attention',
      title: 'Approval needed: api.nordhafen.example',
      sentence: 'Renewal for api.nordhafen.example on api-edge-fra is waiting for approval.',
      taskId: null,
      approvalId: world.approvals[1]?.id ?? null,
      readAt: null,
      ago: 38 * minute,
    },
    {
      kind: 'restored',
      level: 'danger',
      title: 'Restored: checkout.nordhafen.example',
      sentence: 'nginx on shop-web-2 refused to reload. The previous state is restored, and that is proved.',
      taskId: by('failed'),
      approvalId: null,
      readAt: null,
      ago: 4 * hour,
    },
    {
      kind: 'renewal-at-risk',
      level: 'danger',
      title: 'A renewal is at risk',
      sentence:
        'The certificate of api-edge-fra / api.nordhafen.example expires in 4 days and its plan is waiting for approval.',
      taskId: null,
      approvalId: world.approvals[1]?.id ?? null,
      readAt: null,
      ago: 6 * hour,
    },
    {
      kind: 'succeeded',
      level: 'success',
      title: 'Done: shop.nordhafen.example',
      sentence: 'shop-web-1 / shop.nordhafen.example serves its new certificate at both addresses.',
      taskId: by('succeeded'),
      approvalId: null,
      readAt: world.now - 26 * hour,
      ago: 28 * hour,
    },
    {
      kind: 'system',
      level: 'info',
      title: 'Caught up after sleep',
      sentence: 'The machine slept for 2 days; 3 renewals were checked again.',
      taskId: null,
      approvalId: null,
      readAt: world.now - 2 * day,
      ago: 2 * day,
    },
  ];
  world.notifications.push(
    ...specs.map(({ ago, ...rest }, index) => ({ ...rest, id: `ntf_${index + 1}`, at: world.now - ago })),
  );
}

function addAudit(world: World): void {
  const rows: Array<[Omit<AuditEntry, 'number' | 'at' | 'previousHash' | 'hash'>, number]> = [];
  const row = (
    ago: number,
    origin: AuditEntry['origin'],
    actor: string | null,
    action: string,
    sentence: string,
    outcome: AuditEntry['outcome'] = 'ok',
  ): void => {
    rows.push([{ origin, actor, action, subject: fakeHash(sentence).slice(0, 10), outcome, sentence }, ago]);
  };
  for (const endpoint of world.endpoints)
    row(36 * day, 'cli', 'mara', 'endpoints.add', `Endpoint ${endpoint.name} was added.`);
  for (const certificate of world.orders) {
    row(
      world.now - certificate.createdAt,
      'agent',
      null,
      'order.placed',
      `Order ${certificate.number} was placed with ${certificate.authorityName} for ${certificate.names.join(', ')}.`,
    );
    row(
      world.now - certificate.updatedAt,
      'agent',
      null,
      certificate.state === 'refused' ? 'order.refused' : 'install.proved',
      certificate.state === 'refused'
        ? `Order ${certificate.number} was refused.`
        : `The certificate of order ${certificate.number} is proved to be served.`,
      certificate.state === 'refused' ? 'refused' : 'ok',
    );
  }
  row(
    4 * hour,
    'agent',
    null,
    'install.restored',
    'The previous state of shop-web-2 / checkout.nordhafen.example was restored and proved.',
    'failed',
  );
  row(
    3 * day,
    'gui',
    'jonas',
    'approval.rejected',
    'The plan for legacy-portal / portal.nordhafen.internal was rejected.',
  );
  row(
    12 * minute,
    'gui',
    'mara',
    'certificates.request',
    'A certificate for shop-web-1 / checkout.nordhafen.example was requested.',
  );
  let previousHash = '0'.repeat(64);
  rows.sort((a, b) => b[1] - a[1]);
  world.audit = rows.map(([entry, ago], index) => {
    const hash = fakeHash(previousHash + entry.sentence);
    const full: AuditEntry = { ...entry, number: index + 1, at: world.now - ago, previousHash, hash };
    previousHash = hash;
    return full;
  });
}
