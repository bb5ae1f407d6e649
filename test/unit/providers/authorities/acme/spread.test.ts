import { expect, test } from 'vitest';
import { type Clock, systemClock } from '#kit/clock.ts';
import { silentLog as log } from '#kit/log.ts';
import type { Dns } from '../../../../../electron/net/dns.ts';
import type { Provision } from '../../../../../electron/providers/authorities/acme/handle.ts';
import { recordOf } from '../../../../../electron/providers/authorities/acme/key-authorization.ts';
import { Spreading } from '../../../../../electron/providers/authorities/acme/spread.ts';

const { signal } = new AbortController();
const name = 'shop.example';
const provision = (letter: string, addedAt: number): Provision & { addedAt: number } => ({
  ...{ by: 'dns-script', name, challengeUrl: `https://ca.example/${letter}`, addedAt },
  keyAuthorization: `token.${letter.repeat(43)}`,
});

/** What each server answers to a type and a name: a key without a server is what every one of them answers. */
function spreading(answers: Record<string, string[]>, waits = {}, clock: Clock = systemClock) {
  const asked: string[] = [];
  const dns: Dns = {
    async ask(type, record, at) {
      asked.push(`${type} ${record}`);
      return {
        answered: true,
        values: answers[`${type} ${record} ${at}`] ?? answers[`${type} ${record}`] ?? [],
      };
    },
  };
  const validation = {
    method: 'dns-01-script',
    ...{ addScript: '/add', removeScript: '/remove' },
    ...{ timeoutSeconds: 10, waitSeconds: 300, propagationSeconds: 600, ...waits },
  } as const;
  return { asked, spreading: new Spreading({ validation, dns, clock, log }) };
}

test('servers are found once while a record spreads, and again for the next order', async () => {
  const { record } = recordOf(name, provision('a', 0).keyAuthorization);
  const answers: Record<string, string[]> = {
    ...{ [`SOA ${record}`]: ['s'], [`NS ${record}`]: ['old.example'], 'A old.example': ['192.0.2.1'] },
    'A new.example': ['192.0.2.2'],
  };
  const { asked, spreading: it } = spreading(answers);
  const first = provision('a', systemClock.now());
  expect(await it.state([first], signal)).toMatchObject({ ready: false });
  answers[`TXT ${record} 192.0.2.1`] = [recordOf(name, first.keyAuthorization).value];
  expect(await it.state([first], signal)).toMatchObject({ ready: true });
  expect(asked.filter((question) => question.startsWith('NS '))).toHaveLength(1);

  const next = provision('b', first.addedAt + 1);
  answers[`NS ${record}`] = ['new.example'];
  answers[`TXT ${record} 192.0.2.2`] = [recordOf(name, next.keyAuthorization).value];
  expect(await it.state([next], signal)).toMatchObject({
    ready: true,
    sentence: expect.stringContaining('new.example (192.0.2.2) shows it'),
  });
});

test('a name server that has no address here is said to be not asked', async () => {
  const { record } = recordOf(name, provision('a', 0).keyAuthorization);
  const added = provision('a', systemClock.now());
  const answers: Record<string, string[]> = {
    ...{ [`SOA ${record}`]: ['s'], [`NS ${record}`]: ['ns1.example', 'ns2.example'] },
    [`TXT ${record}`]: [recordOf(name, added.keyAuthorization).value],
  };
  const none = await spreading(answers).spreading.state([added], signal);
  expect(none.sentence).toMatch(
    /^The resolver of this machine names no address of the name servers of the zone/,
  );
  answers['A ns1.example'] = ['192.0.2.1'];
  const one = await spreading(answers).spreading.state([added], signal);
  expect(one.sentence).toMatch(
    /ns1\.example \(192\.0\.2\.1\) shows it\. 1 more that the zone names were not asked\.$/,
  );
});

test.each([-3_600_000, 3_600_000])(
  'a clock that is set by %d ms meanwhile changes nothing of a wait for a fixed time',
  async (ms) => {
    let [passed, set] = [0, 0];
    const clock = { ...systemClock, now: () => 1e12 + passed + set, monotonic: () => 5000 + passed };
    const { spreading: it } = spreading({}, { waitSeconds: 0, propagationSeconds: 60 }, clock);
    const added = provision('a', clock.now());
    expect(await it.state([added], signal)).toMatchObject({ ready: false, afterMs: 60_000 });
    [passed, set] = [40_000, ms];
    expect(await it.state([added], signal)).toMatchObject({ ready: false, afterMs: 20_000 });
    passed = 60_000;
    expect(await it.state([added], signal)).toMatchObject({ ready: true });
  },
);

test('a clock that was set back while Trustkeep did not run has a record count as added now, not later', async () => {
  const { spreading: it } = spreading({}, { waitSeconds: 0, propagationSeconds: 60 });
  const added = provision('a', systemClock.now() + 3_600_000);
  const { afterMs } = (await it.state([added], signal)) as { afterMs: number };
  expect(afterMs).toBeLessThanOrEqual(60_000);
});
