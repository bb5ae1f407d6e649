import { describe, expect, test } from 'vitest';
import { contract } from '#shared/contract/index.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { anApproval } from '#test/make/task-rows.ts';
import { whoApproves } from '../../../electron/agent/policies/approval.ts';
import {
  type Call,
  decideCall,
  personExceptions,
  serverExceptions,
} from '../../../electron/agent/policies/callers.ts';

const commands = Object.entries(contract).flatMap(([noun, verbs]) =>
  Object.entries(verbs).map(([verb, procedure]) => ({
    command: `${noun}.${verb}`,
    mutates: procedure['~orpc'].meta.mutates === true,
  })),
);

function answer(given: Partial<Call> & Pick<Call, 'command'>): string {
  const decision = decideCall({ mutates: false, origin: 'server', actor: 'scm', subject: null, ...given });
  return decision.answer === 'ask' ? `ask by ${decision.by}` : decision.answer;
}

const ofServer = (wanted: string): string[] =>
  commands.filter((one) => answer(one) === wanted).map(({ command }) => command);

describe('what a server may have carried out', () => {
  test('without asking: what reads, and its own results', () => {
    expect(ofServer('yes')).toEqual([
      'agent.status',
      'agent.about',
      'agent.license',
      'agent.overview',
      'agent.find',
      'agent.events',
      'endpoints.list',
      'endpoints.show',
      'endpoints.probe',
      'nodes.list',
      'nodes.show',
      'nodes.verify',
      'certificates.list',
      'certificates.show',
      'certificates.preview',
      'orders.list',
      'orders.show',
      'tasks.list',
      'tasks.show',
      'approvals.list',
      'approvals.show',
      'audit.list',
      'audit.verify',
      'outbox.list',
      'outbox.acknowledge',
    ]);
  });

  test('when a person approves the plan: certificates', () => {
    expect(ofServer('ask by approval')).toEqual(['certificates.request', 'certificates.renew']);
  });

  test('by the hand of a person alone: every other change of an endpoint, rehearsals and revocations', () => {
    expect(ofServer('ask by hand')).toEqual([
      'endpoints.add',
      'endpoints.update',
      'endpoints.remove',
      'endpoints.discover',
      'endpoints.restart',
      'certificates.rehearse',
      'certificates.export',
      'certificates.revoke',
      'certificates.revokeByKey',
    ]);
  });

  test.each(['settings', 'credentials', 'credentialStores', 'secrets', 'proxy', 'authorities', 'backups'])(
    'never: anything of %s',
    (noun) => {
      const own = commands.filter(({ command }) => command.startsWith(`${noun}.`));
      expect(own.length).toBeGreaterThan(0);
      expect(own.map(answer)).toEqual(own.map(() => 'no'));
    },
  );

  test('its own task it may cancel, and nobody else’s', () => {
    const cancel = { command: 'tasks.cancel', mutates: true };
    const by = (origin: Call['origin'], actor: string | null) =>
      answer({ ...cancel, subject: { kind: 'task', origin, actor } });
    expect(by('server', 'scm')).toBe('yes');
    expect(by('server', 'another')).toBe('no');
    expect(by('gui', 'scm')).toBe('no');
    expect(answer(cancel)).toBe('no');
  });

  test('nothing that no rule knows', () => {
    expect(answer({ command: 'constructor.call' })).toBe('no');
    expect(answer({ command: '' })).toBe('no');
  });
});

describe('everybody else', () => {
  test.each(['gui', 'cli'] as const)('%s may everything but forget what is owed to a server', (origin) => {
    const refused = commands.filter((one) => answer({ ...one, origin }) !== 'yes');
    expect(refused.map(({ command }) => command)).toEqual(['outbox.acknowledge']);
  });

  test('the agent calls no command', () => {
    for (const one of commands) expect(answer({ ...one, origin: 'agent' })).toBe('no');
  });

  test('exceptions name commands that exist', () => {
    const known = commands.map(({ command }) => command);
    for (const command of [...Object.keys(serverExceptions), ...Object.keys(personExceptions)])
      expect(known).toContain(command);
  });
});

describe('automatic approval', () => {
  const endpoint = anEndpoint({
    policy: { autoApprove: true, autoRenew: true, authorityId: null, keyType: null },
  });
  const { plan } = anApproval();

  test.each(['gui', 'cli', 'agent'] as const)('covers what %s asks for', (origin) => {
    expect(whoApproves(endpoint, plan, origin).by).toBe('policy');
  });

  test('covers nothing that a server asks for', () => {
    expect(whoApproves(endpoint, plan, 'server').by).toBe('person');
  });

  test('covers no plan that affects a neighbour', () => {
    const shares = [{ what: 'x' }] as unknown as NonNullable<typeof plan.install.shares>;
    const taking = { ...plan, install: { ...plan.install, shares } };
    expect(whoApproves(endpoint, taking, 'gui').by).toBe('person');
  });

  test('covers no plan that takes files over from other programs, and says which', () => {
    const from = (...programs: string[]) => {
      const takesOver = programs.map((who) => ({ who, evidence: '', files: [], sentence: '' }));
      return { ...plan, install: { ...plan.install, takesOver } };
    };
    expect(whoApproves(endpoint, from('certbot', 'Ansible', 'Ansible'), 'agent')).toEqual({
      by: 'person',
      because: 'It changes files that are managed by certbot and Ansible, so a person must approve the plan.',
    });
    expect(whoApproves(endpoint, from(), 'agent').by).toBe('policy');
  });

  test('covers no plan that takes a name away, and says which', () => {
    const decision = whoApproves(endpoint, { ...plan, loses: ['b.test'] }, 'cli');
    expect(decision).toEqual({
      by: 'person',
      because: 'The new certificate no longer covers b.test, so a person must approve the plan.',
    });
  });

  test('covers no plan that leaves the previous content under another name of a file, and says which', () => {
    const own = { system: 'posix' as const, owner: 'root', group: 'root', mode: 0o600 };
    const ownership = { ...own, acl: '', attributes: '', label: null };
    const before = { sha256: 'a', size: 1, ownership };
    const file = (names: object) => ({
      ...{ kind: 'file' as const, path: '/tls/a.key', holds: 'private-key' as const },
      ...{ before: { ...before, ...names }, after: { sha256: null, ownership } },
    });
    const planned = (names: object) => ({ ...plan, install: { ...plan.install, changes: [file(names)] } });
    expect(whoApproves(endpoint, planned({ names: 2 }), 'agent')).toEqual({
      by: 'person',
      because:
        '/tls/a.key has other names that keep the previous content, so a person must approve the plan.',
    });
    expect(whoApproves(endpoint, planned({}), 'agent').by).toBe('policy');
  });

  test('covers nothing where it is off', () => {
    const off = { ...endpoint, policy: { ...endpoint.policy, autoApprove: false } };
    expect(whoApproves(off, plan, 'gui').by).toBe('person');
  });
});
