import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#kit/log.ts';
import type { Subject } from '#shared/model/subject.ts';
import { taskKind } from '#shared/model/task.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { day, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { aTask } from '#test/make/task-rows.ts';
import { taskKinds } from '../../../electron/agent/domains.ts';
import { Events } from '../../../electron/agent/events.ts';
import { Notifications } from '../../../electron/agent/notifications.ts';
import type { AgentParts } from '../../../electron/agent/parts.ts';
import type { Step } from '../../../electron/agent/steps/step.ts';
import { TaskDesk } from '../../../electron/agent/tasks/desk.ts';
import { TaskKinds } from '../../../electron/agent/tasks/kinds.ts';
import type { KindOfTask } from '../../../electron/agent/tasks/task-kind.ts';

describe('the table of kinds', () => {
  test.each(taskKind.options)('defines %s once, with steps', (kind) => {
    const definition = taskKinds.of({ kind });
    expect(definition.kind).toBe(kind);
    expect(definition.forward.length).toBeGreaterThan(0);
  });

  test('refuses two of one name', () => {
    const one = taskKinds.of({ kind: 'restart' });
    expect(() => new TaskKinds([one, one])).toThrow('two kinds of tasks have one name');
  });

  test('holds a changing kind to undoing: what changes a target has steps that put it back', () => {
    for (const kind of taskKind.options) {
      const { forward, undo, lease } = taskKinds.of({ kind });
      const changes = forward.some((step) => step.changesEndpoint === true);
      expect(undo.length > 0, kind).toBe(changes);
      if (lease.onlyReads) expect(changes, kind).toBe(false);
    }
  });
});

const range: Subject = { kind: 'range', id: 'rng_1', name: '10.0.0.0/24', within: null };

/** A kind of a field of work that does not exist yet: about a range, which is on no endpoint. */
function scanKind(seen: string[]): KindOfTask {
  const step: Step = {
    name: 'discover',
    ifInterrupted: 'repeat',
    retries: [],
    async run(context) {
      seen.push(`${context.task.subject.name} ${String(context.memory.input.ports)}`);
      return { kind: 'done', sentence: 'Three hosts answered.' };
    },
  };
  return {
    ...taskKinds.of({ kind: 'discover' }),
    input: z.object({ ports: z.number() }),
    forward: [step],
    title: 'Scan of',
    isRoutine: () => false,
    touches: () => [],
  };
}

describe('a kind about something that is on no endpoint', () => {
  let fixture: TestDatabase;
  let desk: TaskDesk;
  let seen: string[];
  const caller = { origin: 'cli', actor: 'anna' } as const;

  beforeEach(() => {
    fixture = makeDatabase();
    seen = [];
    const { database } = fixture;
    const clock = new JumpingClock();
    const notifications = new Notifications(database, new Events(clock), clock);
    const settings = () => ({ proof_seconds: 1 });
    const parts = { database, clock, log: silentLog, settings } as unknown as AgentParts;
    desk = new TaskDesk({
      ...{ parts, kinds: new TaskKinds([scanKind(seen)]), notifications },
      ...{ changed: () => {}, leftoversChanged: () => {} },
    });
    desk.start();
  });
  afterEach(async () => {
    await desk.stop(0);
    fixture.remove();
  });

  test('is begun, driven to its end and told of in the audit', async () => {
    const { id } = desk.begin('discover', range, caller, { ports: 443 });
    await expect.poll(() => fixture.database.tasks.get(id)?.task.state).toBe('succeeded');
    expect(seen).toEqual(['10.0.0.0/24 443']);
    expect(fixture.database.tasks.get(id)?.task).toMatchObject({ subject: range, actor: 'anna' });
    expect(fixture.database.audit.list(undefined, 1)[0]?.sentence).toBe('Scan of 10.0.0.0/24: done.');
  });

  test('is never begun with an input its definition does not know', () => {
    expect(() => desk.begin('discover', range, caller, { ports: 'all' })).toThrow();
    expect(fixture.database.tasks.list({ limit: 1 })).toEqual([]);
  });

  test('is begun once for one order of a server, however often that comes', async () => {
    const server = { origin: 'server', actor: 'scm', outsideId: 'order-7' } as const;
    const first = desk.begin('discover', range, server, { ports: 443 });
    await expect.poll(() => fixture.database.tasks.get(first.id)?.task.state).toBe('succeeded');
    expect(desk.begin('discover', range, server, { ports: 443 }).id).toBe(first.id);
    expect(desk.begin('discover', range, { ...server, outsideId: 'order-8' }, { ports: 443 }).id).not.toBe(
      first.id,
    );
  });

  test('has what it left tried again at the next start, however long that would wait', async () => {
    await desk.stop(0);
    const { leftovers } = fixture.database;
    const nextAt = now + 365 * day;
    const kept = { snapshot: null, keyPath: null };
    const waits = { since: now, attempts: 9, nextAt, because: 'It is away.' };
    leftovers.put({ taskId: 'task_1', endpointId: 'ep_1', proofs: null, kept, ...waits });
    desk.start();
    expect(leftovers.get('task_1')?.nextAt).toBeLessThan(nextAt);
  });

  test('goes on after a start that finds it cut off', async () => {
    await desk.stop(0);
    const cut = aTask({ kind: 'discover', subject: range, state: 'running' });
    cut.memory.input = { ports: 22 };
    fixture.database.tasks.insert(cut);
    desk.start();
    await expect.poll(() => fixture.database.tasks.get(cut.task.id)?.task.state).toBe('succeeded');
    expect(seen).toEqual(['10.0.0.0/24 22']);
  });
});
