import { describe, expect, test } from 'vitest';
import { busy } from '#test/make/busy.ts';
import {
  accountsAddress,
  parseQuery,
  queryUrl,
} from '../../../../../electron/providers/credential-stores/cyberark/query.ts';
import { failureOf } from '../../../pki/failure-of.ts';

const parsed = (id: string) => Object.fromEntries(parseQuery(id));

describe('a credential id', () => {
  test.each([
    ['Safe=Web;Object=root-web1', { Safe: 'Web', Object: 'root-web1' }],
    ['safe=Web;OBJECT=root-web1;', { Safe: 'Web', Object: 'root-web1' }],
    [' Safe = Web ; Object = root web1 ', { Safe: 'Web', Object: 'root web1' }],
    ['AppID=Other;Safe=Web', { Safe: 'Web' }],
    ['UserName=a=b;Address=10.0.0.1', { UserName: 'a=b', Address: '10.0.0.1' }],
    ['Query=Safe=Web;Object=a;Folder=Root', { Query: 'Safe=Web;Object=a;Folder=Root' }],
    ['queryformat=regexp;query=Safe=W.*;Object=a', { QueryFormat: 'Regexp', Query: 'Safe=W.*;Object=a' }],
    ['Safe=Web;FailRequestOnPasswordChange=TRUE', { Safe: 'Web', FailRequestOnPasswordChange: 'true' }],
    [
      'Safe=Web;ConnectionTimeout=5;Reason=patching',
      { Safe: 'Web', ConnectionTimeout: '5', Reason: 'patching' },
    ],
    ['policyid=Unix;database=db;folder=Root', { PolicyID: 'Unix', Database: 'db', Folder: 'Root' }],
  ])('"%s" is understood', (id, wanted) => {
    expect(parsed(id)).toEqual(wanted);
  });

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    [';;', 'has nothing to search for'],
    ['AppID=Other', 'has nothing to search for'],
    ['Reason=x;ConnectionTimeout=5', 'has nothing to search for'],
    ['Web/root', 'has no "="'],
    ['Safe=Web;root-web1', '"root-web1" has no "="'],
    ['Safe=Web;Device=x', '"Device" is not a valid name'],
    ['=Web', '"" is not a valid name'],
    ['Safe=;Object=a', 'Safe has no value'],
    ['Safe=A;safe=B', 'twice'],
    ['Safe=a+b', 'the character "+"'],
    ['Safe=R&D', 'the character "&"'],
    ['Object=100%', 'the character "%"'],
    ['Safe=a\u0000b', 'a control character'],
    ['Safe=Web;Query=Object=a', 'uses only Query'],
    ['Safe=Web;QueryFormat=Exact', 'can only be used with Query'],
    ['QueryFormat=Glob;Query=Safe=a', 'neither Exact nor Regexp'],
    ['Safe=Web;ConnectionTimeout=0', 'from 1 to 300'],
    ['Safe=Web;FailRequestOnPasswordChange=maybe', 'neither true nor false'],
  ])('"%s" is refused in a sentence', (id, words) => {
    const failure = failureOf(() => parseQuery(id));
    expect(failure).toMatchObject({ code: 'credential.bad-id', retry: 'needs-person' });
    expect(failure.message).toContain(words);
    expect(failure.hint).toMatch(/\.$/);
  });

  test('with a wrong name is told which names there are', () => {
    expect(failureOf(() => parseQuery('Folderr=Root')).hint).toContain(
      'Safe, Folder, Object, UserName, Address',
    );
  });

  test('of thousands of spaces or semicolons is refused at once', async () => {
    const odd = [' '.repeat(4000), ';'.repeat(4000), `a${' '.repeat(4000)}b`, `${' ;'.repeat(2000)}x`];
    const { took, outcome } = await busy(() => odd.map((one) => failureOf(() => parseQuery(one)).code));
    expect(outcome).toEqual(odd.map(() => 'credential.bad-id'));
    expect(took).toBeLessThan(1000);
  });
});

describe('the URL of a query', () => {
  const address = 'https://ccp.example.org/AIMWebService/api/Accounts';

  test('has our AppID first and spaces as %20', () => {
    expect(queryUrl(address, 'Trust keep', parseQuery('Object=ö 1/2;Safe=My Safe;AppID=Evil'), null)).toBe(
      `${address}?AppID=Trust%20keep&Safe=My%20Safe&Object=%C3%B6%201%2F2`,
    );
  });

  test('has the reason of the store unless the id gives one', () => {
    expect(queryUrl(address, 'A', parseQuery('Safe=s'), 'nightly run')).toBe(
      `${address}?AppID=A&Safe=s&Reason=nightly%20run`,
    );
    expect(queryUrl(address, 'A', parseQuery('Safe=s;Reason=mine'), 'nightly run')).toBe(
      `${address}?AppID=A&Safe=s&Reason=mine`,
    );
  });

  test('is refused when the web server would cut it off', () => {
    const failure = failureOf(() => queryUrl(address, 'A', parseQuery(`Safe=${'ö'.repeat(400)}`), null));
    expect(failure.code).toBe('credential.bad-id');
  });

  test.each([
    ['https://ccp.example.org', '/AIMWebService/api/Accounts'],
    ['https://ccp.example.org/', '/AIMWebService/api/Accounts'],
    ['https://ccp.example.org/AIMWebService', '/AIMWebService/api/Accounts'],
    ['https://ccp.example.org/AIMWebService/', '/AIMWebService/api/Accounts'],
    ['https://ccp.example.org/AIMWebService/api', '/AIMWebService/api/Accounts'],
    ['https://ccp.example.org/CertWebService', '/CertWebService/api/Accounts'],
    ['https://ccp.example.org/pam/AIMWebService', '/pam/AIMWebService/api/Accounts'],
    ['https://ccp.example.org/AIMWebService/api/Accounts', '/AIMWebService/api/Accounts'],
    ['https://ccp.example.org/x/API/accounts/?AppID=1#top', '/x/API/accounts'],
    ['https://ccp.example.org/AIMWebService/v1.1/aim.asmx', '/AIMWebService/api/Accounts'],
  ])('%s becomes %s', (given, path) => {
    expect(accountsAddress(given)).toBe(`https://ccp.example.org${path}`);
  });
});
