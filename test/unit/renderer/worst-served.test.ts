import { expect, it } from 'vitest';
import type { ServedFact } from '#shared/model/node.ts';
import { certificateFacts } from '#test/make/certificate-rows.ts';
import { day, now } from '#test/make/database.ts';
import { worstServed } from '../../../renderer/screens/endpoints/endpoint-text.ts';

const node = (state: ServedFact['state'], daysLeft = 60) => ({
  missingSince: null,
  revoked: false,
  restartRequired: false,
  certificate: certificateFacts('a', { notAfter: now + daysLeft * day }),
  served: { state, sentence: '', fingerprint: null, at: now },
});

it('counts a certificate that has expired or is revoked among the problems, although it is the one that is to be served', () => {
  expect(worstServed([node('same'), node('same', -1)], now)).toEqual({ level: 'danger', count: 1 });
  expect(worstServed([node('same'), node('same', 1)], now)).toEqual({ level: 'ok', count: 2 });
  expect(worstServed([node('same'), { ...node('same'), revoked: true }], now)).toEqual({
    level: 'danger',
    count: 1,
  });
  expect(worstServed([], now)).toBeNull();
});

it('counts what waits for a restart apart from what is served as it should be', () => {
  const waits = { ...node('same'), restartRequired: true };
  expect(worstServed([node('same'), waits], now)).toEqual({ level: 'attention', count: 1 });
  expect(worstServed([node('same', -1), waits], now)).toEqual({ level: 'danger', count: 1 });
});
