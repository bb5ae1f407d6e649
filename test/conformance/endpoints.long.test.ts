// The same promises, for the ways of installing that take minutes: see `eachEndpoint`.
await import('./endpoints.test.ts');
await import('./endpoint-installs.test.ts');
await import('./endpoint-keys.test.ts');
await import('./endpoint-rights.test.ts');
