import { describe, expect, test } from 'vitest';
import { aFoundNode, certificateFacts } from '../../make/certificate-rows.ts';
import { day, now } from '../../make/database.ts';
import { db, endpointId, level, nodes, overview, prepareEstate } from './overview-estate.ts';

prepareEstate();

describe('a node whose certificate is not ours', () => {
  test.each(['same', 'unknown', 'other', 'unreachable'] as const)(
    'An expired certificate that is not ours is danger and first, seen as %s',
    (served) => {
      nodes(
        { key: 'a', served: 'same', notAfter: now + day },
        { key: 'z', served, managed: false, notAfter: now - 3 * day },
      );
      const seen = overview();
      expect(seen).toMatchObject({ level: 'danger', certificates: { expired: 1 } });
      expect(seen.sentence).toMatch(/^web\/z: .* \(and 1 more\)$/);
      expect(seen.worst).toMatchObject([
        { name: 'web/z', level: 'danger', managed: false, requestable: true },
        { name: 'web/a', level: 'attention', managed: true },
      ]);
    },
  );

  test('An expired one that is not ours says that nobody here renews it', () => {
    nodes({ key: 'z', served: 'same', managed: false, notAfter: now - 3 * day });
    expect(overview()).toMatchObject({
      sentence: 'web/z: certificate expired 3 days ago',
      worst: [
        {
          sentence:
            'The certificate expired 3 days ago. It was not requested here, so Trustkeep does not renew it.',
        },
      ],
    });
  });

  test('One that is not ours is attention three weeks before it ends; for short lives it is the last fifth', () => {
    const life = { served: 'same', managed: false, notBefore: now - 300 * day } as const;
    nodes({ key: 'a', ...life, notAfter: now + 21 * day + 1 });
    expect(level()).toBe('ok');
    nodes({ key: 'b', ...life, notAfter: now + 21 * day });
    expect(level()).toBe('attention');
    nodes({ key: 'c', ...life, notBefore: now - 5 * day, notAfter: now + 2 * day });
    expect(level()).toBe('ok');
  });

  test.each(['previous', 'other', 'unreachable'] as const)(
    'A node that is not ours and served as %s is worth a look',
    (served) => {
      nodes({ key: 'a', served: 'same' }, { key: 'z', served, managed: false });
      expect(overview()).toMatchObject({
        level: 'attention',
        worst: [{ name: 'web/z', level: 'attention', sentence: `z is served as ${served}.` }],
      });
    },
  );

  test('A node that no certificate can be installed on offers no request', () => {
    const certificate = certificateFacts('z', { notAfter: now - day });
    db.nodes.reconcile(endpointId, [aFoundNode('z', { certificate, notInstallable: 'It is a pipe.' })], now);
    expect(overview().worst).toMatchObject([{ name: 'web/z', requestable: false }]);
  });
});
