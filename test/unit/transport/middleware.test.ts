import { call, createRouterClient, implement, ORPCError } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog } from '#kit/log.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import type { CallContext, CommandContext } from '../../../electron/transport/context.ts';
import { makeMiddleware } from '../../../electron/transport/middleware.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
let logged: string[];
beforeEach(async () => {
  made = await makeCommands();
  logged = [];
});
afterEach(() => made.close());

const caller = { origin: 'cli' as const, actor: 'tester' };

/** One command of the contract with a handler of the test, behind the real middleware. */
function withHandler(handler: (context: CommandContext) => unknown) {
  const log = makeLog(
    (line) => logged.push(line),
    'debug',
    () => 0,
  );
  const os = implement(contract.endpoints)
    .$context<CallContext>()
    .use(makeMiddleware({ database: made.database, clock: systemClock, log, askPerson: () => {} }));
  return os.remove.handler(({ context }) => handler(context as CommandContext) as Record<string, never>);
}

async function thrownBy(handler: (context: CommandContext) => unknown): Promise<unknown> {
  const options = { context: { caller }, path: ['endpoints', 'remove'] };
  return call(withHandler(handler), { endpoint: 'web1' }, options).then(
    () => null,
    (error: unknown) => error,
  );
}

describe('what crosses the line', () => {
  test('is the data of the failure, without stack and cause', async () => {
    const error = await thrownBy(() => {
      throw new Failure('endpoint.busy', 'web1 is busy.', {
        hint: 'Wait.',
        cause: new Error('inner /home/x'),
      });
    });
    expect(error).toBeInstanceOf(ORPCError);
    const { code, data, stack } = error as ORPCError<string, unknown>;
    expect({ code, data }).toEqual({
      code: 'FAILURE',
      data: { code: 'endpoint.busy', sentence: 'web1 is busy.', hint: 'Wait.', retry: 'needs-person' },
    });
    expect(stack ?? '').not.toContain('middleware.ts');
    expect(JSON.stringify(error)).not.toContain('/home/x');
  });

  test('of an unknown error is "internal", its stack only in the log', async () => {
    const error = await thrownBy(() => {
      throw new TypeError('undefined is not a function');
    });
    expect((error as ORPCError<string, { code: string }>).data.code).toBe('internal');
    expect(JSON.stringify(error)).not.toContain('middleware.test.ts');
    expect(logged.join('\n')).toContain('middleware.test.ts');
  });

  test('is never an answer that does not fit the contract', async () => {
    const error = await thrownBy(() => ({ password: 'leaked' }));
    expect((error as ORPCError<string, { sentence: string }>).data.sentence).toBe(
      'The answer to endpoints.remove does not match its contract.',
    );
    expect(JSON.stringify(error) + logged.join('')).not.toContain('leaked');
  });
});

describe('the audit row', () => {
  test('of a change and the change itself stand or fall together', async () => {
    await thrownBy(({ audit }) =>
      audit.commit(
        () => {
          made.database.meta.set('canary', 'set');
          throw new Failure('endpoint.busy', 'Not now.');
        },
        () => ({ subject: null, sentence: 'Done.' }),
      ),
    );
    expect(made.database.meta.get('canary')).toBeNull();
    expect(made.audit()).toMatchObject([{ outcome: 'refused', sentence: 'Not now.' }]);
  });

  test('is not written twice when the answer turns out wrong after the change', async () => {
    await thrownBy(({ audit }) => {
      audit.commit(
        () => {},
        () => ({ subject: 'ep_1', sentence: 'Done.' }),
      );
      return { what: 'is this' };
    });
    expect(made.audit()).toMatchObject([{ outcome: 'ok', subject: 'ep_1' }]);
  });

  test('of a failure worth trying again says failed, not refused', async () => {
    await thrownBy(() => {
      throw new Failure('connection.lost', 'Gone.', { retry: 'later' });
    });
    expect(made.audit()).toMatchObject([{ outcome: 'failed', subject: 'web1' }]);
  });
});

test('a server reads, is refused what is closed to it, and leaves changes to a person', async () => {
  const server = { origin: 'server' as const, actor: null };
  const client = createRouterClient(made.router, { context: { caller: server } });
  expect(await client.endpoints.list({})).toEqual([]);
  expect((await failureFrom(client.settings.show({}))).code).toBe('command.not-allowed');
  const changing = await failureFrom(client.endpoints.remove({ endpoint: 'web1' }));
  expect(changing).toMatchObject({ code: 'command.needs-person', retry: 'needs-person' });
  expect(made.script.asked).toEqual([
    'A server asks for endpoints.remove of web1. If you want this, do it in Trustkeep.',
  ]);
  expect((await failureFrom(client.agent.stop({}))).code).toBe('command.not-allowed');
  expect(made.audit()).toMatchObject([
    { origin: 'server', action: 'endpoints.remove', outcome: 'refused' },
    { origin: 'server', action: 'agent.stop', outcome: 'refused' },
  ]);
});
