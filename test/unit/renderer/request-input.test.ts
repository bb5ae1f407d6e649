import { describe, expect, it } from 'vitest';
import { certificateRequest } from '#shared/contract/certificates.ts';
import {
  type RequestForm,
  requestableNames,
  requestInput,
  requestProblems,
} from '../../../renderer/screens/endpoints/request-input.ts';

const form: RequestForm = {
  names: 'a.example\nb.example',
  authority: 'local',
  keyType: 'ec-p256',
  keyPlace: '',
  profile: '',
  days: '',
  newOrder: false,
  also: '',
};
const words = { noNames: 'no names', blank: (name: string) => `blank in ${name}`, days: 'wrong days' };

describe('asking for a certificate', () => {
  it('prefills the names a certificate can hold', () => {
    const serverNames = [
      'Shop.example',
      '*.shop.example',
      '~^www\\d+',
      '_',
      '',
      'shop.example',
      '*bad.example',
    ];
    expect(requestableNames({ serverNames, certificate: null })).toEqual(['shop.example', '*.shop.example']);
  });

  it('falls back to the names of the certificate in use', () => {
    const certificate = { names: ['old.example'] } as Parameters<typeof requestableNames>[0]['certificate'];
    expect(requestableNames({ serverNames: ['_'], certificate })).toEqual(['old.example']);
  });

  it('parts names at lines and commas only: a blank makes no two names of one', () => {
    const names = 'my shop.example\r\nb.example ,c.example';
    expect(requestInput('node_1', { ...form, names }).names).toEqual([
      'my shop.example',
      'b.example',
      'c.example',
    ]);
  });

  it('sends what the contract takes and leaves the rest to the agent', () => {
    const input = requestInput('node_1', { ...form, names: 'a.example, b.example\na.example' });
    expect(input).toEqual({
      node: 'node_1',
      names: ['a.example', 'b.example'],
      authority: 'local',
      key_type: 'ec-p256',
    });
    expect(certificateRequest.safeParse(input).success).toBe(true);
    const all = requestInput('node_1', { ...form, keyPlace: 'agent', profile: ' tls ', days: '47' });
    expect(all).toMatchObject({ key_place: 'agent', profile: 'tls', days: 47 });
    expect(certificateRequest.safeParse(all).success).toBe(true);
  });

  it('says what is wrong before anything is sent', () => {
    expect(requestProblems(form, words)).toEqual({});
    expect(requestProblems({ ...form, names: ' ,\n' }, words)).toEqual({ names: 'no names' });
    expect(requestProblems({ ...form, names: 'a.example\n my shop.example ' }, words)).toEqual({
      names: 'blank in my shop.example',
    });
    for (const days of ['0', '826', '1.5', 'soon'])
      expect(requestProblems({ ...form, days }, words)).toEqual({ days: 'wrong days' });
  });
});
