import { z } from 'zod';
import { inputAs, inputShape } from '../catalog/field.ts';
import { proxyCatalog } from '../catalog/proxy.ts';
import { proxyReport, proxyState } from '../model/proxy.ts';
import { command, nothing } from './base.ts';

const trialLength = 'A trial must take 10 to 3600 seconds.';

const setInput = z
  .object({
    ...inputShape(proxyCatalog.fields),
    /** Applied for this many seconds and taken back by itself unless `proxy confirm` comes first. */
    confirm: z.number().int().min(10, { error: trialLength }).max(3600, { error: trialLength }).optional(),
    /** False: applied without trying it first. */
    try_first: z.boolean().optional(),
  })
  .strict();
export type ProxyInput = {
  pacurl?: string;
  host?: string;
  port?: number;
  tls?: boolean;
  socks5?: boolean;
  user?: string;
  password?: string;
  domain?: string;
  bypass?: string[];
  confirm?: number;
  try_first?: boolean;
};

export const proxy = {
  get: command
    .meta({ cli: 'proxy get', help: 'Show the outbound connection.' })
    .input(nothing)
    .output(proxyState),
  /**
   * Replaces the whole setting; nothing named: no proxy. Tried first: what does not get out is refused and the old
   * setting stays. Takes effect at once.
   */
  set: command
    .meta({
      cli: 'proxy set',
      help: 'Set the outbound connection. With no options: direct, no proxy.',
      mutates: true,
      begins: true,
    })
    .input(inputAs<ProxyInput>(setInput))
    .output(proxyState),
  /** Keeps a setting that is applied on trial. */
  confirm: command
    .meta({
      cli: 'proxy confirm',
      help: 'Keep the proxy setting that was applied on trial.',
      mutates: true,
    })
    .input(nothing)
    .output(proxyState),
  /** The proxy doctor: for each address that the agent needs, or the one given. Changes nothing. */
  test: command
    .meta({
      cli: 'proxy test',
      help: 'Show step by step how the agent connects to each address it needs.',
      positional: 'url',
    })
    .input(z.object({ url: z.string().min(1).max(2048).optional() }).strict())
    .output(proxyReport),
};
