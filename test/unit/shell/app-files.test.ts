import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer, contentSecurityPolicy, fileFor } from '../../../electron/shell/app-files.ts';

let folder: string;
let root: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trustkeep-app-files-'));
  root = join(folder, 'page');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<html><head><title>x</title></head></html>');
  writeFileSync(join(root, 'assets', 'main.js'), 'export {};');
  writeFileSync(join(root, 'notes.txt'), 'no type for this');
  writeFileSync(join(folder, 'secret.js'), 'outside');
});
afterAll(() => rmSync(folder, { recursive: true }));

const nonceIn = (policy: string | undefined) => /'nonce-([^']+)'/.exec(policy ?? '')?.[1];

describe('the files of the page', () => {
  test('are served with their type, the policy and no guessing of types', async () => {
    const response = await answer(root, 'GET', 'app://ui/assets/main.js');
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
    expect(response.data.toString()).toBe('export {};');
  });

  test('begin with index.html, which alone is told the nonce of its own policy', async () => {
    const response = await answer(root, 'GET', 'app://ui/#/tasks/task_1');
    const nonce = nonceIn(response.headers['content-security-policy']);
    expect(nonce).toMatch(/^[\w+/]{22}==$/);
    expect(response.data.toString()).toContain(`<head><meta name="csp-nonce" nonce="${nonce}">`);
  });

  test('get a new nonce at every load', async () => {
    const load = async () =>
      nonceIn((await answer(root, 'GET', 'app://ui/')).headers['content-security-policy']);
    expect(await load()).not.toBe(await load());
  });

  test.each([
    ['app://ui/../secret.js'],
    ['app://ui/%2e%2e/secret.js'],
    ['app://ui/..%2fsecret.js'],
    ['app://ui/assets/..%2f..%2fsecret.js'],
    ['app://ui/%252e%252e/secret.js'],
    ['app://ui/..\\secret.js'],
    ['app://ui/..%5csecret.js'],
    ['app://ui/assets/main.js%00.png'],
    ['app://ui/%zz.js'],
    ['app://ui//etc/passwd'],
    ['app://ui/C:/secret.js'],
    ['app://other/index.html'],
    ['app://ui.example/index.html'],
    ['app://user@ui/index.html'],
    ['file:///etc/passwd'],
    ['https://ui/index.html'],
    ['app://ui/notes.txt'],
    ['app://ui/assets'],
    ['app://ui/missing.js'],
    ['not an address'],
  ])('are not left: %s is not found', async (address) => {
    const response = await answer(root, 'GET', address);
    expect(response.statusCode).toBe(404);
    expect(response.data.toString()).toBe('');
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
  });

  test.each(['POST', 'PUT', 'HEAD', 'OPTIONS', 'get'])('are only read: %s is not found', async (method) => {
    expect((await answer(root, method, 'app://ui/index.html')).statusCode).toBe(404);
  });

  test('are not found in a folder whose name merely starts the same', () => {
    symlinkSync(folder, join(folder, 'page-other'));
    expect(fileFor(root, 'GET', 'app://ui/..%2fpage-other/secret.js')).toBeNull();
  });
});

test('the policy is the strictest under which the page works, word for word', () => {
  expect(contentSecurityPolicy('abc')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-abc'; img-src 'self' data:; font-src 'self'; " +
      "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; " +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  );
});
