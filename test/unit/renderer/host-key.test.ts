import { describe, expect, it } from 'vitest';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import { anEndpoint, anSshConnection } from '#test/make/rows.ts';
import { mustBeSeenAgain, newHostKey } from '../../../renderer/screens/endpoints/endpoint-text.ts';

const [pinned, seen] = [`SHA256:${'a'.repeat(43)}`, `SHA256:${'b'.repeat(43)}`];
const connect: ProbeCheck = { name: 'connect', ok: true, sentence: 'Connected.' };
const changed: ProbeCheck = {
  ...{ name: 'host-key', ok: false, sentence: 'It is another one.' },
  identity: { pinned, seen },
};

function seenWith(hostKey: string | null, checks: ProbeCheck[] | null): Endpoint {
  const probe = checks === null ? null : { ok: false, version: null, checks, at: 1 };
  return anEndpoint({ connection: anSshConnection({ hostKey }), probe });
}

describe('the host key that was seen instead of the pinned one', () => {
  it('is what the check tells, whatever its sentence says', () => {
    expect(newHostKey(seenWith(pinned, [connect, changed]))).toEqual({ pinned, seen });
  });

  it('is nothing when only a sentence has one', () => {
    const said: ProbeCheck = { name: 'log-in', ok: false, sentence: `${pinned} ${seen}` };
    expect(newHostKey(seenWith(pinned, [said]))).toBeNull();
  });

  it('is nothing once another one is pinned, none is, or nobody probed', () => {
    expect(newHostKey(seenWith(seen, [changed]))).toBeNull();
    expect(newHostKey(seenWith(null, [changed]))).toBeNull();
    expect(newHostKey(seenWith(pinned, [connect]))).toBeNull();
    expect(newHostKey(seenWith(pinned, null))).toBeNull();
  });
});

describe('a host key that an earlier version met and told in a sentence only', () => {
  const told: ProbeCheck = { name: 'host-key', ok: false, sentence: `It is ${seen}, not ${pinned}.` };

  it('is to be seen again by a probe', () => {
    expect(mustBeSeenAgain(seenWith(pinned, [connect, told]))).toBe(true);
  });

  it('is not once the two are told apart, another one is pinned, or nothing was wrong', () => {
    expect(mustBeSeenAgain(seenWith(pinned, [changed]))).toBe(false);
    expect(mustBeSeenAgain(seenWith(`SHA256:${'c'.repeat(43)}`, [told]))).toBe(false);
    expect(mustBeSeenAgain(seenWith(null, [told]))).toBe(false);
    expect(mustBeSeenAgain(seenWith(pinned, [{ ...told, ok: true }]))).toBe(false);
    expect(mustBeSeenAgain(seenWith(pinned, null))).toBe(false);
  });
});
