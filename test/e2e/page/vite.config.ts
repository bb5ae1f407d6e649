import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

/** What the window is shown under in the desktop, as strict as there. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // the hash of nothing: style elements may be made empty and filled rule by rule, never with text
  "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export default defineConfig({
  root: resolve(here, '../../..'),
  configFile: false,
  logLevel: 'warn',
  plugins: [react()],
  build: {
    outDir: resolve(here, '../../../test-results/page'),
    emptyOutDir: true,
    target: 'chrome130',
    modulePreload: { polyfill: false },
    rolldownOptions: { input: resolve(here, 'index.html') },
    reportCompressedSize: false,
  },
  preview: {
    host: '127.0.0.1',
    headers: { 'Content-Security-Policy': contentSecurityPolicy, 'X-Content-Type-Options': 'nosniff' },
  },
});
