import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

/** What the window is shown under in the desktop, as strict as there. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // the desktop makes a new nonce at every load; here it is written into the page
  "style-src 'self' 'nonce-d2luZG93LXRlc3Q='",
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
  logLevel: 'warn',
  plugins: [react()],
  // for sentences of the product that quote commands as the computer takes them
  define: { 'process.platform': JSON.stringify('linux') },
  build: {
    target: 'chrome130',
    modulePreload: { polyfill: false },
    rolldownOptions: { input: resolve(here, 'index.html') },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
  preview: {
    host: '127.0.0.1',
    headers: {
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'max-age=3600', // or the browser asks again for each of them at every load
    },
  },
});
