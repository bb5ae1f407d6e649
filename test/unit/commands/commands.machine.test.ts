import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentEvent } from '#shared/contract/events.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import { makeTask } from '#test/make/task-rows.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
beforeEach(async () => {
  made = await makeCommands();
});
afterEach(() => made.close());

function discovered(name: string): DiscoveredNode {
  return {
    key: name,
    name,
    alias: null,
    protocol: 'https',
    bindings: [],
    serverNames: [name],
    certificatePath: null,
    keyPath: null,
    webRoot: null,
    certificate: null,
    chainPem: null,
    notInstallable: null,
    place: null,
    managedBy: null,
  };
}

async function withNodes(...endpoints: string[]) {
  for (const name of endpoints) {
    const { endpoint } = await made.call.endpoints.add({ type: 'nginx', name });
    made.database.nodes.reconcile(endpoint.id, [discovered('shop.example')], 1);
  }
  return made.database.nodes.list();
}

describe('requesting a certificate', () => {
  test('hands the agent names as they go into a certificate, and writes one row', async () => {
    const [node] = await withNodes('web1');
    const { taskId } = await made.call.certificates.request({
      node: 'web1/shop.example',
      names: ['Shop.Example', 'bücher.example', 'shop.example'],
      authority: 'trustkeep-local',
      key_type: 'ec-p384',
      days: 30,
    });
    expect(made.script.requests).toEqual([
      {
        nodeId: node?.id,
        names: ['shop.example', 'xn--bcher-kva.example'],
        authorityId: made.database.authorities.default()?.id,
        keyType: 'ec-p384',
        profile: undefined,
        days: 30,
        keyPlace: undefined,
      },
    ]);
    expect(made.audit().filter(({ action }) => action === 'certificates.request')).toMatchObject(
      [{ subject: taskId, outcome: 'ok', sentence: /web1\/shop\.example/ }].map((row) => ({
        ...row,
        sentence: expect.stringMatching(row.sentence),
      })),
    );
  });

  test('refuses a name that no certificate can hold', async () => {
    await withNodes('web1');
    const failure = await failureFrom(
      made.call.certificates.request({ node: 'web1/shop.example', names: ['a b'] }),
    );
    expect(failure.code).toBe('names.invalid');
    expect(made.script.requests).toEqual([]);
  });

  test('says where to look when there is no such node', async () => {
    const failure = await failureFrom(made.call.certificates.renew({ node: 'nope' }));
    expect(failure).toMatchObject({ code: 'node.not-found', message: 'There is no node "nope".' });
  });
});

describe('the audit', () => {
  test('has no row for a command that changes nothing', async () => {
    await withNodes('web1');
    const before = made.audit().length;
    const { call } = made;
    await call.agent.status({});
    await call.agent.overview({});
    await call.endpoints.list({});
    await call.endpoints.probe({ endpoint: 'web1' });
    await call.nodes.list({ endpoint: 'web1' });
    await call.nodes.verify({ node: 'web1/shop.example' });
    await call.certificates.list({});
    await call.orders.list({});
    await call.tasks.list({});
    await call.approvals.list({});
    await call.notifications.markRead({});
    await call.audit.verify({});
    await failureFrom(call.endpoints.show({ endpoint: 'nope' }));
    expect(made.audit()).toHaveLength(before);
  });

  test('has one row for each command that changes something, whatever its end', async () => {
    await withNodes('web1');
    const before = made.audit().length;
    const { call } = made;
    await call.endpoints.restart({ endpoint: 'web1' });
    await failureFrom(call.endpoints.discover({ endpoint: 'nope' }));
    await failureFrom(call.tasks.cancel({ task: 'task_nope' }));
    await failureFrom(call.approvals.approve({ approval: 'apr_nope' }));
    await call.agent.stop({});
    expect(made.audit().slice(before)).toMatchObject([
      { action: 'endpoints.restart', outcome: 'ok' },
      { action: 'endpoints.discover', outcome: 'refused', subject: 'nope' },
      { action: 'tasks.cancel', outcome: 'refused', subject: 'task_nope' },
      { action: 'approvals.approve', outcome: 'refused', subject: 'apr_nope' },
      { action: 'agent.stop', outcome: 'ok' },
    ]);
    expect(await call.audit.verify({})).toMatchObject({ ok: true });
  });
});

describe('the agent', () => {
  test('is asked to stop only after the answer went out', async () => {
    await made.call.agent.stop({});
    expect(made.stops()).toBe(0);
    await expect.poll(() => made.stops()).toBe(1);
  });

  test('without a screen has no window to show', async () => {
    expect((await failureFrom(made.call.agent.show({}))).code).toBe('agent.no-window');
  });

  test('on a desktop shows its window', async () => {
    made.close();
    made = await makeCommands({ face: 'desktop' });
    const heard: AgentEvent[] = [];
    made.tools.agent.events.on((event) => heard.push(event));
    await made.call.agent.show({});
    expect(heard).toMatchObject([{ type: 'show' }]);
  });

  test('tells what happens, hello first, until the listener hangs up', async () => {
    const stop = new AbortController();
    const stream = await made.call.agent.events({}, { signal: stop.signal });
    expect((await stream.next()).value).toMatchObject({ type: 'hello' });
    const next = stream.next();
    made.tools.agent.events.changed('tasks', 'task_1');
    expect((await next).value).toMatchObject({ type: 'changed', topic: 'tasks', id: 'task_1' });
    const last = stream.next();
    stop.abort();
    await expect(
      last.then(
        ({ done }) => done,
        () => true,
      ),
    ).resolves.toBe(true);
  });

  test('tells a listener that fell far behind to ask for everything again', async () => {
    const stream = await made.call.agent.events({});
    await stream.next();
    for (let i = 0; i < 1_500; i++) made.tools.agent.events.changed('tasks', `task_${i}`);
    const heard: AgentEvent[] = [];
    for await (const event of stream) {
      heard.push(event);
      if (event.type === 'changed' && event.id === 'task_1499') break;
    }
    expect(heard.length).toBeLessThan(1_100);
    expect(heard.filter(({ type }) => type === 'hello')).toHaveLength(1);
  });
});

describe('the master key', () => {
  test('shows its recovery key once', async () => {
    const { recoveryKey } = await made.call.secrets.recoveryKey({});
    expect(recoveryKey.length).toBeGreaterThan(20);
    expect((await failureFrom(made.call.secrets.recoveryKey({}))).code).toBe('secrets.recovery-key-shown');
    expect(JSON.stringify(made.audit())).not.toContain(recoveryKey);
  });

  test('unlocked, wakes what waited for it', async () => {
    const state = await made.call.secrets.unlock({});
    expect(state.state).toBe('ready');
    expect(made.script.woken).toBe(1);
  });

  test('guessed wrongly is refused in the audit, not called unlocked', async () => {
    made.close();
    made = await makeCommands({ locked: true });
    await made.call.secrets.choose({ kind: 'passphrase', passphrase: 'correct horse battery' });
    made.tools.masterKey.state = () => ({
      kind: 'passphrase',
      state: 'wrong',
      sentence: 'The passphrase is not the right one.',
      recoveryKeyWaiting: false,
    });
    await made.call.secrets.unlock({ passphrase: 'wrong horse battery' });
    expect(made.audit().at(-1)).toMatchObject({ action: 'secrets.unlock', outcome: 'refused' });
    expect(JSON.stringify(made.audit())).not.toContain('horse');
  });

  test('takes only an absolute path for its key file, and no short passphrase', async () => {
    const relative = made.call.secrets.choose({ kind: 'key-file', path: 'key' });
    expect((await failureFrom(relative)).message).toContain('must be absolute');
    const short = await failureFrom(made.call.secrets.choose({ kind: 'passphrase', passphrase: 'hunter2' }));
    expect(short.code).toBe('input.invalid');
    expect(JSON.stringify(made.audit())).not.toContain('hunter2');
  });

  test('refuses what the chosen place has no use for, since another one was meant', async () => {
    const { choose } = made.call.secrets;
    const passphrase = 'correct horse battery';
    const file = await failureFrom(choose({ kind: 'key-file', passphrase }));
    expect(file).toMatchObject({ code: 'input.invalid', message: '--passphrase is not used with key-file.' });
    const path = '/keys/trustkeep.key';
    const typed = await failureFrom(choose({ kind: 'passphrase', passphrase, path }));
    expect(typed).toMatchObject({ code: 'input.invalid', message: '--path is not used with passphrase.' });
    expect(await made.call.secrets.state({})).not.toMatchObject({ kind: 'key-file' });
  });
});

test('a task is shown without a plan until there is one', async () => {
  const task = makeTask();
  made.database.tasks.insert({
    task,
    memory: { input: {}, outputs: {}, changing: false, cursor: 0, direction: 'forward' },
  });
  expect(await made.call.tasks.show({ task: task.id })).toEqual({ task, plan: null });
  expect((await failureFrom(made.call.tasks.show({ task: 'task_nope' }))).code).toBe('task.not-found');
});

test('an order is found by its number', async () => {
  expect((await failureFrom(made.call.orders.show({ number: 7 }))).message).toBe('There is no order "7".');
});
