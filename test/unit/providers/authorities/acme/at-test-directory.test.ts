import { expect, test } from 'vitest';
import { systemClock as clock } from '#kit/clock.ts';
import { silentLog as log } from '#kit/log.ts';
import { type MadeState, makeState } from '#test/make/authority-state.ts';
import { acmeSettings } from '#test/make/rows.ts';
import { makeDns } from '../../../../../electron/net/dns.ts';
import type { Http } from '../../../../../electron/net/http.ts';
import { makeHttp01Responder } from '../../../../../electron/net/http-01-responder.ts';
import type { HttpRequest } from '../../../../../electron/net/http-request.ts';
import { makeTlsAlpn01Responder } from '../../../../../electron/net/tls-alpn-01-responder.ts';
import { acme } from '../../../../../electron/providers/authorities/acme/provider.ts';

const at = 'https://test.example';

/** A CA that registers whoever asks, and wants a binding; what it was sent, by address. */
function testCa() {
  const sent: [string, string][] = [];
  const body: Record<string, unknown> = {
    '/directory': {
      ...{ newNonce: `${at}/nonce`, newAccount: `${at}/account`, newOrder: `${at}/order` },
      meta: { externalAccountRequired: true },
    },
    '/account': { status: 'valid' },
  };
  const http = {
    async request({ url, body: given = '' }: HttpRequest) {
      sent.push([url, given.toString()]);
      const { pathname } = new URL(url);
      return {
        status: pathname === '/account' ? 201 : 200,
        headers: { 'replay-nonce': 'n', location: `${at}/account/1` },
        body: Buffer.from(JSON.stringify(body[pathname] ?? {})),
      };
    },
  } as unknown as Http;
  return { sent, http };
}

function rehearsing(state: MadeState, http: Http) {
  const settings = acmeSettings({ directoryUrl: 'https://real.example/directory', eabKeyId: 'kid-1' });
  return acme.makeAt?.(`${at}/directory`, {
    ...{ id: 'ca_1', settings, state, clock, log, http: () => http, dns: () => makeDns() },
    responder: () => makeHttp01Responder({ log }),
    alpnResponder: () => makeTlsAlpn01Responder({ log }),
    runScript: () => Promise.reject(new Error('no script was expected')),
  });
}

test('a rehearsal asks the test directory alone, with an account of its own and the binding of the real one', async () => {
  const state = makeState();
  const before = { 'account-key': 'the real key', 'eab-hmac': Buffer.alloc(32).toString('base64url') };
  for (const [name, value] of Object.entries(before)) state.secrets.set(name, value);
  state.notes.set('account', 'the real account');
  const { sent, http } = testCa();
  expect(await rehearsing(state, http)?.test()).toMatchObject({ ok: true });

  expect(sent.filter(([url]) => !url.startsWith(`${at}/`))).toEqual([]);
  const payloads = sent.flatMap(([url, body]) => {
    if (url !== `${at}/account`) return [];
    const { payload } = JSON.parse(body) as { payload: string };
    return [Buffer.from(payload, 'base64url').toString()];
  });
  expect(payloads.join()).toContain('externalAccountBinding');
  expect(Object.fromEntries(state.secrets)).toMatchObject(before);
  expect([...state.secrets.keys()].sort()).toEqual(['account-key', 'eab-hmac', 'test-account-key']);
  expect(state.notes.get('account')).toBe('the real account');
  expect(state.notes.get('test-account')).toContain(`${at}/account/1`);
});
