import { describe, expect, test } from 'vitest';
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

/** What each server answers to a type and a name (null: it does not): a key without a server is what every one of them answers. */
function spreading(answers: Record<string, string[] | null>, waits = {}, clock: Clock = systemClock) {
  const asked: string[] = [];
  const dns: Dns = {
    async ask(type, record, at) {
      asked.push(`${type} ${record}`);
      const known = [answers[`${type} ${record} ${at}`], answers[`${type} ${record}`], []];
      const values = known.find((one) => one !== undefined) ?? null;
      return values === null ? { answered: false, because: 'is silent' } : { answered: true, values };
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
  const answers: Record<string, string[] | null> = {
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

describe('where a record is kept by two name servers', () => {
  const first = provision('a', 1e12);
  const { record, value } = recordOf(name, first.keyAuthorization);
  const [one, two] = [`TXT ${record} 192.0.2.1`, `TXT ${record} 2001:db8::2`];
  const zone = {
    ...{ [`SOA ${record}`]: ['s'], [`NS ${record}`]: ['ns1.example', 'ns2.example'] },
    ...{ 'A ns1.example': ['192.0.2.1'], 'AAAA ns2.example': ['2001:db8::2'] },
  };
  /** As it is that long after the record was added. */
  const seenAfter = (seconds: number, answers: Record<string, string[] | null>, provisions = [first]) => {
    const clock = { ...systemClock, now: () => 1e12 + seconds * 1000 };
    return spreading({ ...zone, ...answers }, {}, clock).spreading.state(provisions, signal);
  };

  test.each<[string, string[] | null, string[] | null]>([
    ['the second has none', [value], []],
    ['the first has none', [], [value]],
    ['the second still has that of before', [value], ['of before']],
    ['the first is silent and the second has none', null, []],
  ])('the CA is not told while %s', async (_what, atOne, atTwo) => {
    expect(await seenAfter(1, { [one]: atOne, [two]: atTwo })).toMatchObject({ ready: false });
  });

  test('one that is silent does not hold up what the other one shows', async () => {
    expect(await seenAfter(1, { [one]: null, [two]: [value] })).toMatchObject({
      ready: true,
      sentence: expect.stringContaining('ns1.example (192.0.2.1) is silent, ns2.example (2001:db8::2) shows'),
    });
  });

  test('a name and its wildcard have both values there', async () => {
    const wild = { ...provision('b', 1e12), name: `*.${name}` };
    const other = recordOf(wild.name, wild.keyAuthorization);
    expect(other.record).toBe(record);
    const both = (...values: string[]) => seenAfter(1, { [`TXT ${record}`]: values }, [first, wild]);
    expect(await both(value)).toMatchObject({ ready: false });
    expect(await both(value, other.value)).toMatchObject({ ready: true });
  });

  test('one record that is shown does not speak for another one', async () => {
    const blog = { ...provision('b', 1e12), name: 'blog.example' };
    const elsewhere = recordOf(blog.name, blog.keyAuthorization).record;
    const answers = {
      ...{ [`TXT ${record}`]: [value], [`SOA ${elsewhere}`]: ['s'], [`NS ${elsewhere}`]: ['ns1.example'] },
    };
    expect(await seenAfter(1, answers, [first, blog])).toMatchObject({
      ready: false,
      sentence: expect.stringContaining(`asked for the record ${elsewhere}`),
    });
  });

  test('one that never gets it ends the order once the wait that is set is over, and not before', async () => {
    const behind = { [one]: [value], [two]: [] };
    expect(await seenAfter(299, behind)).toMatchObject({ ready: false, afterMs: 1000 });
    await expect(seenAfter(300, behind)).rejects.toMatchObject({
      code: 'acme.dns-record-not-shown',
      message: expect.stringContaining('300 s after it was added'),
    });
  });

  test('where both are silent, the resolver is believed, and else the fixed time is waited', async () => {
    const silent = { [one]: null, [two]: null };
    const byResolver = await seenAfter(1, { ...silent, [`TXT ${record}`]: [value] });
    expect(byResolver).toMatchObject({
      ready: true,
      sentence: expect.stringMatching(/The resolver of this machine shows the record\.$/),
    });
    for (const resolver of [[], null]) {
      const answers = { ...silent, [`TXT ${record}`]: resolver };
      expect(await seenAfter(590, answers)).toMatchObject({ ready: false, afterMs: 10_000 });
      expect(await seenAfter(600, answers)).toMatchObject({ ready: true });
    }
  });

  test('an alias is asked for where it leads to', async () => {
    const answers = {
      ...{ [`CNAME ${record}`]: ['proof.example'], [`TXT ${record}`]: [value] },
      ...{ 'SOA proof.example': ['s'], 'NS proof.example': ['ns1.example'], 'TXT proof.example': [] },
    };
    expect(await seenAfter(1, answers)).toMatchObject({ ready: false });
    expect(await seenAfter(1, { ...answers, 'TXT proof.example': [value] })).toMatchObject({ ready: true });
  });

  test('of thousands that an answer names a few are asked', async () => {
    const hosts = Array.from({ length: 5000 }, (_, i) => `ns${i}.example`);
    const { asked, spreading: it } = spreading({
      ...zone,
      [`NS ${record}`]: hosts,
      [`TXT ${record}`]: [value],
    });
    await it.state([first], signal);
    expect(asked.filter((question) => question.startsWith('A '))).toHaveLength(16);
  });
});
