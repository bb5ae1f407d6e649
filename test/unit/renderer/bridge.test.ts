import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { QueryClient } from '@tanstack/react-query';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AgentEvent, topic } from '#shared/contract/events.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import { settings } from '#shared/model/settings.ts';
import { connect } from '../../../renderer/bridge/connect.ts';
import { toFailure } from '../../../renderer/bridge/failure.ts';
import { heartbeat } from '../../../renderer/bridge/heartbeat.ts';
import { followChanges, staleBy } from '../../../renderer/bridge/invalidate.ts';
import type { Ports } from '../../../renderer/bridge/ports.ts';

/** An agent that answers two commands over real ports, and can go away. */
class SmallAgent implements Ports {
  asked = 0;
  away = false;
  readonly #open: MessagePort[] = [];
  #listener: (port: MessagePort) => void = () => {};
  #end: () => void = () => {};
  emit: (event: AgentEvent) => void = () => {};

  onPort(listener: (port: MessagePort) => void): () => void {
    this.#listener = listener;
    return () => {};
  }

  ask(): void {
    this.asked += 1;
    if (this.away) return;
    const { port1, port2 } = new MessageChannel();
    const os = implement(contract);
    const agent = this;
    const router = {
      agent: {
        events: os.agent.events.handler(async function* () {
          const queue: AgentEvent[] = [{ type: 'hello', at: 0 }];
          let wake = (): void => {};
          let ended = false;
          agent.emit = (event) => {
            queue.push(event);
            wake();
          };
          agent.#end = () => {
            ended = true;
            wake();
          };
          while (!ended) {
            const next = queue.shift();
            if (next !== undefined) yield next;
            else
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
          }
        }),
      },
      settings: {
        show: os.settings.show.handler(() => settings.parse({})),
      },
      audit: {
        verify: os.audit.verify.handler(({ errors }) => {
          throw errors.FAILURE({
            data: new Failure('database.damaged', 'The chain is broken.', { hint: 'Look.' }).toData(),
          });
        }),
      },
    };
    new RPCHandler(router).upgrade(port1);
    port1.start();
    this.#open.push(port1, port2);
    setTimeout(() => this.#listener(port2));
  }

  stop(): void {
    this.away = true;
    this.#end();
  }

  close(): void {
    for (const port of this.#open) port.close();
  }
}

const agents: SmallAgent[] = [];
function smallAgent(): SmallAgent {
  const agent = new SmallAgent();
  agents.push(agent);
  return agent;
}
afterEach(() => {
  for (const agent of agents.splice(0)) {
    agent.away = true;
    agent.close();
  }
});

describe('the bridge', () => {
  it('asks for a port, hears the hello and answers calls made before', async () => {
    const agent = smallAgent();
    const bridge = connect(agent);
    const early = bridge.client.settings.show({});
    expect(bridge.state()).toBe('waiting');
    expect((await early).proof_seconds).toBe(15);
    await expect.poll(() => bridge.state()).toBe('connected');
  });

  it('notices an agent that stops, and joins the next one', async () => {
    const agent = smallAgent();
    const bridge = connect(agent);
    await expect.poll(() => bridge.state()).toBe('connected');
    agent.stop();
    await expect.poll(() => bridge.state()).toBe('lost');
    const waiting = bridge.client.settings.show({});
    agent.away = false;
    bridge.reconnect();
    await expect.poll(() => bridge.state()).toBe('connected');
    expect((await waiting).scan_hours).toBe(24);
  });

  it('brings a failure across as what it was', async () => {
    const bridge = connect(smallAgent());
    const thrown = await bridge.client.audit.verify({}).catch((error: unknown) => error);
    expect(toFailure(thrown)).toMatchObject({
      code: 'database.damaged',
      sentence: 'The chain is broken.',
      hint: 'Look.',
    });
  });

  it('marks as stale what an event is about, and nothing else', async () => {
    const agent = smallAgent();
    const bridge = connect(agent);
    const cache = new QueryClient();
    const stop = followChanges(bridge, cache);
    await expect.poll(() => bridge.state()).toBe('connected');
    const tasks = bridge.queries.tasks.list.queryKey({ input: {} });
    const audit = bridge.queries.audit.list.queryKey({ input: {} });
    cache.setQueryData(tasks, []);
    cache.setQueryData(audit, []);
    agent.emit({ type: 'changed', topic: 'tasks', id: null, at: 0 });
    await expect.poll(() => cache.getQueryState(tasks)?.isInvalidated).toBe(true);
    expect(cache.getQueryState(audit)?.isInvalidated).toBe(false);
    stop();
  });

  it('knows what every topic makes stale', () => {
    const noun = (text: string) => text.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    for (const one of topic.options) expect(staleBy[one]).toContain(noun(one));
    // who uses a credential is quoted with it
    expect(staleBy.tasks).toContain('nodes');
    expect(staleBy.endpoints).toEqual(expect.arrayContaining(['credentialStores', 'credentials']));
  });
});

describe('the heartbeat', () => {
  const times = { everyMilliseconds: 5, patienceMilliseconds: 20 } as unknown as Parameters<
    typeof heartbeat
  >[2];

  it('stays quiet while answers come, even failures', async () => {
    let asked = 0;
    const silence = vi.fn();
    const stop = heartbeat(
      async () => {
        asked += 1;
        if (asked % 2 === 0) throw new Error('a failure is an answer');
      },
      silence,
      times,
    );
    await expect.poll(() => asked).toBeGreaterThan(3);
    stop();
    expect(silence).not.toHaveBeenCalled();
  });

  it('says once that nobody answers', async () => {
    const silence = vi.fn();
    heartbeat(() => new Promise(() => {}), silence, times);
    await expect.poll(() => silence.mock.calls.length).toBe(1);
  });
});

describe('what went wrong, in one sentence', () => {
  it('joins the sentences of input that does not fit', async () => {
    const { ORPCError } = await import('@orpc/client');
    const error = new ORPCError('BAD_REQUEST', {
      data: { issues: [{ message: 'Name is missing.' }, { message: 'Port is wrong.' }] },
    });
    expect(toFailure(error)).toMatchObject({
      code: 'input.invalid',
      sentence: 'Name is missing. Port is wrong.',
    });
  });

  it('makes a sentence of anything else', () => {
    expect(toFailure(new Error('boom')).sentence).toContain('boom');
    expect(toFailure('odd').sentence).toContain('odd');
    expect(toFailure(new DOMException('x', 'AbortError')).code).toBe('bridge.closed');
  });
});
