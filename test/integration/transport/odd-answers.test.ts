import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Impostor, jsonAnswer, rightHello, startImpostor } from '#test/servers/impostor.ts';
import { connectLocally, failureOf } from '../../../electron/transport/client.ts';

let impostor: Impostor;
beforeEach(async () => {
  impostor = await startImpostor();
});
afterEach(() => impostor.close());

const connect = () => connectLocally(impostor.directory, null);

describe.runIf(process.platform !== 'win32')('what sits at the socket of the agent', () => {
  test.each([
    ['no HTTP', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['no JSON', jsonAnswer('<html>')],
    ['a status that is none', jsonAnswer('{}', '000 OK')],
    ['nothing at all in JSON', jsonAnswer('null')],
    ['a proof that is a list', jsonAnswer('{"proof":["PROOF"]}')],
  ])('and says %s is not taken for it', async (_what, hello) => {
    impostor.hello = [hello];
    await expect(connect()).rejects.toMatchObject({ code: 'socket.foreign' });
  });

  test('and says more than the agent ever would is not listened to, whatever it proves', async () => {
    impostor.hello = [rightHello];
    expect(await connect()).not.toBeNull();
    impostor.hello = [rightHello, Buffer.alloc(5000, ' ')];
    await expect(connect()).rejects.toMatchObject({ code: 'socket.foreign' });
  });

  test('and says nothing is waited for five seconds', async () => {
    impostor.hello = null;
    await expect(connect()).rejects.toMatchObject({
      code: 'agent.unreachable',
      message: 'The agent did not answer within 5 s.',
    });
  });

  test.each([
    ['no JSON', jsonAnswer('<html>')],
    ['a value of another form', jsonAnswer('{"json":[],"meta":[[1,"__proto__"]]}')],
    ['that it knows no such command', jsonAnswer('', '404 Not Found')],
    ['an error of another form', jsonAnswer('{"json":{"no":"code"}}', '500 Internal Server Error')],
    ['a status that is none', jsonAnswer('{}', '999 OK')],
    ['no HTTP', Buffer.from('\u0000\u0001')],
  ])('and is the agent, but says %s, is of another version', async (_what, answer) => {
    impostor.answer = [answer];
    const client = await connect();
    const failure = await client?.endpoints.list({}).then(() => null, failureOf);
    expect(failure).toMatchObject({ code: 'agent.not-understood', retry: 'needs-person' });
    expect(failure?.hint).toContain('trustkeep stop');
  });

  test('and ends the connection has stopped answering', async () => {
    impostor.answer = [];
    const client = await connect();
    expect(await client?.endpoints.list({}).then(() => null, failureOf)).toMatchObject({
      code: 'agent.unreachable',
    });
  });
});
