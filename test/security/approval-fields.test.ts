/**
 * The attack: between the approval and a step, one field of what was approved becomes another. Every field that the
 * schemas know is changed in turn, in the real rows, and the real runner is let loose on them. A field that nobody put
 * into the tables below fails the test: whoever adds one says whether an approval is bound to it, and if not, why.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { type Authority, authority as authorityShape } from '#shared/model/authority.ts';
import { kindOf } from '#shared/model/changes/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import { type Endpoint, endpoint as endpointShape } from '#shared/model/endpoint.ts';
import { order as orderShape } from '#shared/model/order.ts';
import { type Plan, plan as planShape } from '#shared/model/plan.ts';
import type { StepName, Task } from '#shared/model/task.ts';
import { anEndpoint, anOrder, anSshConnection, aTask } from '#test/make/rows.ts';
import { fieldsOf, type Occurrence, occurrencesIn, withOther } from '#test/make/schema-fields.ts';
import { clockAt, makeStore, now, readySealer, type TestStore } from '#test/make/store.ts';
import { decide } from '../../electron/agent/decide.ts';
import { bindingOf } from '../../electron/agent/plans/binding.ts';
import { makePlan, planFingerprint } from '../../electron/agent/plans/certify.ts';
import { sealYes } from '../../electron/agent/steps/seal-yes.ts';
import type { StepTools } from '../../electron/agent/steps/step.ts';
import { kinds } from '../../electron/agent/tasks/kinds.ts';
import { TaskRunner } from '../../electron/agent/tasks/runner.ts';
import type { Store } from '../../electron/database/store.ts';
import type { RowSealer } from '../../electron/secrets/envelope.ts';

/** Fields of a plan that no approval is bound to. Everything else is. */
const unboundOfPlan: Record<string, string> = {
  fingerprint: 'it is computed from the plan; the one that counts is in the approval and in its seal',
};
/** Fields of an endpoint that no approval is bound to. */
const unboundOfEndpoint: Record<string, string> = {
  name: 'a name for people; the plan knows the endpoint by its ID',
  'connection<ssh>.auth': 'another way to prove to be the same user',
  'policy.autoApprove': 'counts from the next plan on',
  'policy.autoRenew': 'counts from the next plan on',
  'policy.authorityId?': 'counts from the next plan on; the plan names its authority',
  'policy.authorityId': 'counts from the next plan on; the plan names its authority',
  'policy.keyType?': 'counts from the next plan on; the plan names its type of key',
  'policy.keyType': 'counts from the next plan on; the plan names its type of key',
  'probe?': 'what was found the last time; the plan has facts of its own',
  'probe.ok': 'what was found the last time',
  'probe.version?': 'what was found the last time',
  'probe.version': 'what was found the last time',
  'probe.checks#': 'what was found the last time',
  'probe.checks[].name': 'what was found the last time',
  'probe.checks[].ok': 'what was found the last time',
  'probe.checks[].sentence': 'what was found the last time',
  'probe.at': 'what was found the last time',
  'discoveredAt?': 'when it was, changes nothing',
  discoveredAt: 'when it was, changes nothing',
  createdAt: 'when it was, changes nothing',
  updatedAt: 'when it was, changes nothing',
};
/** Bound only where the user name comes from the credential. */
const boundWithoutUser = [
  'connection<ssh>.store?',
  'connection<ssh>.store',
  'connection<ssh>.storeCredentialId?',
  'connection<ssh>.storeCredentialId',
];
/** Fields of an authority that no approval is bound to. */
const unboundOfAuthority: Record<string, string> = {
  name: 'a name for people; the plan knows the authority by its ID',
  kind: 'says again what the settings say',
  isDefault: 'counts from the next plan on',
  createdAt: 'when it was, changes nothing',
};
/** Fields of an order that no approval is bound to. */
const unboundOfOrder: Record<string, string> = {
  number: 'ours, for people',
  authorityName: 'a name for people',
  nodeId: 'for lists; the task knows its node',
  keyType: 'for lists; what is ordered is the CSR',
  state: 'changes as the order is worked on',
  handle: 'the authority gives it, after the approval',
  'certificateFingerprint?': 'known later, and checked then against the key',
  certificateFingerprint: 'known later, and checked then against the key',
  'refusedBecause?': 'known later',
  createdAt: 'when it was, changes nothing',
  updatedAt: 'when it was, changes nothing',
};

const state = { sha256: 'a'.repeat(64), size: 10, ownership: posix('root', 'ssl', 0o640) };
const full = {
  ...{ system: 'posix' as const, owner: 'root', group: 'ssl', mode: 0o640 },
  ...{ acl: 'user:bob:r', attributes: 'i', label: 'cert_t' },
};
const ofWindows = { system: 'windows' as const, owner: 'SYSTEM', acl: 'O:SY', attributes: 'R' };

/** A plan in which every field has a value. */
const everything = (bound: Plan['bound'], ids: { nodeId: string; endpointId: string }): Plan =>
  makePlan({
    endpoint: { id: ids.endpointId, name: 'web1' },
    node: { id: ids.nodeId, name: 'shop.example' },
    reason: 'request',
    names: ['shop.example', 'www.shop.example'],
    keyType: 'ec-p256',
    keyPlace: { where: 'target', why: 'openssl is there' },
    authority: { id: 'ca_1', name: 'local', kind: 'local' },
    terms: { profile: 'short', days: 6 },
    bound,
    install: {
      nodeKey: 'shop',
      changes: [
        { kind: 'directory', path: '/etc/tls/new', like: '/etc/tls' },
        {
          ...{ kind: 'file', path: '/etc/tls/x.key', holds: 'private-key' },
          ...{ before: { ...state, ownership: full }, after: { sha256: 'e'.repeat(64), ownership: full } },
        },
        {
          ...{ kind: 'file', path: '/etc/x.conf', holds: 'configuration', before: state },
          after: { sha256: 'c'.repeat(64), ownership: state.ownership },
        },
        {
          ...{ kind: 'file', path: 'C:\\x.pfx', holds: 'certificate-and-key' },
          before: { ...state, ownership: ofWindows },
          after: { sha256: 'd'.repeat(64), ownership: ofWindows },
        },
        {
          ...{ kind: 'configuration-line', path: '/etc/x.conf', line: 3, before: 'a;', after: 'b;' },
          replaces: { path: '/etc/x.conf', start: 9, end: 10, text: 'b' },
        },
        {
          ...{ kind: 'key-store-entry', keyStore: '/etc/x.jks', alias: 'shop', entry: 'key' },
          ...{ before: { certificate: 'a'.repeat(64) }, after: { certificate: 'b'.repeat(64) } },
        },
        {
          ...{ kind: 'key-store-entry', keyStore: '/etc/x.jks', alias: 'root', entry: 'trust' },
          ...{ before: { certificate: 'a'.repeat(64) }, after: { certificate: 'b'.repeat(64) } },
        },
        {
          ...{ kind: 'binding', site: 'Default Web Site', at: '*:443:shop.example' },
          before: { thumbprint: 'A'.repeat(40), certificateStore: 'My', flags: 1 },
          after: { thumbprint: 'B'.repeat(40), certificateStore: 'My', flags: 1 },
        },
        {
          ...{ kind: 'remote-object', path: '/ssl-key/new', holds: 'private-key' },
          before: { content: 'a'.repeat(64), members: { partition: 'Common' } },
          after: { content: 'b'.repeat(64), members: { partition: 'Common' } },
        },
        {
          ...{ kind: 'remote-object', path: '/client-ssl/shop', holds: 'settings' },
          before: { content: 'a'.repeat(64), members: { cert: '/Common/old.crt' } },
          after: { content: 'b'.repeat(64), members: { cert: '/Common/new.crt' } },
        },
        { kind: 'command', argv: ['nginx', '-s', 'reload'], why: 'Serves it.' },
      ],
      standsOn: [
        { what: 'content', name: '/etc/x.conf', sha256: 'c'.repeat(64) },
        { what: 'link', name: '/etc/tls', leadsTo: '/srv/tls' },
      ],
      remembers: {
        by: 'nginx',
        version: 1,
        facts: [{ name: 'pidPath', label: 'Pid file', value: '/x.pid' }],
      },
      shares: [{ what: 'address', who: 'server blog', sentence: 'It listens there too.' }],
      proofs: [{ address: '127.0.0.1', port: 443, serverName: 'shop.example' }],
      warnings: ['Read this.'],
    },
  });

let store: TestStore;
beforeAll(() => {
  store = quickStore();
});
afterAll(() => store.remove());

/** Thousands of rows are written, and none has to outlive a power cut. */
function quickStore(sealer?: RowSealer): TestStore {
  const made = makeStore(sealer);
  (made.database as Store).driver.pragma('synchronous = OFF');
  return made;
}

let count = 0;
interface Case {
  endpoint: Endpoint;
  authority: Authority;
  plan: Plan;
  task: Task;
}

const nginx = anEndpoint({
  ...{
    name: 'web1',
    connection: anSshConnection({ hostKey: 'SHA256:abc', store: 'cs_1', storeCredentialId: 'web' }),
  },
  settings: { type: 'nginx', nginxConfigPath: '/etc/nginx/nginx.conf', nginxPath: '/usr/sbin/nginx' },
  policy: { autoApprove: false, autoRenew: true, authorityId: 'ca_1', keyType: 'ec-p256' },
  probe: {
    ok: true,
    version: 'nginx/1',
    checks: [{ name: 'connect', ok: true, sentence: 'Connected.' }],
    at: now,
  },
  discoveredAt: now,
});
const pem = anEndpoint({
  ...{ type: 'pem', connection: { ...nginx.connection, user: '' } as Endpoint['connection'] },
  settings: {
    ...{ type: 'pem', path: '/x.pem', keyPath: '/x.key', servedAt: 'x:443' },
    ...{ installScript: '/in', restartScript: '/re' },
  },
});
const acmeWith = (validation: unknown): unknown => ({
  ...{ kind: 'acme', directoryUrl: 'https://ca.example/dir', contact: ['mailto:a@b.example'], eabKeyId: 'k' },
  ...{ trustedRootsPem: 'PEM', profile: 'short', termsAgreed: true, validation },
});
const settingsOfAuthorities: unknown[] = [
  { kind: 'local', commonName: 'CA', leafDays: 90, permittedNames: ['shop.example'] },
  acmeWith({ method: 'http-01-agent', address: '0.0.0.0', port: 80 }),
  acmeWith({ method: 'http-01-web-root', webRoot: '/srv/www' }),
  acmeWith({
    ...{ method: 'dns-01-script', addScript: '/add', removeScript: '/rm' },
    ...{ timeoutSeconds: 60, propagationSeconds: 5 },
  }),
];
const authorities = settingsOfAuthorities.map((settings) =>
  authorityShape.parse({
    ...{ id: 'ca_1', name: 'local', isDefault: false, createdAt: now, settings },
    kind: z.looseObject({ kind: z.string() }).parse(settings).kind,
  }),
);
const [local = authorityShape.parse({})] = authorities;

/** An approved task just before that step, with rows of its own. */
function approved(step: StepName, endpoint = nginx, authority = local): Case {
  const { database } = store;
  const n = ++count;
  const own = { ...endpoint, id: `ep_${n}`, name: `web${n}` };
  database.endpoints.insert(own);
  if (database.authorities.get('ca_1') === null) database.authorities.insert(authority);
  else database.authorities.update(authority);
  const plan = everything(bindingOf(own, authority), { nodeId: `node_${n}`, endpointId: own.id });
  const forward = kinds.certify.forward;
  const row = aTask({ endpointId: own.id, nodeId: plan.nodeId });
  const outputs: Record<string, unknown> = { plan: { plan } };
  const cursor = forward.findIndex(({ name }) => name === step);
  if (cursor > forward.findIndex(({ name }) => name === 'check-material'))
    Object.assign(outputs, {
      ...{ 'check-material': { plan }, 'await-certificate': { orderId: 'ord_1', fingerprint: 'f' } },
      'make-key': { where: 'target', path: '/k', spki: '', csr: '' },
    });
  const steps = forward.map(({ name }) => ({
    ...{ name, state: 'to-do' as const, attempt: 0, startedAt: null },
    ...{ finishedAt: null, sentence: null, failure: null },
  }));
  const task = { ...row.task, steps };
  database.tasks.insert({ task, memory: { ...row.memory, outputs, cursor } });
  const approval = {
    ...{ id: `apr_${n}`, taskId: task.id, plan, state: 'approved' as const, decidedBy: 'bob' },
    ...{ decidedOrigin: 'gui' as const, decidedAt: now, comment: null, createdAt: now },
  };
  database.approvals.insert(approval);
  sealYes(database, approval);
  return { endpoint: own, authority, plan, task };
}

/** Lets the real runner drive the task. `reached`: a step got past the guard, to the endpoint. */
async function drive(task: Task, database = store.database): Promise<{ task: Task; reached: boolean }> {
  const cut = new AbortController();
  let reached = false;
  const tools: StepTools = {
    ...{ database, clock: clockAt(now), log: silentLog, signal: cut.signal, proofPatienceMs: 1 },
    ...{ dropSession: async () => {}, takeLogIn: () => null, audit: () => {} },
    lookAt: async () => ({ kind: 'no-answer', code: 'tls.none', sentence: 'Nothing.' }),
    authority: () => reach(),
    session: async () => reach(),
  };
  function reach(): never {
    reached = true;
    cut.abort();
    throw new Failure('connection.lost', 'This is as far as it has to get.');
  }
  const runner = new TaskRunner({
    ...{ database, clock: clockAt(now), log: silentLog, changed: () => {}, ended: () => {} },
    openTools: () => ({ tools, end: async () => {} }),
    clearUp: async () => {},
  });
  await runner.drive(task.id, cut.signal, () => false);
  const after = database.tasks.get(task.id)?.task;
  if (after === undefined) throw new Error('the task is gone');
  return { task: after, reached };
}

function editOutput(task: Task, step: StepName, plan: Plan): void {
  const row = store.database.tasks.get(task.id);
  if (row === null) throw new Error('the task is gone');
  const outputs = { ...row.memory.outputs, [step]: { plan } };
  store.database.tasks.update({ ...row, memory: { ...row.memory, outputs } });
}

/** What comes to exist with the certificate is not bound; the same member of a change that knows it is. */
function isLater(plan: Plan, { field, at }: Occurrence): boolean {
  const value = /\.after\.(sha256|certificate|thumbprint|content)\??$/.test(field);
  const change = at[1] === 'changes' ? plan.install.changes[Number(at[2])] : undefined;
  return value && change !== undefined && kindOf(change).later?.isLater(change) === true;
}

function byField(occurrences: readonly Occurrence[]): Map<string, Occurrence[]> {
  const found = new Map<string, Occurrence[]>();
  for (const one of occurrences) found.set(one.field, [...(found.get(one.field) ?? []), one]);
  return found;
}

const sample = everything(
  { connection: 'c', endpoint: 'e', authority: 'a' },
  { nodeId: 'n', endpointId: 'e' },
);
const planFields = byField(occurrencesIn(planShape, sample));

describe('a field of the plan that changes between the approval and the step', () => {
  test('is in the sample, whichever it is, and exceptions are fields', () => {
    expect([...planFields.keys()].sort()).toEqual([...new Set(fieldsOf(planShape))].sort());
    expect(fieldsOf(planShape)).toEqual(expect.arrayContaining(Object.keys(unboundOfPlan)));
  });

  test('is refused only because it changed: the plan itself is carried out', async () => {
    for (const step of ['approve', 'make-key', 'install'] as const)
      expect(await drive(approved(step).task), step).toMatchObject({ reached: true });
  });

  test.each([...planFields])('%s is refused', async (field, occurrences) => {
    for (const occurrence of occurrences)
      for (const other of occurrence.others) {
        const change = (plan: Plan): Plan => withOther(plan, occurrence.at, other);
        const free = field in unboundOfPlan || isLater(sample, occurrence);
        const outcomes = [
          await attacked('approve', 'plan', change),
          await attacked('make-key', 'plan', change),
          await attacked('install', 'check-material', change),
        ];
        for (const { task, reached } of outcomes) {
          expect(reached, JSON.stringify(other)).toBe(free);
          if (!free)
            expect(task.failure?.code).toMatch(
              /^(approval\.(other-plan|settings-changed)|plan\.unreadable)$/,
            );
        }
      }
  });

  test.each([...planFields].filter(([field]) => !(field in unboundOfPlan)))(
    '%s is refused also with approval and fingerprint to match: the seal is for another',
    async (_field, [occurrence]) => {
      if (occurrence === undefined || isLater(sample, occurrence)) return;
      const { task, plan } = approved('make-key');
      const other = withOther(plan, occurrence.at, occurrence.others[0]);
      const fingerprint = fingerprintOr(other, 'f'.repeat(64));
      editOutput(task, 'plan', { ...other, fingerprint });
      const approval = store.database.approvals.ofTask(task.id);
      if (approval === null) throw new Error('no approval');
      store.database.approvals.update({ ...approval, plan: { ...other, fingerprint } });
      const outcome = await drive(task);
      expect(outcome.reached).toBe(false);
      expect(outcome.task.failure?.code).toMatch(/^(approval\.missing|plan\.unreadable)$/);
    },
  );
});

function fingerprintOr(plan: Plan, otherwise: string): string {
  try {
    return planFingerprint(plan);
  } catch {
    return otherwise;
  }
}

async function attacked(step: StepName, output: StepName, change: (plan: Plan) => Plan) {
  const { task, plan } = approved(step);
  editOutput(task, output, change(plan));
  return drive(task);
}

describe('a field of the endpoint that changes between the approval and the step', () => {
  const samples: [string, Endpoint][] = [
    ['nginx, with its user', nginx],
    ['PEM, with the user of the credential', pem],
  ];
  const seen = new Set(
    samples.flatMap(([, one]) => occurrencesIn(endpointShape, one).map(({ field }) => field)),
  );

  test('is in the samples, whichever it is, and exceptions are fields', () => {
    expect([...seen].sort()).toEqual([...new Set(fieldsOf(endpointShape))].sort());
    const excepted = [...Object.keys(unboundOfEndpoint), ...boundWithoutUser];
    expect([...seen]).toEqual(expect.arrayContaining(excepted));
  });

  describe.each(samples)('(%s)', (_name, endpoint) => {
    const fields = byField(occurrencesIn(endpointShape, endpoint));
    test.each([...fields].filter(([field]) => field !== 'id'))('%s', async (field, occurrences) => {
      const user = endpoint.connection.type === 'ssh' && endpoint.connection.user !== '';
      const free = field in unboundOfEndpoint || (user && boundWithoutUser.includes(field));
      for (const { at, others } of occurrences)
        for (const other of others) {
          const made = approved('make-key', endpoint);
          store.database.endpoints.update(withOther(made.endpoint, at, other));
          const outcome = await drive(made.task);
          expect(outcome.reached, JSON.stringify(other)).toBe(free);
          if (!free) expect(outcome.task.failure?.code).toBe('approval.settings-changed');
        }
    });
  });
});

describe('a field of the authority that changes between the approval and the order', () => {
  const seen = new Set(
    authorities.flatMap((one) => occurrencesIn(authorityShape, one).map(({ field }) => field)),
  );
  test('is in the samples, whichever it is, and exceptions are fields', () => {
    expect([...seen].sort()).toEqual([...new Set(fieldsOf(authorityShape))].sort());
    expect([...seen]).toEqual(expect.arrayContaining(Object.keys(unboundOfAuthority)));
  });

  const cases = authorities.flatMap((one) =>
    [...byField(occurrencesIn(authorityShape, one))]
      .filter(([field]) => field !== 'id')
      .map(([field, occurrences]) => [field, one, occurrences] as const),
  );
  test.each(cases)('%s', async (field, authority, occurrences) => {
    const free = field in unboundOfAuthority;
    for (const { at, others } of occurrences)
      for (const other of others) {
        const { task } = approved('make-key', nginx, authority);
        store.database.authorities.update(withOther(authority, at, other));
        const outcome = await drive(task);
        expect(outcome.reached, JSON.stringify(other)).toBe(free);
        if (!free) expect(outcome.task.failure?.code).toBe('approval.settings-changed');
      }
  });
});

describe('a field of the order that changes before it is placed', () => {
  const complete = {
    ...anOrder({
      names: sample.names,
      terms: sample.terms,
      authorityId: 'ca_1',
      certificateFingerprint: 'f',
    }),
    ...{ number: 1001, handle: 'h' },
    refusedBecause: { code: 'x.y', sentence: 'No.', hint: 'Do.', retry: 'never' as const },
  };
  const inner = /^refusedBecause\./;
  const fields = byField(occurrencesIn(orderShape, complete).filter(({ field }) => !inner.test(field)));

  test('is in the sample, whichever it is, and exceptions are fields', () => {
    const known = fieldsOf(orderShape).filter((field) => !inner.test(field));
    expect([...fields.keys()].sort()).toEqual([...new Set(known)].sort());
    expect([...fields.keys()]).toEqual(expect.arrayContaining(Object.keys(unboundOfOrder)));
  });

  const rowKeys = ['id', 'number', 'taskId'];
  test.each([...fields].filter(([field]) => !rowKeys.includes(field)))('%s', async (field, occurrences) => {
    for (const { at, others } of occurrences)
      for (const other of others) {
        const { task } = approved('make-key');
        const { number: _number, ...fresh } = complete;
        const order = store.database.orders.insert({ ...fresh, id: `ord_${count}`, taskId: task.id });
        store.database.orders.update(withOther(order, at, other));
        const outcome = await drive(task);
        const free = field in unboundOfOrder;
        expect(outcome.reached, JSON.stringify(other)).toBe(free);
        if (!free) expect(outcome.task.failure?.code).toBe('approval.other-order');
      }
  });
});

describe('the approval itself', () => {
  test('is not given to a plan with another fingerprint than the person read', () => {
    const { task, plan } = approved('approve');
    const approval = store.database.approvals.ofTask(task.id);
    if (approval === null) throw new Error('no approval');
    store.database.approvals.update({ ...approval, state: 'pending' });
    const approveAs = (seenFingerprint: string) => () =>
      decide({
        ...{ database: store.database, clock: clockAt(now), approvalId: approval.id, yes: true },
        ...{ comment: undefined, caller: { origin: 'gui' as const, actor: 'bob' }, seenFingerprint },
      });
    for (const seen of ['f'.repeat(64), `${plan.fingerprint.slice(0, 63)}x`, `${plan.fingerprint}0`])
      expect(approveAs(seen)).toThrow(expect.objectContaining({ code: 'approval.other-plan' }));
    expect(approveAs(plan.fingerprint.slice(0, 16))().state).toBe('approved');
  });

  test('guards every step behind it, from the first one', async () => {
    const { forward } = kinds.certify;
    const yes = forward.findIndex(({ name }) => name === 'approve');
    for (const { name } of forward.slice(yes + 1)) {
      const { task } = approved(name);
      const approval = store.database.approvals.ofTask(task.id);
      if (approval === null) throw new Error('no approval');
      store.database.approvals.update({ ...approval, state: 'rejected' });
      const outcome = await drive(task);
      expect([name, outcome.reached, outcome.task.failure?.code]).toEqual([name, false, 'approval.missing']);
    }
  });

  test('is not taken as given while the keychain is locked, except where something was changed already', async () => {
    const sealer = lockable(readySealer());
    const own = quickStore(sealer);
    const before = store;
    store = own;
    try {
      const waits = approved('make-key');
      const changes = approved('install');
      const row = own.database.tasks.get(changes.task.id);
      if (row === null) throw new Error('the task is gone');
      own.database.tasks.update({ ...row, memory: { ...row.memory, changing: true } });
      sealer.lock();
      expect(await drive(waits.task)).toMatchObject({
        reached: false,
        task: { state: 'waiting', waitingFor: 'keychain' },
      });
      expect(await drive(changes.task)).toMatchObject({ reached: true });
    } finally {
      store = before;
      own.remove();
    }
  });
});

function lockable(real: RowSealer): RowSealer & { lock(): void } {
  let locked = false;
  const refuse = () => {
    if (locked) throw new Failure('keychain.locked', 'The keychain is locked.', { retry: 'later' });
  };
  const guarded: Pick<RowSealer, 'openRow' | 'open'> = {
    openRow(context, row) {
      refuse();
      return real.openRow(context, row);
    },
    open(context, sealed) {
      refuse();
      return real.open(context, sealed);
    },
  };
  return {
    ...guarded,
    seal: (context, value) => real.seal(context, value),
    sealRow: (context, value) => real.sealRow(context, value),
    lock: () => {
      locked = true;
    },
  };
}
