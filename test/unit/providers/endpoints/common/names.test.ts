import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../../../../electron/providers/endpoints/common/globs.ts';
import {
  belongsTo,
  keptName,
  newKeyName,
  noteName,
} from '../../../../../electron/providers/endpoints/common/names.ts';

describe('the names of what lies on a target for a while', () => {
  const all = [keptName('/a/site.conf', 't1'), newKeyName('/a', 'site.key', 't1'), noteName('/a', 't1')];

  it('are passed over by globs', () => {
    for (const path of all) expect(matchesGlob('/a/*', path)).toBe(false);
  });

  it('are different and found again by their tag, and only by it', () => {
    expect(new Set(all).size).toBe(3);
    for (const path of all) {
      expect(belongsTo(path.slice(3), 't1')).toBe(true);
      expect(belongsTo(path.slice(3), 't')).toBe(false);
      expect(belongsTo(path.slice(3), 't11')).toBe(false);
    }
    expect(belongsTo('site.conf', 't1')).toBe(false);
  });

  it('do not begin like the temporary files that connections clear up', () => {
    expect(keptName('/a/site.conf', 't1').startsWith('/a/.site.conf.trustkeep-')).toBe(false);
  });

  it('cannot lead out of their directory, and follow Windows paths', () => {
    expect(keptName('/a/b', '../../x')).toBe('/a/.trustkeep-------x.kept.b');
    expect(keptName('C:\\certs\\a.pem', 't')).toBe('C:\\certs\\.trustkeep-t.kept.a.pem');
  });
});
