import { expect, test } from 'vitest';
import { coldStart } from '../../../../../electron/providers/endpoints/pem/plan.ts';

test.each([
  [null, null, 'After the install, the files are read back.'],
  ['/opt/reload', null, 'After the install, the restart script is run.'],
  [null, '[::1]:8443', 'After the install, a TLS handshake with [::1]:8443 must show the new certificate.'],
  [
    '/opt/reload',
    'a.example:25',
    'the restart script is run, and a TLS handshake with a.example:25 must show',
  ],
])(
  'A plan for PEM files does not claim a start from nothing, and says what is checked: %s, %s',
  (restartScript, servedAt, after) => {
    const { proved, sentence } = coldStart({ restartScript, servedAt });
    expect(proved).toBe(false);
    expect(sentence).toMatch(
      /^Not proved: which program serves these files, and as which user it starts, is not known\./,
    );
    expect(sentence).toContain(after);
  },
);
